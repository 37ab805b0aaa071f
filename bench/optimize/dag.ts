import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { assert } from '../../src/base/assert.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { dag } from '../../src/core/optimize/dag/dag-searcher.ts';
import { placementOf } from '../../src/core/optimize/dag/placement-of.ts';
import { endOfAnswer } from '../../src/core/optimize/model/answer.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import { gapOf, runSearcher } from '../../src/core/optimize/search/run-searcher.ts';
import type { SearchOptions } from '../../src/core/optimize/search/searcher.ts';
import type { Solver } from '../../src/ports/solver.ts';
import { type Figure, figureOf } from '../figure.ts';
import { DAG_CLASSES, type DagClass, dagInstance } from '../instances/dag-instances.ts';
import { type Command, wallMs } from '../measure-command.ts';
import { SKYPILOT_VERSION, skypilotCommand, writeSkyCatalogs } from '../peers/skypilot.ts';
import { median } from '../statistics.ts';
import { oneHotPlacement } from './one-hot-placement.ts';

const SEEDS = 20;
const SIZES = [10, 50] as const;
const OPTIONS = 200;
/** Of a tree decomposition at most 3. */
const NARROW: readonly DagClass[] = ['chain', 'tree', 'series-parallel', 'width-3'];
const GENERAL_LIMIT_MS = 10_000;
const GENERAL_GAP = 0.01;
const PERCENT = 100;
/** HiGHS takes minutes for what it can do at all: few instances, and a limit. */
const ONE_HOT_SEEDS = 3;
const ONE_HOT_TASKS = 10;
const ONE_HOT_LIMIT_MS = 60_000;
const CHAIN_TASKS = 20;
const CHAIN_ROUNDS = 15;
const CHAIN_ROUNDS_WARM_UP = 2;

type Limits = Pick<SearchOptions, 'gap' | 'timeLimitMs'> & {
  /** That there are in all; left out, those of the instances. */
  readonly regions?: number;
};

type Timed = {
  readonly seconds: number;
  readonly gap: number;
  readonly value: number;
  readonly endS: number;
};

/**
 * Pipelines of 10 and 50 tasks: each class's worst of 20 seeds, the check of the certificate
 * included, in 60 regions and with each option in a region of its own; chains with a deadline; the
 * same model in HiGHS beside; and a chain of 20 tasks through `kedge plan`.
 */
export async function benchDag(machine: string): Promise<Figure[]> {
  const others = DAG_CLASSES.filter((kind) => !NARROW.includes(kind));
  const narrow = await searched(NARROW, { gap: 0, timeLimitMs: GENERAL_LIMIT_MS });
  const general = await searched(others, { gap: GENERAL_GAP, timeLimitMs: GENERAL_LIMIT_MS });
  const spread = { gap: 0, timeLimitMs: GENERAL_LIMIT_MS, regions: OPTIONS };
  const spreadNarrow = await searched(NARROW, spread);
  const spreadGeneral = await searched(others, { ...spread, gap: GENERAL_GAP });
  const seconds = (all: readonly Timed[]) => all.map((one) => one.seconds);
  const gaps = (all: readonly Timed[]) => all.map(({ gap }) => gap * PERCENT);
  return [
    figureOf('dag.narrow', seconds(narrow), worst, machine),
    figureOf('dag.narrow-gap', gaps(narrow), worst, machine),
    figureOf('dag.general', seconds(general), worst, machine),
    figureOf('dag.general-gap', gaps(general), worst, machine),
    figureOf('dag.spread-narrow', seconds(spreadNarrow), worst, machine),
    figureOf('dag.spread-general', seconds(spreadGeneral), worst, machine),
    figureOf('dag.spread-general-gap', gaps(spreadGeneral), worst, machine),
    figureOf('dag.in-time', seconds(await inTime()), worst, machine),
    ...(await besideHighs(machine)),
    ...(await throughPlan(machine)),
  ];
}

async function searched(kinds: readonly DagClass[], limits: Limits): Promise<readonly Timed[]> {
  const done: Timed[] = [];
  for (const kind of kinds) {
    for (const tasks of SIZES) {
      for (let seed = 1; seed <= SEEDS; seed++) {
        done.push(await search(kind, { tasks, seed }, limits));
      }
    }
  }
  return done;
}

async function search(
  kind: DagClass,
  { tasks, seed }: { readonly tasks: number; readonly seed: number },
  { regions, ...limits }: Limits,
): Promise<Timed> {
  const size = { tasks, options: OPTIONS, ...(regions === undefined ? {} : { regions }) };
  return solved(dagInstance(kind, size, seed), limits);
}

