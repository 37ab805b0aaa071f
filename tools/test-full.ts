import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

type Group = {
  readonly files: readonly string[];
  /** Variables that say how often. One count means the same wherever it is read. */
  readonly counts: Readonly<Record<string, number>>;
};

/**
 * `node tools/test-full.ts faults|laws`: the suites that can be run at other counts than those of
 * `npm test`, at the counts which the fault catalogue and the optimizer's laws ask for.
 */
const GROUPS: Readonly<Record<string, Group>> = {
  faults: {
    files: io([
      'budget',
      'carry-files',
      'checkpoints',
      'engine-move',
      'engine-spot',
      'hostile-bundles',
      'hostile-yaml',
      'injection',
      'local-log',
      'node-files',
      'pause-holders',
      'server-kill',
      'server-queue',
      'sqlite-store',
      'symlink-races',
    ]),
    counts: {
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
      KEDGE_SPOT_WORLDS: 100,
    },
  },
  laws: {
    files: [
      ...globSync('src/core/optimize/**/*.test.ts'),
      ...io(['exact-searcher', 'route-search']),
    ],
    counts: {
      KEDGE_FULL: 2000,
      KEDGE_LAW_RUNS: 1000,
      KEDGE_BOUND_RUNS: 2000,
      KEDGE_PRESOLVE_RUNS: 5000,
    },
  },
};

function io(suites: readonly string[]): readonly string[] {
  return suites.map((suite) => join('test', 'io', `${suite}.test.ts`));
}

const group = GROUPS[process.argv[2] ?? ''];
if (group === undefined) {
  process.stderr.write(`error: name one of ${Object.keys(GROUPS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const { files, counts } = group;
  const asked = Object.entries(counts).map(([name, count]) => [name, `${count}`] as const);
  const run = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...files], {
    env: { ...Object.fromEntries(asked), ...process.env },
    stdio: 'inherit',
  });
  process.exitCode = run.status ?? 1;
}
