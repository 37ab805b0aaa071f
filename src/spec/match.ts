import type { Interval, Replica, Serves } from './demand.ts';
import type { Offer } from './offer.ts';
import type { SpotRun } from './spot-run.ts';

/** An offer that can carry a demand. */
export type Candidate = {
  readonly offer: Offer;
  /** Machines hired together; for divisible work the optimizer chooses, and this is 1. */
  readonly machines: number;
  /** How long the task takes on them, waits for spot included; null when nothing tells. */
  readonly hours: Interval | null;
  /** Units of divisible work that one machine does (in an hour, or while hired); else null. */
  readonly throughput: number | null;
  /** It begins so many seconds from now, at its offer's price of that moment; left out, at once. */
  readonly startS?: number;
  /** What one machine does of a mix of requests; absent for other work. */
  readonly serves?: Serves;
  /** How its devices hold a model that answers requests; absent for other work. */
  readonly replica?: Replica;
  /** On spot: how that many hours are expected to go, or one hired hour of divisible work. */
  readonly spotRun?: SpotRun;
};

export const REFUSAL_CODES = [
  'accelerator-mismatch',
  'accelerator-too-few',
  'accelerator-memory-too-small',
  'capacity-too-small',
  'container-not-asked',
  'container-required',
  'cpus-mismatch',
  'cpus-too-few',
  'deadline-too-short',
  'budget-too-small',
  'hourly-cost-too-high',
  'instance-mismatch',
  'memory-mismatch',
  'memory-too-small',
  'not-launchable',
  'place-denied',
  'place-not-allowed',
  'residency-violated',
  'spot-forbidden',
  'spot-required',
  'throughput-unknown',
  'too-large',
  'unknown-accelerator-memory',
  'unknown-carbon',
  'unknown-cpus',
  'unknown-memory',
  'unknown-region',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * Why offers cannot carry a demand: one entry for each provider and code, speaking of the offer
 * that came nearest.
 */
export type Refusal = {
  /** Place of the nearest offer. */
  readonly place: string;
  readonly instance: string | null;
  readonly code: RefusalCode;
  /** One sentence. */
  readonly reason: string;
  /** What the offer has, and what the task needs, in the same unit; null where not known. */
  readonly have: number | string | null;
  readonly need: number | string | null;
  /** The nearest change of the task that would let this offer in. */
  readonly fix: string;
  /** How many offers of this provider were refused for this reason. */
  readonly offers: number;
};
