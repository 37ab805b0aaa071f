import type { Micros, Rate } from '../base/money.ts';
import type { Plan } from './plan.ts';

/** So many machines of an offer for one task of a problem. */
export type SolutionLine = {
  /** Indices into the problem. */
  readonly task: number;
  readonly option: number;
  readonly offer: number;
  readonly taskName: string | null;
  readonly offerId: string;
  readonly provider: string;
  readonly region: string | null;
  readonly zone: string | null;
  readonly spot: boolean;
  readonly machines: number;
  /** Of each machine. */
  readonly hours: number;
  /** Seconds from now. */
  readonly startS: number;
  readonly nanosPerHour: Rate;
  readonly costMicros: Micros;
  /** Of each bucket of requests, the share that these machines take; null for other work. */
  readonly shares: readonly number[] | null;
};

/** The best answer to a problem that was found in time, checked: `kedge.solution/v1`. */
export type Solution = {
  readonly schema: 'kedge.solution/v1';
  readonly name: string | null;
  /** SHA-256 of the problem's canonical text. */
  readonly problem: string;
  readonly minimize: 'cost' | 'time' | 'carbon' | 'weighted';
  /** Of `value`, `bound` and `claimed`: dollars, seconds, or grams of CO2e. */
  readonly unit: 'usd' | 's' | 'g';
  readonly value: number;
  /** Nothing is below it; null where nothing is proven. */
  readonly bound: number | null;
  readonly costMicros: Micros;
  /** The bound where it is one of dollars. */
  readonly boundMicros: Micros | null;
  /** (value − bound) / value; 0 is proven best, null where nothing is proven. */
  readonly gap: number | null;
  readonly proof: NonNullable<Plan['bound']>['proof'] | null;
  /** A bound that only a solver claims: it counts for nothing. */
  readonly claimed: number | null;
  readonly hours: number;
  readonly transfersMicros: Micros;
  readonly seconds: number;
  readonly solver: string;
  readonly why: string;
  readonly lines: readonly SolutionLine[];
};

/** What one searcher made of a problem by itself; the unit is that of the problem's solutions. */
export type SolverComparison = {
  readonly solver: string;
  /** Why it did not take the problem, or failed; null when it ran. */
  readonly why: string | null;
  readonly value: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly proof: Solution['proof'];
  readonly claimed: number | null;
  readonly seconds: number | null;
};

/** `kedge.comparison/v1`. */
export type Comparison = {
  readonly schema: 'kedge.comparison/v1';
  readonly name: string | null;
  readonly problem: string;
  readonly unit: Solution['unit'];
  readonly solvers: readonly SolverComparison[];
};
