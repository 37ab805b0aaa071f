import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The suites that can be run at the counts which the fault catalogue and the optimizer's laws ask
 * for, all of them at those counts. One count means the same wherever it is read.
 */
const COUNTS: Readonly<Record<string, number>> = {
  KEDGE_KILLS: 30,
  KEDGE_HOSTILE_COUNT: 1000,
  KEDGE_FLOOD_MB: 1000,
  KEDGE_MOVES: 200,
  KEDGE_FLIPS: 1000,
  KEDGE_PREEMPTIONS: 200,
  KEDGE_RACES: 10_000,
  KEDGE_HOSTILE_BUNDLES: 5000,
  KEDGE_HOSTILE_NAMES: 10_000,
  KEDGE_HOSTILE_PATHS: 5000,
  KEDGE_BUDGETS: 5000,
  KEDGE_LAUNCHES: 200,
  KEDGE_PAUSES: 200,
  KEDGE_FULL: 2000,
  KEDGE_LAW_RUNS: 1000,
  KEDGE_BOUND_RUNS: 2000,
  KEDGE_PRESOLVE_RUNS: 5000,
  KEDGE_SPOT_WORLDS: 100,
};
/** Of test/io. */
const SUITES = [
  'budget',
  'carry-files',
  'checkpoints',
  'engine-move',
  'engine-spot',
  'exact-searcher',
  'hostile-bundles',
  'hostile-yaml',
  'injection',
  'local-log',
  'node-files',
  'pause-holders',
  'route-search',
  'server-kill',
  'server-queue',
  'sqlite-store',
  'symlink-races',
] as const;

const root = join(import.meta.dirname, '..');
const files = [
  ...SUITES.map((suite) => join(root, 'test', 'io', `${suite}.test.ts`)),
  ...globSync('src/core/optimize/**/*.test.ts', { cwd: root }).map((file) => join(root, file)),
];
const counts = Object.fromEntries(
  Object.entries(COUNTS).map(([name, count]) => [name, process.env[name] ?? String(count)]),
);
const run = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...files], {
  env: { ...process.env, ...counts },
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
