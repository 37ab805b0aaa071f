import { asMicros } from '../../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { hireCost } from '../../match/hire-cost.ts';
import type { AnswerLine, ProblemCertificate } from '../model/answer.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { type CoverItems, coverAtPrices } from './cover-at-prices.ts';
import { type CoverItem, type CoverTask, coverTask } from './cover-items.ts';
import { coverLines } from './cover-lines.ts';
import { coverRefusal } from './cover-refusal.ts';
import { fractionBelow } from './fraction-below.ts';

/*
 * Problem: one task of divisible work, in whole machines or whole billing increments, at least cost.
 * Method: a bounded covering knapsack by its core (cover-at-prices.ts). Minimum purchases are
 * branched on: an item that is bought below its minimum is bought as often as that, or not at all.
 * The price of a unit of work proves the bound; where it does not prove enough and the work is
 * small, a checker does the recurrence, or the cover in whole machines, again.
 * Complexity: O(n log n) and a table of the core, for each of a few branches.
 * Reference: as in cover-at-prices.ts; Land and Doig (Econometrica 28, 1960) on branching.
 */

const NANOS_PER_MICRO = 1000;
const EFFORT = { cellsMax: 2e7, gap: 0 };
/** Branches on minimum purchases; most problems have none. */
const BRANCHES_MAX = 200;
/** Steps of a recurrence that a checker does again within a blink. */
const RECURRENCE_MAX = 1e7;
/** The same, so few that the exact cover is looked for and proven, whatever gap would do. */
const RECURRENCE_QUICK = 2e6;

/** One task. */
export const coverSearcher: Searcher = {
  name: 'cover',
  refuses: (problem) => coverRefusal(problem) ?? singleRefusal(problem),
  search: (problem, options) => Promise.resolve(search(problem, options)),
};

function singleRefusal(problem: Problem): string | null {
  const { tasks, offers, pools } = problem;
  const [task] = tasks;
  const work = task!.work as DivisibleWork;
  if (tasks.length > 1) return `there are ${tasks.length} tasks`;
  const users = pools.map((_, pool) => {
    const isUser = ({ offer }: { readonly offer: number }): boolean =>
      offers[offer]!.uses.some((use) => use.pool === pool && use.amount > 0);
    return work.options.filter(isUser).length;
  });
  const isHard = pools.some(
    ({ per }, pool) => users[pool]! > 1 || (users[pool]! > 0 && per === 'machine-hour'),
  );
  return isHard ? 'offers share a pool' : null;
}

function search(problem: Problem, { clock, timeLimitMs, ...options }: SearchOptions): Found {
  const task = problem.tasks[0]!;
  const work = task.work as DivisibleWork;
  const deadlineS = Math.min(
    problem.limits.deadlineS ?? Infinity,
    task.limits.deadlineS ?? Infinity,
  );
  const cover = coverTask(problem, work, deadlineS);
  const gap = recurrenceSteps(cover) <= RECURRENCE_QUICK ? 0 : options.gap;
  const end = clock.now() + timeLimitMs;
  const best = bestCover(cover, gap, () => clock.now() >= end);
  if (best === null) return { answer: null, certificate: null, isInfeasible: true };
  const { bought, price } = best;
  const lines = coverLines(problem, { task: 0, work, deadlineS, bought });
  const certificate = certificateOf(problem, { cover, best, gap, price, per: work.per });
  if (isBeyondLimits(problem, lines)) {
    const isInfeasible = isBeyondBudget(problem, best.bound) || isTooHourly(problem, best.bound);
    return { answer: null, certificate, isInfeasible };
  }
  return { answer: { lines }, certificate, isInfeasible: false };
}

type Best = {
  readonly cost: number;
  readonly bought: readonly (readonly [CoverItem, number])[];
  /** Of a unit of work, in the linear relaxation, and what that proves. */
  readonly price: number;
  readonly relaxed: number;
  readonly bound: number;
};

/** What is said of items with a minimum: how often they are bought first, or that they are not. */
type Branch = {
  readonly forced: ReadonlyMap<number, number>;
  readonly banned: ReadonlySet<number>;
};

/** Depth first: an item below its minimum gets it, or is left out. */
function bestCover(cover: CoverTask, gap: number, isOver: () => boolean): Best | null {
  const branches: Branch[] = [{ forced: new Map(), banned: new Set() }];
  let best: Best | null = null;
  let root: Pick<Best, 'price' | 'relaxed' | 'bound'> | null = null;
  for (let count = 0; branches.length > 0 && count < BRANCHES_MAX; count++) {
    const branch = branches.pop()!;
    const found = solveBranch(cover, branch, best === null ? gap : 0);
    if (found === null) continue;
    const { price, relaxed, bound } = found;
    root ??= { price, relaxed: relaxed - price * (cover.need - cover.needExact), bound };
    const enough = best === null ? Infinity : best.cost;
    if (bound >= enough) continue;
    const broken = found.counts.findIndex(
      ([item, bought]) => bought > 0 && bought < cover.items[item]!.least,
    );
    const raised = raise(cover, found.counts);
    if (raised.cost < enough) best = { ...raised, ...root };
    if (broken < 0 || isOver()) continue;
    const item = found.counts[broken]![0];
    branches.push({ ...branch, banned: new Set([...branch.banned, item]) });
    branches.push({
      ...branch,
      forced: new Map([...branch.forced, [item, cover.items[item]!.least]]),
    });
  }
  return best;
}

