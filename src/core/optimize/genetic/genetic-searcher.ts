import { orderOf } from '../exact/order.ts';
import type { Limits, Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { answerOfGenome, genomeOfAnswer } from './answer-of-genome.ts';
import { firstPrices } from './first-prices.ts';
import { type Individual, isBetter } from './genome.ts';
import { type IslandJob, type IslandResult, runIsland } from './island.ts';
import { layoutOf } from './layout.ts';

/*
 * Problem: counts of machines, choices of options and shares of requests that together cost least,
 * where tasks share pools, availability and budgets, and hand data to each other.
 * Method: a genetic algorithm with elitism on four islands. Genes are counts and choices, an order
 * of the tasks, and prices of the pools; every child is repaired to keep what it must, and
 * improved a little. After each epoch the best of an island go to the next one.
 * Complexity: children × genes; it stops when nothing has become better for some epochs, or in time.
 * Reference: Chu, Beasley, A genetic algorithm for the multidimensional knapsack problem (1998),
 * for repair and the replacement of the worst; Whitley et al., The island model genetic algorithm
 * (1999).
 */

export const genetic: Searcher = { name: 'genetic', refuses, search };

const ISLANDS = 4;
const EMIGRANTS = 2;
const EPOCHS_MAX = 400;
/** From such an epoch on the islands are worth threads, which take about as long to start. */
const THREADS_FROM_MS = 100;
const EPOCHS_WITHOUT_GAIN = 14;
/** Seeds of islands and epochs must not meet. */
const SEED_STEP = 7_919;

function refuses(problem: Problem): string | null {
  const { objective, tasks, offers, limits, apart } = problem;
  if (objective.minimize !== 'cost') return `it minimizes cost, not ${objective.minimize}`;
  const all = [limits, ...tasks.map((task) => task.limits)];
  if (all.some(({ nanosPerHourMax }) => nanosPerHourMax !== null)) {
    return 'it does not watch what all machines cost an hour';
  }
  if (orderOf(problem).length > 0 && all.some(hasDeadline)) {
    return 'it does not watch deadlines of tasks that wait for each other';
  }
  if (tasks.some(({ providersMin, shareMax }) => providersMin > 1 || shareMax < 1)) {
    return 'it does not spread work over providers';
  }
  const choices = new Set(
    tasks.flatMap(({ work }, task) => (work.kind === 'choice' ? [task] : [])),
  );
  if (apart.some((one) => one.tasks.some((task) => !choices.has(task)))) {
    return 'it keeps only tasks apart that are on one option each';
  }
  const isStepping = offers.some(({ laterPrices }) => laterPrices.length > 0);
  return isStepping ? 'it does not wait for cheaper hours' : null;
}

function hasDeadline({ deadlineS }: Limits): boolean {
  return deadlineS !== null;
}

/** Islands run in threads where they are slow; what they find does not depend on it. */
async function search(problem: Problem, options: SearchOptions): Promise<Found> {
  const { clock, timeLimitMs, seed, start, islands } = options;
  const untilMs = clock.now() + timeLimitMs;
  const layout = layoutOf(problem);
  const prices = firstPrices(layout);
  const immigrants = start === null ? [] : [genomeOfAnswer(layout, start)];
  let populations: readonly (readonly Individual[])[] = Array.from({ length: ISLANDS }, () => []);
  // One after the other, and all but the very first may come too late.
  let isFirst = true;
  let run = async (job: IslandJob): Promise<IslandResult> => {
    if (!isFirst && clock.now() >= untilMs) return job;
    isFirst = false;
    return runIsland(job);
  };
  let best: Individual | null = null;
  let idle = 0;
  for (let epoch = 0; epoch < EPOCHS_MAX && idle < EPOCHS_WITHOUT_GAIN; epoch++) {
    const jobs = populations.map((population, island): IslandJob => {
      const neighbour = populations[(island + 1) % ISLANDS]!;
      const coming = epoch === 0 ? immigrants : neighbour.slice(0, EMIGRANTS);
      const own = (seed * EPOCHS_MAX + epoch) * ISLANDS + island;
      return { problem, seed: own * SEED_STEP, population, immigrants: coming, prices };
    });
    const beforeMs = clock.now();
    const results = await Promise.all(jobs.map(run));
    const isSlow = clock.now() - beforeMs >= THREADS_FROM_MS;
    if (isSlow && epoch === 0 && islands !== undefined) {
      const pool = await islands();
      // Whatever fails in a thread may work here, or fails here with more to tell.
      run = (job) => pool.run(job).catch(() => runIsland(job));
    }
    populations = results.map(({ population }) => population);
    const leader: Individual = populations.flatMap((living) => living.slice(0, 1)).reduce(better);
    idle = best === null || isBetter(leader, best) ? 0 : idle + 1;
    best = best === null ? leader : better(best, leader);
    if (clock.now() >= untilMs) break;
  }
  const isFound = best !== null && best.faults === 0;
  return {
    answer: isFound ? answerOfGenome(layout, best!) : null,
    certificate: null,
    isInfeasible: false,
  };
}

function better(one: Individual, other: Individual): Individual {
  return isBetter(other, one) ? other : one;
}
