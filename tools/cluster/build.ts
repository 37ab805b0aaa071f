import { buildComponents } from './build-components.ts';
import { COMPONENTS, clusterCacheDir, isBuilt } from './components.ts';
import { goObstacle } from './go-toolchain.ts';

/**
 * `node tools/cluster/build.ts`: builds what the cluster suites need and the cache lacks, and says
 * how long each took. Where it cannot, it says why; those suites then skip with the same words.
 */
function main(): void {
  const report = (line: string): boolean => process.stdout.write(`${line}\n`);
  if (process.env['KEDGE_SKIP_LIVE'] === '1') return void report('KEDGE_SKIP_LIVE=1: not built');
  const obstacle = COMPONENTS.every(isBuilt) ? null : goObstacle();
  if (obstacle !== null) return void report(`not built: ${obstacle}`);
  buildComponents(report);
  report(`the cluster's components are in ${clusterCacheDir()}`);
}

main();
