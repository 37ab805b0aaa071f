import type { Answer } from '../model/answer.ts';
import type { Limits, Problem } from '../model/problem.ts';
import { brokenLimit, scheduler } from './answer-of.ts';
import { type Coupling, couplingsOf, type Hired } from './couplings.ts';
import { choiceCost } from './placement.ts';
import { chosenBy, isAllowed, type PricesRead, placementOf, pricesRead } from './placement-of.ts';
import { type PlaceLimits, searchPlaces } from './search-places.ts';

/*
 * Problem: the cheapest places break what they do not know of, as a deadline: find a cheap answer
 * that keeps it.
 * Method: each second gets a price, which grows until the best places at that price keep all
 * limits, then shrinks between a few times; or the deadline is taken to be sooner, which leaves out
 * slow options. From the cheapest that keeps all limits, option by option whatever is cheaper.
 * Complexity: a search of places for each price; O(options) schedules for each task and round.
 * Reference: the price of time is a Lagrange multiplier: Handler, Zang, A dual algorithm for the
 * constrained shortest path problem (Networks 10, 1980).
 */

/** Micro-dollars a second: from next to nothing to far more than any machine costs. */
const PRICE_MIN = 1e-4;
const PRICE_MAX = 1e7;
const HALVINGS = 5;
/** Of the time until a deadline. */
const SHARES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
const ROUNDS_MAX = 5;
/** Cheaper options of a task that are tried, the cheapest first. */
const TRIES_MAX = 30;
/** A price is not worth more than a quick look. */
const GAP = 1e-3;

/** Null where none was found, which does not say that there is none. */
export function keepLimits(
  problem: Problem,
  limits: Omit<PlaceLimits, 'starts'> & { readonly start: Answer | null },
): Answer | null {
  const read = pricesRead(problem);
  const judge = judgeOf(problem, read);
  const start = limits.start === null ? null : judge.of(chosenIn(problem, limits.start));
  let found: Judged | null = null;
  let [late, price] = [0, PRICE_MIN];
  for (; found === null && price <= PRICE_MAX && !limits.isOver(); price *= 4) {
    found = at(problem, price);
    if (found === null) late = price;
  }
  let inTime = price / 4;
  for (let halving = 0; found !== null && halving < HALVINGS && !limits.isOver(); halving++) {
    const middle = Math.sqrt(Math.max(late, PRICE_MIN / 4) * inTime);
    const other = at(problem, middle);
    if (other === null) late = middle;
    else inTime = middle;
    if (other !== null && other.cost < found.cost) found = other;
  }
  let best = [found, start].reduce(cheaperOf, null);
  for (const share of SHARES) {
    if (limits.isOver() || !hasDeadline(problem)) break;
    best = cheaperOf(best, at(hurried(problem, share), 0));
  }
  return best === null ? null : cheaper(problem, best, { judge, isOver: limits.isOver }).answer;

  function at(asked: Problem, microsPerSecond: number): Judged | null {
    const { placement, start: quick } = placementOf(asked, { microsPerSecond, read });
    const { choice } = searchPlaces(placement, { ...limits, gap: GAP, starts: [quick] });
    if (choice === null || choiceCost(placement, choice) === Infinity) return null;
    return judge.of(chosenBy(problem, placement, choice));
  }
}

function cheaperOf(one: Judged | null, other: Judged | null): Judged | null {
  if (one === null || other === null) return one ?? other;
  return other.cost < one.cost ? other : one;
}

export function hasDeadline({ limits, tasks }: Problem): boolean {
  return limits.deadlineS !== null || tasks.some((task) => task.limits.deadlineS !== null);
}

/** With so much of the time: options that are slow for it are then not looked at. */
function hurried(problem: Problem, share: number): Problem {
  const hurry = (limits: Limits): Limits => {
    const { deadlineS } = limits;
    return { ...limits, deadlineS: deadlineS === null ? null : deadlineS * share };
  };
  return {
    ...problem,
    limits: hurry(problem.limits),
    tasks: problem.tasks.map((task) => ({ ...task, limits: hurry(task.limits) })),
  };
}

/** An option of each task; the first of one that the answer forgets. */
function chosenIn({ tasks }: Problem, { lines }: Answer): readonly number[] {
  const options = new Map(lines.map(({ task, option }) => [task, option]));
  return tasks.map((_, task) => options.get(task) ?? 0);
}

type Judged = {
  readonly chosen: readonly number[];
  readonly answer: Answer;
  readonly cost: number;
};

type Judge = {
  /** Null where a limit is broken. */
  readonly of: (chosen: readonly number[]) => Judged | null;
  readonly hiredBy: (task: number, option: number) => Hired;
  readonly couplings: readonly Coupling[];
};

function judgeOf(problem: Problem, { rates, microsOf }: PricesRead): Judge {
  const couplings = couplingsOf(problem, rates, 0);
  const answerTo = scheduler(problem);
  const hiredBy = (task: number, option: number): Hired => {
    const { work } = problem.tasks[task]!;
    const options = work.kind === 'choice' ? work.options : [];
    const chosen = options[option]!;
    const offer = problem.offers[chosen.offer]!;
    const micros = microsOf(options)[option]!;
    return { offer, region: rates.regionOfOffer[chosen.offer]!, cost: micros, micros };
  };
  return {
    hiredBy,
    couplings,
    of: (chosen) => {
      const hired = chosen.map((option, task) => hiredBy(task, option));
      const alone = hired.reduce((sum, { micros }) => sum + micros, 0);
      const cost = couplings.reduce(
        (sum, { from, to, costOf }) => sum + costOf(hired[from]!, hired[to]!),
        alone,
      );
      if (cost === Infinity) return null;
      const answer = answerTo(chosen);
      return brokenLimit(problem, answer, cost) === null ? { chosen, answer, cost } : null;
    },
  };
}

/** Whatever cheaper option of a task still keeps all limits, as long as there is one. */
function cheaper(
  problem: Problem,
  from: Judged,
  { judge, isOver }: { readonly judge: Judge; readonly isOver: () => boolean },
): Judged {
  let best = from;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = best.cost;
    for (const task of problem.tasks.keys()) {
      if (isOver()) return best;
      for (const option of cheaperOptions(problem, task, { best, judge })) {
        const chosen = best.chosen.with(task, option);
        const found = judge.of(chosen);
        if (found === null || found.cost >= best.cost) continue;
        best = found;
        break;
      }
    }
    if (best.cost === before) break;
  }
  return best;
}

function cheaperOptions(
  problem: Problem,
  task: number,
  { best, judge }: { readonly best: Judged; readonly judge: Judge },
): readonly number[] {
  const own = judge.couplings.filter(({ from, to }) => from === task || to === task);
  const others = best.chosen.map((option, one) => judge.hiredBy(one, option));
  const costOf = (hired: Hired): number =>
    own.reduce((sum, { from, to, costOf: of }) => {
      return sum + (from === task ? of(hired, others[to]!) : of(others[from]!, hired));
    }, hired.micros);
  const now = costOf(others[task]!);
  const { work } = problem.tasks[task]!;
  const options = work.kind === 'choice' ? work.options : [];
  return options
    .flatMap(({ machines }, option) => {
      const hired = judge.hiredBy(task, option);
      if (!isAllowed(problem.tasks[task]!, { ...hired, machines })) return [];
      const cost = costOf(hired);
      return cost < now ? [{ option, cost }] : [];
    })
    .sort((a, b) => a.cost - b.cost)
    .slice(0, TRIES_MAX)
    .map(({ option }) => option);
}