/** Items below their minimum pay for it, and so may as well be bought as often. */
function raise(
  { items }: CoverTask,
  counts: readonly (readonly [item: number, bought: number])[],
): Pick<Best, 'cost' | 'bought'> {
  const bought = counts.map(([item, count]): [CoverItem, number] => {
    const one = items[item]!;
    return [one, Math.max(count, Math.min(one.least, one.cap))];
  });
  const cost = bought.reduce((sum, [{ cost: each, least }, count]) => {
    return sum + each * Math.max(count, least);
  }, 0);
  return { cost, bought };
}

function solveBranch({ need, items }: CoverTask, { forced, banned }: Branch, gap: number) {
  const arrays: CoverItems = {
    costs: Float64Array.from(items, ({ cost }) => cost),
    units: Float64Array.from(items, ({ units }) => units),
    caps: Float64Array.from(items, ({ cap }, item) =>
      banned.has(item) ? 0 : Math.max(0, cap - (forced.get(item) ?? 0)),
    ),
  };
  let [left, spent] = [need, 0];
  for (const [item, count] of forced) {
    left -= items[item]!.units * count;
    spent += items[item]!.cost * count;
  }
  const found = coverAtPrices(arrays, left, { ...EFFORT, gap });
  if (found === null) return null;
  const counts = new Map(forced);
  for (const [item, count] of found.bought) counts.set(item, (counts.get(item) ?? 0) + count);
  return {
    counts: [...counts],
    bound: spent + found.bound,
    price: found.price,
    relaxed: found.relaxed,
  };
}

/** The price of work proves the relaxation; where that is too little, a checker does more. */
function certificateOf(
  problem: Problem,
  given: {
    readonly cover: CoverTask;
    readonly best: Best;
    readonly gap: number;
    readonly price: number;
    readonly per: DivisibleWork['per'];
  },
): ProblemCertificate {
  const { cover, best, gap, price, per } = given;
  const isEnough = best.cost - best.relaxed <= gap * best.cost;
  if (recurrenceSteps(cover) <= (isEnough ? RECURRENCE_QUICK : RECURRENCE_MAX)) {
    return { proof: 'dp' };
  }
  const isWhole = !isEnough && per === 'machine';
  return {
    proof: 'duals',
    duals: {
      pools: problem.pools.map(() => ({ of: 0, per: 1 })),
      offers: [],
      budget: { of: 0, per: 1 },
      tasks: [isWhole ? [] : [fractionBelow(price * cover.scale)]],
    },
  };
}

function recurrenceSteps({ need, items }: CoverTask): number {
  return items.reduce((sum, { cap }) => sum + need * Math.log2(2 + Math.min(cap, need)), 0);
}

function isBeyondBudget({ limits, tasks }: Problem, bound: number): boolean {
  const budgets = [limits, tasks[0]!.limits].map(({ budgetMicros }) => budgetMicros ?? Infinity);
  return bound > Math.min(...budgets) + 1;
}

/** Even all machines that may run at once, for all the time there is, cost less than the cheapest. */
function isTooHourly({ limits, tasks, offers }: Problem, bound: number): boolean {
  const all = [limits, tasks[0]!.limits];
  const least = (values: readonly (number | null)[]): number =>
    values.reduce<number>((min, value) => Math.min(min, value ?? Infinity), Infinity);
  const { per, options } = tasks[0]!.work as DivisibleWork;
  const seconds =
    per === 'machine' ? SECONDS_PER_HOUR : least(all.map(({ deadlineS }) => deadlineS));
  const billed = options.reduce((most, { offer }) => {
    const { billingIncrementS: increment, billingMinimumS } = offers[offer]!;
    return Math.max(most, Math.ceil(seconds / increment) * increment, billingMinimumS);
  }, 0);
  const nanosPerHour = least(all.map((one) => one.nanosPerHourMax));
  return bound > (nanosPerHour * billed) / SECONDS_PER_HOUR / NANOS_PER_MICRO + 1;
}

/** The cheapest is beyond the budget, or costs too much in the hour in which all machines run. */
function isBeyondLimits(problem: Problem, lines: readonly AnswerLine[]): boolean {
  const task = problem.tasks[0]!;
  const work = task.work as DivisibleWork;
  const cost = asMicros(
    lines.reduce((sum, line) => {
      return sum + hireCost(problem.offers[work.options[line.option]!.offer]!, line);
    }, 0),
  );
  const nanosPerHour = lines.reduce((sum, { option, machines }) => {
    return sum + machines * problem.offers[work.options[option]!.offer]!.nanosPerHour;
  }, 0);
  return [problem.limits, task.limits].some(
    ({ budgetMicros, nanosPerHourMax }) =>
      cost > (budgetMicros ?? Infinity) || nanosPerHour > (nanosPerHourMax ?? Infinity),
  );
}
