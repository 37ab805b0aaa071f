import type { Answer, AnswerLine } from '../../src/core/optimize/model/answer.ts';
import type {
  DivisibleWork,
  Problem,
  ProblemOffer,
  ServingWork,
} from '../../src/core/optimize/model/problem.ts';
import { billedS } from '../../src/core/optimize/verify/read-line.ts';
import { moveBetween, regionOf, routesFrom } from '../../src/core/optimize/verify/read-transfer.ts';
import { answerValue, verifyAnswer } from '../../src/core/optimize/verify/verify-answer.ts';

/*
 * The best answer to a small problem, by trying all: every option, every number of machines that
 * is of use, every number of increments, of machines of one option that all begin together; less
 * of the last increment by the same part for all of a task, where that counts. A task
 * begins as soon as it can, or waits for a step of a price; it does not wait for others to be done
 * so as to keep a limit on the hourly cost. What is allowed the checker says.
 */

type Line = Omit<AnswerLine, 'task' | 'startS'>;
/** The lines of one task, and how long they take. */
type Shape = { readonly lines: readonly Line[]; readonly seconds: number };

export type Best = { readonly answer: Answer; readonly value: number };

const MACHINES_MAX = 4;

/** Null where no answer is allowed. */
export function bruteForce(problem: Problem): Best | null {
  const shapes = problem.tasks.map((_, task) => shapesOf(problem, task));
  const order = inOrder(problem);
  let best: Best | null = null;
  const tryFrom = (at: number, lines: readonly AnswerLine[]): void => {
    const value = answerValue(problem, { lines });
    if (best !== null && value >= best.value) return;
    const task = order[at];
    if (task === undefined) {
      if (verifyAnswer(problem, { lines }).length === 0) best = { answer: { lines }, value };
      return;
    }
    for (const shape of shapes[task]!) {
      for (const startS of startsOf(problem, { task, shape, lines })) {
        tryFrom(at + 1, [...lines, ...shape.lines.map((line) => ({ ...line, task, startS }))]);
      }
    }
  };
  tryFrom(0, []);
  return best;
}

function inOrder({ tasks, transfers }: Problem): readonly number[] {
  const order: number[] = [];
  const add = (task: number): void => {
    if (order.includes(task)) return;
    for (const before of tasks[task]!.needs) add(before);
    for (const { from, to } of transfers) if (to === task) add(from);
    order.push(task);
  };
  for (const task of tasks.keys()) add(task);
  return order;
}

/** As early as it can be, or when a price steps at its start or its end. */
function startsOf(
  problem: Problem,
  { task, shape, lines }: { task: number; shape: Shape; lines: readonly AnswerLine[] },
): readonly number[] {
  const { tasks, transfers, offers } = problem;
  const { work, needs, limits } = tasks[task]!;
  const offerOf = (line: Pick<AnswerLine, 'option'>, of = task): ProblemOffer =>
    offers[tasks[of]!.work.options[line.option]!.offer]!;
  const ends = lines
    .filter((line) => needs.includes(line.task))
    .map((line) => line.startS + line.hours * 3600);
  const routes = routesFrom(problem);
  const arrivals = transfers
    .filter(({ to }) => to === task)
    .map((transfer) => {
      const source = lines.find((line) => line.task === transfer.from)!;
      const from = regionOf(offerOf(source, transfer.from));
      const move = moveBetween(routes, transfer, { from, to: regionOf(offerOf(shape.lines[0]!)) });
      return source.startS + source.hours * 3600 + (move?.seconds ?? 0);
    });
  const own = shape.lines.map(({ option }) =>
    work.kind === 'choice' ? work.options[option]!.startS : 0,
  );
  const earliest = Math.max(0, ...ends, ...arrivals, ...own);
  const deadline = Math.min(limits.deadlineS ?? Infinity, problem.limits.deadlineS ?? Infinity);
  const latest = deadline - shape.seconds;
  const steps = shape.lines.flatMap((line) => {
    const offer = offerOf(line);
    const billed = billedS(offer, line.hours);
    return offer.laterPrices.flatMap(({ fromS }) => [fromS, fromS - billed]);
  });
  const waits = [...steps, latest].filter((at) => at > earliest && at <= latest && at < Infinity);
  const isWaiting = problem.offers.some(({ laterPrices }) => laterPrices.length > 0);
  return isWaiting ? [...new Set([earliest, ...waits])] : [earliest];
}

/** The best first, so that most need not be looked at. */
function shapesOf(problem: Problem, task: number): readonly Shape[] {
  const { work, limits } = problem.tasks[task]!;
  const deadline = Math.min(limits.deadlineS ?? Infinity, problem.limits.deadlineS ?? Infinity);
  const all = {
    choice: () => choiceLines(problem, task),
    divisible: () => divisibleLines(problem, work as DivisibleWork, deadline),
    serving: () => servingLines(problem, work as ServingWork),
  }[work.kind]();
  const valueOf = (lines: readonly Line[]): number =>
    answerValue(problem, { lines: lines.map((line) => ({ ...line, task, startS: 0 })) });
  return all
    .map((lines) => ({ lines, value: valueOf(lines) }))
    .toSorted((a, b) => a.value - b.value)
    .map(({ lines }) => ({
      lines,
      seconds: Math.max(0, ...lines.map(({ hours }) => hours * 3600)),
    }));
}

