import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { assert } from '../../src/base/assert.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { exact } from '../../src/core/optimize/exact/exact-searcher.ts';
import { genetic } from '../../src/core/optimize/genetic/genetic-searcher.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import type { Searcher, SearchOptions } from '../../src/core/optimize/search/searcher.ts';
import { answerValue, verifyAnswer } from '../../src/core/optimize/verify/verify-answer.ts';
import type { Solver } from '../../src/ports/solver.ts';
import { type Figure, figureOf } from '../figure.ts';
import {
  GENETIC_KINDS,
  type GeneticKind,
  geneticInstance,
} from '../instances/genetic-instances.ts';
import { median } from '../statistics.ts';

const SEEDS = 200;
/** An epoch may end after it. */
const GENETIC_MS = 1_800;
/** The optimum, or as near to it as this is told apart from it. */
const EXACT_MS = 20_000;
const EXACT_GAP = 1e-4;
const PERCENT = 100;

/** Beside the exact optimum: how much dearer the genetic searcher's answers are, kind by kind. */
export async function benchGenetic(machine: string): Promise<Figure[]> {
  const solver = highsSolver();
  const figures: Figure[] = [];
  const seconds: number[] = [];
  try {
    for (const kind of GENETIC_KINDS) {
      const gaps: number[] = [];
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { gap, tookS } = await judge(kind, seed, solver);
        gaps.push(gap * PERCENT);
        seconds.push(tookS);
      }
      figures.push(figureOf(`genetic.${kind}`, gaps, median, machine));
    }
  } finally {
    await solver.close();
  }
  const slowest = (values: readonly number[]) => Math.max(...values);
  return [...figures, figureOf('genetic.slowest', seconds, slowest, machine)];
}

async function judge(
  kind: GeneticKind,
  seed: number,
  solver: Solver,
): Promise<{ readonly gap: number; readonly tookS: number }> {
  const problem = geneticInstance(kind, seed);
  const limits = { seed, start: null, solver: async () => solver };
  const clock = { now: () => asEpochMs(performance.now()), sleep: async () => undefined };
  const best = await valueBy(exact, problem, {
    ...limits,
    clock,
    timeLimitMs: EXACT_MS,
    gap: EXACT_GAP,
  });
  const before = performance.now();
  const found = await valueBy(genetic, problem, {
    ...limits,
    clock,
    timeLimitMs: GENETIC_MS,
    gap: 0,
  });
  return { gap: found / best - 1, tookS: (performance.now() - before) / 1000 };
}

/** Micro-dollars of an answer that has passed the check. */
async function valueBy(
  searcher: Searcher,
  problem: Problem,
  options: SearchOptions,
): Promise<number> {
  assert(searcher.refuses(problem) === null, `${searcher.name} takes ${problem.name}`);
  const { answer } = await searcher.search(problem, options);
  if (answer === null) return Infinity;
  const faults = verifyAnswer(problem, answer);
  assert(faults.length === 0, `${searcher.name}: ${faults.join('; ')}`);
  return answerValue(problem, answer);
}
