import type { Micros } from '../../../base/money.ts';
import { asMicros } from '../../../base/money.ts';
import { type Answer, endOfAnswer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { SolvedProblem } from '../search/solve-problem.ts';

/*
 * Problem: every plan that nothing beats in both cost and time.
 * Method: the least cost is a falling staircase of the deadline. Each step is found where it
 * begins, by bisection over whole seconds, and the widest gap between two steps is looked into
 * next; a gap without another step is closed. Every point is the optimum for its deadline, none a
 * sample: where there are too many, the frontier says that it is not whole.
 * Complexity: O(log T) solves for each point.
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
      deadlineS: deadlineS ?? Math.ceil(endS),
      endS,
      costMicros: asMicros(solved.value),
      boundMicros: solved.bound === null ? null : asMicros(Math.floor(solved.bound)),
      answer: solved.answer,
    };
  }

  async explore(answer: FrontierPoint): Promise<Frontier> {
    const cheapest = await this.#begin(answer, 0);
    const fastest = await this.#fastest(cheapest);
    const points = fastest === cheapest ? [cheapest] : [fastest, cheapest];
    let gaps: readonly Gap[] =
      fastest === cheapest
        ? []
        : [{ faster: fastest, closedTo: fastest.deadlineS, cheaper: cheapest }];
    while (gaps.length > 0) {
      if (points.length >= this.#options.pointsMax || this.#options.isOver()) break;
      const [widest, ...others] = gaps.toSorted((a, b) => widthOf(b) - widthOf(a));
      const { point, left } = await this.#lookInto(widest!);
      if (point !== null) points.push(point);
      gaps = [...others, ...left].filter((gap) => widthOf(gap) > 1);
    }
    return {
      points: points.toSorted((a, b) => a.deadlineS - b.deadlineS),
      isWhole: gaps.length === 0,
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
    let best = { ...point, deadlineS: Math.min(point.deadlineS, Math.ceil(point.endS)) };
    let low = from;
    while (best.deadlineS - low > 1 && !this.#options.isOver()) {
      const middle = Math.floor((low + best.deadlineS) / 2);
      const found = await this.at(middle);
      if (found === null || found.costMicros > point.costMicros) low = middle;
      else best = found;
    }
    return best;
  }

  async #fastest(cheapest: FrontierPoint): Promise<FrontierPoint> {
    let best = cheapest;
    let low = 0;
    while (best.deadlineS - low > 1 && !this.#options.isOver()) {
      const middle = Math.floor((low + best.deadlineS) / 2);
      const found = await this.at(middle);
      if (found === null) low = middle;
      else best = { ...found, deadlineS: Math.min(middle, Math.ceil(found.endS)) };
    }
    return best;
  }
}

function widthOf({ closedTo, cheaper }: Gap): number {
  return cheaper.deadlineS - closedTo;
}