/** Chains with a deadline at half of what their cheapest answer takes. */
async function inTime(): Promise<readonly Timed[]> {
  const limits = { gap: 1e-6, timeLimitMs: GENERAL_LIMIT_MS };
  const done: Timed[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const problem = dagInstance('chain', { tasks: CHAIN_TASKS, options: OPTIONS }, seed);
    const deadlineS = (await solved(problem, limits)).endS / 2;
    done.push(await solved({ ...problem, limits: { ...problem.limits, deadlineS } }, limits));
  }
  return done;
}

async function solved(
  problem: Problem,
  limits: Pick<SearchOptions, 'gap' | 'timeLimitMs'>,
): Promise<Timed> {
  const clock = { now: () => asEpochMs(Math.round(performance.now())), sleep: async () => {} };
  const solver = () => assert(false, 'it needs no solver') as never;
  const since = performance.now();
  const attempt = await runSearcher(problem, dag, {
    ...limits,
    clock,
    seed: 1,
    start: null,
    solver,
  });
  const seconds = (performance.now() - since) / 1000;
  const { answer, value, bound, faults } = attempt;
  const isGood = answer !== null && value !== null && bound !== null;
  assert(isGood, `${problem.name}: ${faults.join('; ')}`);
  return { seconds, gap: gapOf(value, bound), value, endS: endOfAnswer(answer) };
}

/** The one-hot program with its options already merged by place; both must find the same cost. */
async function besideHighs(machine: string): Promise<Figure[]> {
  const solver = highsSolver();
  const [theirs, ratios]: [number[], number[]] = [[], []];
  try {
    for (const kind of ['chain', 'general'] as const) {
      for (let seed = 1; seed <= ONE_HOT_SEEDS; seed++) {
        const instance = { tasks: ONE_HOT_TASKS, seed };
        const ours = await search(kind, instance, { gap: 0, timeLimitMs: GENERAL_LIMIT_MS });
        const seconds = await oneHotSeconds(solver, kind, { ...instance, value: ours.value });
        theirs.push(seconds);
        ratios.push(ours.seconds / seconds);
      }
    }
  } finally {
    await solver.close();
  }
  return [
    figureOf('dag.one-hot', theirs, median, machine),
    figureOf('dag.vs-one-hot', ratios, worst, machine),
  ];
}

async function oneHotSeconds(
  solver: Solver,
  kind: DagClass,
  { tasks, seed, value }: { readonly tasks: number; readonly seed: number; readonly value: number },
): Promise<number> {
  const model = oneHotPlacement(
    placementOf(dagInstance(kind, { tasks, options: OPTIONS }, seed)).placement,
  );
  const since = performance.now();
  const answer = await solver.solve(model, { timeLimitMs: ONE_HOT_LIMIT_MS, relativeGap: 1e-9 });
  const seconds = (performance.now() - since) / 1000;
  if (answer.status === 'optimal') {
    const dollars = value / 1e6;
    assert(
      Math.abs(answer.objective - dollars) < 1e-3,
      `HiGHS finds $${answer.objective}, ours costs $${dollars}`,
    );
  }
  return seconds;
}

/** A serial chain of CPU tasks of an hour that hand 10 GB on, over the whole bundled catalog. */
async function throughPlan(machine: string): Promise<Figure[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'kedge-bench-'));
  try {
    const file = join(scratch, 'chain.yaml');
    writeFileSync(file, chainYaml());
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'kedge.js');
    const kedge: Command = {
      file: process.execPath,
      args: [bin, 'plan', file],
      cwd: scratch,
      env: {
        KEDGE_HOME: join(scratch, 'home'),
        NODE_COMPILE_CACHE: join(scratch, 'compile-cache'),
      },
    };
    for (let round = 0; round < CHAIN_ROUNDS_WARM_UP; round++) await wallMs(kedge);
    const times: number[] = [];
    for (let round = 0; round < CHAIN_ROUNDS; round++) times.push(await wallMs(kedge));
    const figures = [figureOf('dag.chain', times, median, machine)];
    const peer = await chainAtSkypilot(scratch);
    if (peer === null) return figures;
    const theirs = await wallMs(peer);
    return [...figures, figureOf('dag.chain-skypilot', [theirs], median, machine)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function chainYaml(): string {
  const tasks = Array.from(
    { length: CHAIN_TASKS },
    (_, index) =>
      `name: step-${index + 1}\nresources: {cpus: 8+}\nwork: {hours: 1}\noutputs: 10GB\nrun: "true"\n`,
  );
  return tasks.join('---\n');
}

/** Once: it takes half a minute. */
async function chainAtSkypilot(scratch: string): Promise<Command | null> {
  const peer = skypilotCommand(['--chain', `${CHAIN_TASKS}`]);
  if (peer === null) {
    const hint = 'not installed here; `npm run bench:peers` makes it';
    process.stderr.write(`skipped beside SkyPilot ${SKYPILOT_VERSION}: ${hint}\n`);
    return null;
  }
  await writeSkyCatalogs();
  return { ...peer, cwd: scratch };
}

function worst(values: readonly number[]): number {
  return Math.max(...values);
}
