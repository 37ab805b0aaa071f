import type { Micros } from '../../../base/money.ts';
import { asMicros } from '../../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { type Answer, endOfAnswer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { SolvedProblem } from '../search/solve-problem.ts';

/*
 * Problem: every plan that nothing beats in both cost and time.
 * Method: the least cost is a falling staircase of the deadline. Each step begins where its answer
 * ends, if a second less is too little, which is asked first; else it is found by bisection over
 * whole seconds. The fastest is sought the same way, from when nothing can have ended yet. The widest
 * gap between two steps is looked into next; a gap without another step is closed. Every point is
 * the optimum for its deadline, none a sample: where there are too many, or no time is left, the
 * frontier says that it is not whole.
 * Complexity: two solves for each point mostly, O(log T) at worst.
 * Reference: the ε-constraint method: Haimes, Lasdon, Wismer, IEEE Trans. SMC 1(3), 1971; Mavrotas,
 * Applied Mathematics and Computation 213(2), 2009.
 */

export type FrontierPoint = {
  /** Whole seconds from now: the least deadline at which nothing is cheaper. */
  readonly deadlineS: number;
  /** When the last task ends, in seconds from now. */
  readonly endS: number;
  readonly costMicros: Micros;
  /** What is proven that no plan by this deadline costs less than; null for nothing. */
  readonly boundMicros: Micros | null;
  readonly answer: Answer;
};

export type Frontier = {
  /** The fastest first, the cheapest last. */
  readonly points: readonly FrontierPoint[];
  /** Nothing lies between these points. */
  readonly isWhole: boolean;
};

export type FrontierOptions = {
  /** The cheapest answer; null where there is none. */
  readonly solve: (problem: Problem) => Promise<SolvedProblem | null>;
  readonly pointsMax: number;
  /** Asked between two solves: what there is then is given. */
  readonly isOver: () => boolean;
};

/** Null for a problem without an answer. */
export async function costTimeFrontier(
  problem: Problem,
  options: FrontierOptions,
): Promise<Frontier | null> {
  const staircase = new Staircase(problem, options);
  const cheapest = await staircase.at(null);
  return cheapest === null ? null : staircase.explore(cheapest);
}

/** The same problem with an earlier end. A task alone keeps the deadline itself. */
export function withDeadline(problem: Problem, deadlineS: number): Problem {
  const earlier = (limit: number | null): number => Math.min(limit ?? Infinity, deadlineS);
  const [only, ...others] = problem.tasks;
  if (only === undefined || others.length > 0) {
    const limits = { ...problem.limits, deadlineS: earlier(problem.limits.deadlineS) };
    return { ...problem, limits };
  }
  const limits = { ...only.limits, deadlineS: earlier(only.limits.deadlineS) };
  return { ...problem, tasks: [{ ...only, limits }] };
}

type Gap = {
  readonly faster: FrontierPoint;
  /** The cheaper one is known to be as dear as the faster up to here, in seconds. */
  readonly closedTo: number;
  readonly cheaper: FrontierPoint;
};

class Staircase {
  readonly #problem: Problem;
  readonly #options: FrontierOptions;

  constructor(problem: Problem, options: FrontierOptions) {
    this.#problem = problem;
    this.#options = options;
  }

  /** The cheapest by a deadline; null for no other than the problem's own. */
  async at(deadlineS: number | null): Promise<FrontierPoint | null> {
    const problem = deadlineS === null ? this.#problem : withDeadline(this.#problem, deadlineS);
    const solved = await this.#options.solve(problem);
    if (solved === null) return null;
    const endS = endOfAnswer(solved.answer);
    return {
      deadlineS: deadlineS ?? deadlineFor(endS),
      endS,
      costMicros: asMicros(solved.value),
      boundMicros: solved.bound === null ? null : asMicros(Math.floor(solved.bound)),
      answer: solved.answer,
    };
  }

