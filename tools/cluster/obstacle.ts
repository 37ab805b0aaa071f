import { execFileSync } from 'node:child_process';
import { COMPONENTS, isBuilt } from './components.ts';
import { goObstacle } from './go-toolchain.ts';

/**
 * Why no cluster can be started here, or null: as tests say it when they skip. A control plane needs
 * Linux, and Go or what it has built before; a real node root and Debian as well.
 */
export function clusterObstacle({ node = false }: { readonly node?: boolean } = {}): string | null {
  if (process.env['KEDGE_SKIP_LIVE'] === '1') return 'KEDGE_SKIP_LIVE=1: no cluster is started';
  if (process.platform !== 'linux') return 'Kubernetes runs on Linux';
  if (!COMPONENTS.every(isBuilt)) {
    return goObstacle() ?? 'its components are not built: node tools/cluster/build.ts';
  }
  return node ? nodeObstacle() : null;
}

function nodeObstacle(): string | null {
  if (process.getuid?.() !== 0) return 'a real node needs root';
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' });
  } catch {
    return 'a real node is made of Debian packages, and there is no apt-get';
  }
  try {
    execFileSync('unshare', ['--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' });
  } catch {
    return 'a real node needs namespaces of its own, and may not make them here';
  }
  return null;
}
