/**
 * `npm run bench -- [NAME…] [--json] [--keep]`: measures, and exits 1 when a figure is beyond its
 * limit. Names are those of the benches; without one, all run that take no minutes. `--keep` writes bench/README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchDemand } from './demand/demand.ts';
import { type Figure, isBeyond } from './figure.ts';
import { keepFigures } from './keep-figures.ts';
import { loadNow, thisMachine } from './machine.ts';
import { benchBalance } from './optimize/balance.ts';
import { benchCoupled, benchCover } from './optimize/cover.ts';
import { benchDag } from './optimize/dag.ts';
import { benchGenetic } from './optimize/genetic.ts';
import { benchProblem } from './optimize/problem.ts';
import { benchRoutes } from './optimize/routes.ts';
import { benchServing } from './optimize/serving.ts';
import { benchSpot } from './optimize/spot.ts';
import { benchPlan } from './plan.ts';
import { benchQueue } from './queue/bench-queue.ts';
import { jsonLines, table } from './report.ts';
import { benchUp } from './up.ts';

/** Above it, times tell of what else the machine does. */
const LOAD_MAX = 1;
/** Of `2026-11-25T…`. */
const DAY_CHARS = 10;

type Bench = (machine: string) => Promise<Figure[]>;

/** Parts of the optimizer, each of which may be named alone. */
const OPTIMIZE: Readonly<Record<string, Bench>> = {
  problem: benchProblem,
  mix: benchServing,
  balance: benchBalance,
  dag: benchDag,
  genetic: benchGenetic,
  routes: benchRoutes,
  spot: benchSpot,
  cover: benchCover,
  'coupled-10': (machine) => benchCoupled('10x2000', machine),
  'coupled-50': (machine) => benchCoupled('50x500', machine),
  'coupled-100': (machine) => benchCoupled('100x1000', machine),
};

const BENCHES: Readonly<Record<string, Bench>> = {
  plan: benchPlan,
  up: benchUp,
  queue: benchQueue,
  ...OPTIMIZE,
  optimize: benchAll,
  demand: benchDemand,
};
/** They take minutes, and run where they are named. */
const ON_DEMAND = new Set(['queue', 'demand', 'optimize', ...Object.keys(OPTIMIZE)]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
process.exitCode = await bench(positionals, values);

async function bench(
  names: readonly string[],
  { json, keep }: { readonly json: boolean; readonly keep: boolean },
): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    const known = Object.keys(BENCHES).join(', ');
    process.stderr.write(`error: there is no bench ${unknown}\n  hint: one of ${known}\n`);
    return 2;
  }
  const load = loadNow();
  if (load >= LOAD_MAX) process.stderr.write(`note: the machine is busy (load ${load})\n`);
  const figures: Figure[] = [];
  const all = Object.keys(BENCHES).filter((name) => !ON_DEMAND.has(name));
  for (const name of names.length === 0 ? all : names) {
    process.stderr.write(`bench ${name} …\n`);
    const measured = await BENCHES[name]!(thisMachine());
    figures.push(...measured);
    if (json) process.stdout.write(jsonLines(measured));
  }
  if (!json) process.stdout.write(table(figures));
  if (keep) keepInReadme(figures, load);
  return figures.some(isBeyond) ? 1 : 0;
}

async function benchAll(machine: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(OPTIMIZE)) {
    process.stderr.write(`  ${name} …\n`);
    figures.push(...(await measure(machine)));
  }
  return figures;
}

function keepInReadme(figures: readonly Figure[], load: number): void {
  const file = join(import.meta.dirname, 'README.md');
  const day = new Date().toISOString().slice(0, DAY_CHARS);
  const when = load < LOAD_MAX ? day : `${day}, beside a load of ${load}`;
  writeFileSync(file, keepFigures(readFileSync(file, 'utf8'), figures, when));
}
