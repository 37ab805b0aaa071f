import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import type { Problem, ProblemOffer } from '../model/problem.ts';
import type { LinearBuilder, Term } from './linear-builder.ts';

/** One option of one task in the model: what it takes and gives, as sums of columns. */
export type Part = {
  readonly task: number;
  readonly option: number;
  readonly offer: number;
  /** At least 1 where anything is hired; empty where nothing asks how many there are. */
  readonly machines: readonly Term[];
  readonly machineHours: readonly Term[];
  readonly micros: readonly Term[];
  /** Of the task's work or load; empty for a choice. */
  readonly share: readonly Term[];
  readonly hired: Hired;
};

/** The columns by which an answer is read. */
export type Hired =
  | {
      readonly kind: 'choice';
      readonly column: number;
      readonly machines: number;
      readonly hours: number;
      readonly startS: number;
    }
  | { readonly kind: 'machines'; readonly column: number; readonly startS: number }
  | {
      readonly kind: 'increments';
      readonly increments: number | null;
      /** That they run, where it matters that the last increment need not be used up. */
      readonly seconds: number | null;
      /** Machines that run until the window ends, in an increment that it cuts off. */
      readonly untilEnd: number | null;
      readonly windowS: number;
      readonly incrementS: number;
      /** Increments of one machine at most. */
      readonly each: number;
    }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'serving';
      readonly column: number;
      readonly hours: number;
      readonly startS: number;
      /** Of each bucket; null where it takes none. */
      readonly shares: readonly (number | null)[];
    };

/** So many machines that are hired or not, each for as long as the others. */
export type Block = { readonly size: number; readonly used: number; readonly seconds: number };

/** What a task is put into the model with. */
export type TaskScope = {
  readonly builder: LinearBuilder;
  readonly problem: Problem;
  readonly task: number;
  /** Seconds from now to the last moment at which it may end; infinite for none. */
  readonly windowS: number;
};

/** The parts of a task, and the rows that its duals are read from. */
export type TaskParts = {
  readonly parts: readonly Part[];
  /** Of divisible work one, of serving one for each bucket, of a choice one. */
  readonly needRows: readonly NeedRow[];
};

/** A row whose dual, times the factor, is the price of one unit of what is needed. */
export type NeedRow = { readonly row: number; readonly factor: number };

/** Seconds that a machine works at least: one that does nothing is no part of the work. */
export const WORKED_S = 1e-3;

const NANOS_PER_MICRO = 1000;

/** Micro-dollars of one machine that is billed for so many seconds, not rounded. */
export function microsOfSeconds({ nanosPerHour }: ProblemOffer, seconds: number): number {
  return (nanosPerHour / NANOS_PER_MICRO / SECONDS_PER_HOUR) * seconds;
}

/** Micro-dollars of one machine for so many hours, not rounded. */
export function microsOfHours(offer: ProblemOffer, hours: number): number {
  return microsOfSeconds(offer, billedSeconds(offer, hours));
}

/** How many machines of an offer there can be: by what is available, and by the pools it uses. */
export function machinesMax({ offers, pools }: Problem, offer: number): number {
  const { available, uses } = offers[offer]!;
  const byPools = uses.flatMap(({ pool, amount }) => {
    const { per, limit } = pools[pool]!;
    return per === 'machine' && amount > 0 ? [Math.floor(limit / amount)] : [];
  });
  return Math.min(available ?? Infinity, ...byPools);
}

/** Scales a row so that a solver's tolerance of a millionth is less than 1e-9 of the need. */
export function rowScale(need: number): number {
  const [least, most, wanted] = [1e4, 1e6, 1e5];
  return need >= least && need <= most ? 1 : wanted / need;
}

/** Whether what is minimized has a price for carbon. */
export function carbonCounts({ objective }: Problem): boolean {
  const { minimize } = objective;
  return minimize === 'carbon' || (minimize === 'weighted' && objective.microsPerKilogram > 0);
}

/** What is minimized must be known of whatever is hired. */
export function isUsable(problem: Problem, offer: number): boolean {
  return problem.offers[offer]!.gramsPerHour !== null || !carbonCounts(problem);
}
