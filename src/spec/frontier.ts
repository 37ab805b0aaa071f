import type { Micros } from '../base/money.ts';
import type { SolutionLine } from './solution.ts';

/** A plan that nothing beats in both cost and time. */
export type FrontierPlan = {
  /** Until the last task ends. */
  readonly hours: number;
  /** The least deadline, in hours, at which nothing is cheaper. */
  readonly deadlineHours: number;
  readonly costMicros: Micros;
  /** What is proven that nothing by this deadline costs less than; null for nothing. */
  readonly boundMicros: Micros | null;
  readonly lines: readonly SolutionLine[];
};

/** Cost against time: `kedge.frontier/v1`. */
export type Frontier = {
  readonly schema: 'kedge.frontier/v1';
  readonly name: string | null;
  /** Nothing lies between these plans. */
  readonly isWhole: boolean;
  /** The fastest first, the cheapest last. */
  readonly plans: readonly FrontierPlan[];
  /** What a little more of each limit would save the cheapest plan, the most valuable first. */
  readonly worth: readonly { readonly more: string; readonly savesMicros: Micros }[];
};