function choiceLines({ tasks }: Problem, task: number): readonly (readonly Line[])[] {
  const { work } = tasks[task]!;
  if (work.kind !== 'choice') return [];
  return work.options.map(({ machines, hours }, option) => [
    { option, machines, hours, shares: null },
  ]);
}

function divisibleLines(
  { offers, objective }: Problem,
  work: DivisibleWork,
  deadline: number,
): readonly (readonly Line[])[] {
  const byOption = work.options.map(({ offer, throughput }, option) => {
    const { available, billingIncrementS: increment } = offers[offer]!;
    const perHour = work.per === 'hour';
    const enough = Math.ceil(
      (work.units / throughput) * (perHour ? 3600 / increment : 1) * (1 - 1e-9),
    );
    const machinesMax = Math.min(available ?? Infinity, enough, MACHINES_MAX);
    const most = perHour ? Math.min(enough, Math.ceil(deadline / increment)) : 1;
    const hoursOf = (count: number): number =>
      perHour ? Math.min(count * increment, deadline) / 3600 : 1;
    // An increment of each may be cut off by the deadline; more than enough otherwise is of no use.
    const useful = bags(most, machinesMax).filter(
      (counts) => counts.reduce((sum, count) => sum + count, 0) - counts.length < enough,
    );
    return useful.map((counts) =>
      [...Map.groupBy(counts, (count) => count)].map(([count, some]) => ({
        option,
        machines: some.length,
        hours: hoursOf(count),
        shares: null,
      })),
    );
  });
  const done = (lines: readonly Line[]): number =>
    lines.reduce((sum, { option, machines, hours }) => {
      return sum + work.options[option]!.throughput * machines * hours;
    }, 0);
  const enough = product(byOption)
    .map((parts) => parts.flat())
    .filter((lines) => done(lines) >= work.units * (1 - 1e-9));
  if (objective.minimize === 'cost' || work.per === 'machine') return enough;
  // Where time or carbon count, no machine needs to work for all that is billed.
  const trimmed = enough.map((lines) => {
    const part = Math.min(1, work.units / done(lines));
    return lines.map((line) => ({ ...line, hours: line.hours * part }));
  });
  return [...enough, ...trimmed];
}

/** Every bag of up to so many numbers from 1 to `most`, the largest first. */
function bags(most: number, size: number): readonly (readonly number[])[] {
  if (size === 0 || most === 0) return [[]];
  const all: (readonly number[])[] = [[]];
  for (let first = 1; first <= most; first++) {
    for (const rest of bags(first, size - 1)) all.push([first, ...rest]);
  }
  return all;
}

/** Every pair of numbers of machines; the shares by comparative advantage: of two options at most. */
function servingLines({ offers }: Problem, work: ServingWork): readonly (readonly Line[])[] {
  const counts = work.options.map(({ offer, throughputs }) => {
    const load = work.rates.reduce((sum, rate, bucket) => {
      return sum + (throughputs[bucket]! > 0 ? rate / throughputs[bucket]! : 0);
    }, 0);
    const most = Math.min(Math.ceil(load), offers[offer]!.available ?? Infinity);
    return Array.from({ length: most + 1 }, (_, count) => count);
  });
  return product(counts).flatMap((machines) => {
    const shares = sharesOf(work, machines);
    if (shares === null) return [];
    const lines = machines.flatMap((count, option) =>
      count === 0 ? [] : [{ option, machines: count, hours: work.hours, shares: shares[option]! }],
    );
    return lines.length === 0 ? [] : [lines];
  });
}

/**
 * The first option takes what it is best at, for the load that it is on the second, until it is full;
 * null where the second is overloaded then.
 */
function sharesOf(
  { rates, options }: ServingWork,
  machines: readonly number[],
): readonly (readonly number[])[] | null {
  const loads = [0, 1].map((option) =>
    rates.map((rate, bucket) => {
      const throughput = options[option]?.throughputs[bucket] ?? 0;
      return throughput > 0 && (machines[option] ?? 0) > 0 ? rate / throughput : Infinity;
    }),
  );
  const [own, other] = [loads[0]!, loads[1]!];
  const order = [...rates.keys()].toSorted((a, b) => own[a]! / other[a]! - own[b]! / other[b]!);
  let left = machines[0] ?? 0;
  const first = rates.map(() => 0);
  for (const bucket of order) {
    if (own[bucket] === Infinity) continue;
    const share = Math.min(1, left / own[bucket]!);
    first[bucket] = share;
    // Of rounding, nothing is left: a share below 0 is none.
    left = Math.max(0, left - share * own[bucket]!);
  }
  const second = first.map((share) => 1 - share);
  const load = second.reduce(
    (sum, share, bucket) => (share > 1e-12 ? sum + share * other[bucket]! : sum),
    0,
  );
  return load <= (machines[1] ?? 0) * (1 + 1e-9) ? [first, second] : null;
}

function product<Value>(lists: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  return lists.reduce<readonly (readonly Value[])[]>(
    (all, list) => all.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  );
}