  async explore(answer: FrontierPoint): Promise<Frontier> {
    const fastest = await this.#fastest(answer);
    const cheapest = await this.#begin(answer, fastest.point.deadlineS - 1);
    const isOne = fastest.point.deadlineS >= cheapest.deadlineS;
    const points = isOne ? [cheapest] : [fastest.point, cheapest];
    let gaps: readonly Gap[] = isOne
      ? []
      : [{ faster: fastest.point, closedTo: fastest.point.deadlineS, cheaper: cheapest }];
    gaps = gaps.filter((gap) => widthOf(gap) > 1);
    while (gaps.length > 0) {
      if (points.length >= this.#options.pointsMax || this.#options.isOver()) break;
      const [widest, ...others] = gaps.toSorted((a, b) => widthOf(b) - widthOf(a));
      const { point, left } = await this.#lookInto(widest!);
      if (point !== null) points.push(point);
      gaps = [...others, ...left].filter((gap) => widthOf(gap) > 1);
    }
    return {
      points: points.toSorted((a, b) => a.deadlineS - b.deadlineS),
      isWhole: gaps.length === 0 && fastest.isCertain && !this.#options.isOver(),
    };
  }

  async #lookInto(gap: Gap): Promise<{ point: FrontierPoint | null; left: readonly Gap[] }> {
    const middle = Math.floor((gap.closedTo + gap.cheaper.deadlineS) / 2);
    const found = await this.at(middle);
    if (found === null || found.costMicros >= gap.faster.costMicros) {
      return { point: null, left: [{ ...gap, closedTo: middle }] };
    }
    // A searcher that stops short of the optimum may miss what a later deadline shows anyway.
    if (found.costMicros <= gap.cheaper.costMicros) {
      return { point: null, left: [{ ...gap, cheaper: { ...found, deadlineS: middle } }] };
    }
    const point = await this.#begin({ ...found, deadlineS: middle }, gap.closedTo);
    return {
      point,
      left: [
        { ...gap, cheaper: point },
        { faster: point, closedTo: middle, cheaper: gap.cheaper },
      ],
    };
  }

  /** Where the step of a point begins: as cheap, as early as can be, after `from`. */
  async #begin(point: FrontierPoint, from: number): Promise<FrontierPoint> {
    let best = { ...point, deadlineS: Math.min(point.deadlineS, deadlineFor(point.endS)) };
    let low = from;
    for (let isNear = true; best.deadlineS - low > 1 && !this.#options.isOver(); ) {
      const earlier = isNear ? best.deadlineS - 1 : Math.floor((low + best.deadlineS) / 2);
      const found = await this.at(earlier);
      if (found === null || found.costMicros > point.costMicros) low = earlier;
      else best = { ...found, deadlineS: Math.min(earlier, deadlineFor(found.endS)) };
      isNear = !isNear;
    }
    return best;
  }

  /** Certain where it is known that nothing ends a second earlier. */
  async #fastest(cheapest: FrontierPoint): Promise<{ point: FrontierPoint; isCertain: boolean }> {
    let point = { ...cheapest, deadlineS: deadlineFor(cheapest.endS) };
    let low = Math.max(0, deadlineFor(earliestEndS(this.#problem)) - 1);
    for (let isLow = true; point.deadlineS - low > 1; isLow = false) {
      if (this.#options.isOver()) return { point, isCertain: false };
      const earlier = isLow ? low + 1 : Math.floor((low + point.deadlineS) / 2);
      const found = await this.at(earlier);
      if (found === null) low = earlier;
      else point = { ...found, deadlineS: Math.min(earlier, deadlineFor(found.endS)) };
    }
    return { point, isCertain: true };
  }
}

/** The first whole second by which it has ended, but for floating point. */
function deadlineFor(endS: number): number {
  return Math.ceil(endS * (1 - NOISE));
}

const NOISE = 1e-9;

/** No answer ends earlier: all choices at their fastest, one after what it waits for. */
function earliestEndS({ tasks, transfers }: Problem): number {
  const ends = tasks.map(() => 0);
  const before = tasks.map(({ needs }, task) => [
    ...needs,
    ...transfers.filter(({ to }) => to === task).map(({ from }) => from),
  ]);
  // As often as there are tasks: in a circle, nothing would ever come to rest.
  for (let round = 0, isMoving = true; isMoving && round < tasks.length; round++) {
    isMoving = false;
    for (const [task, { work }] of tasks.entries()) {
      if (work.kind !== 'choice' || work.options.length === 0) continue;
      const ready = Math.max(0, ...before[task]!.map((one) => ends[one]!));
      const end = work.options.reduce((least, { startS, hours }) => {
        return Math.min(least, Math.max(ready, startS) + hours * SECONDS_PER_HOUR);
      }, Infinity);
      isMoving ||= end > ends[task]!;
      ends[task] = end;
    }
  }
  return Math.max(0, ...ends);
}

function widthOf({ closedTo, cheaper }: Gap): number {
  return cheaper.deadlineS - closedTo;
}
