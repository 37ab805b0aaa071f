import { addMicros, asMicros, type Micros } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { omniscient } from './omniscient.ts';
import { simulateWindow, type WindowOutcome } from './simulate-window.ts';
import { hurry, type SpotJob, type SpotPolicy } from './spot-job.ts';

/** Whether spot could be had, tick after tick. */
export type Availability = {
  readonly tickMs: number;
  readonly available: Uint8Array;
};

/** What a policy came to over some windows. */
export type Tally = {
  readonly meanCostMicros: Micros;
  /** Windows whose deadline it missed. */
  readonly misses: number;
  /** In all windows together. */
  readonly preemptions: number;
  readonly meanSpotHours: number;
  readonly meanOnDemandHours: number;
};

/** What is cheapest when all is known beforehand, as a policy; on-demand where none is in time. */
function optimumOf(available: Uint8Array): SpotPolicy {
  return {
    name: 'optimum',
    begin: (job, tickMs) => omniscient(job, { tickMs, available }) ?? hurry,
  };
}

/** Ticks that a window takes: it must fit its trace. */
export function windowTicks(job: Pick<SpotJob, 'deadlineMs'>, tickMs: number): number {
  return Math.ceil(job.deadlineMs / tickMs);
}

/** So many windows, evenly from the first to the last that fits between two ticks. */
export function evenStarts(
  span: { readonly from: number; readonly to: number; readonly ticks: number },
  count: number,
): readonly number[] {
  const room = span.to - span.from - span.ticks;
  if (room < 0) return [];
  const distinct = Math.min(count, room + 1);
  const gap = distinct === 1 ? 0 : room / (distinct - 1);
  return Array.from({ length: distinct }, (_, index) => span.from + Math.floor(index * gap));
}

/** A window every so many ticks, as long as one fits. */
export function startsEvery(
  span: { readonly from: number; readonly to: number; readonly ticks: number },
  every: number,
): readonly number[] {
  const starts: number[] = [];
  for (let at = span.from; at + span.ticks <= span.to; at += every) starts.push(at);
  return starts;
}

/**
 * Plays each policy, and last the optimum, on each window. What came before a window is known to a
 * policy. In the order of the policies, then of the windows.
 */
export function playTrace(
  job: SpotJob,
  trace: Availability,
  {
    starts,
    policies,
  }: {
    readonly starts: readonly number[];
    readonly policies: readonly SpotPolicy[];
  },
): readonly (readonly WindowOutcome[])[] {
  const { tickMs } = trace;
  const ticks = windowTicks(job, tickMs);
  const windows = starts.map((from) => ({
    past: trace.available.subarray(0, from),
    available: trace.available.subarray(from, from + ticks),
  }));
  return [...policies, null].map((policy) =>
    windows.map(({ past, available }) => {
      const { begin } = policy ?? optimumOf(available);
      return simulateWindow(job, { tickMs, available }, begin(job, tickMs, past));
    }),
  );
}

export function tally(outcomes: readonly WindowOutcome[]): Tally {
  const count = Math.max(1, outcomes.length);
  const mean = (of: (outcome: WindowOutcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / count;
  const cost = addMicros(...outcomes.map(({ costMicros }) => costMicros));
  return {
    meanCostMicros: asMicros(Math.round(cost / count)),
    misses: outcomes.filter(({ isMissed }) => isMissed).length,
    preemptions: outcomes.reduce((sum, { preemptions }) => sum + preemptions, 0),
    meanSpotHours: mean(({ spotMs }) => spotMs) / HOUR_MS,
    meanOnDemandHours: mean(({ onDemandMs }) => onDemandMs) / HOUR_MS,
  };
}
