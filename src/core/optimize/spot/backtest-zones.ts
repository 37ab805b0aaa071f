import type { Rate } from '../../../base/money.ts';
import { adaptivePolicy } from './adaptive-policy.ts';
import { adaptiveInZones } from './adaptive-zones.ts';
import type { HazardModel } from './hazard.ts';
import { omniscientInZones } from './omniscient.ts';
import { simulateWindow, simulateZones, type WindowOutcome } from './simulate-window.ts';
import type { SpotJob } from './spot-job.ts';
import type { ZonesAvailability, ZonesJob } from './zones-job.ts';

/** Each by window. */
export type ZonesOutcomes = {
  readonly kedge: readonly WindowOutcome[];
  /** What is cheapest when all is known beforehand; on-demand where none is in time. */
  readonly optimum: readonly WindowOutcome[];
  /** By zone: Kedge as if there were no other. */
  readonly alone: readonly (readonly WindowOutcome[])[];
};

/**
 * Plays windows of so many ticks in several zones at once. What came before a window is known to
 * the policy.
 */
export function playZones(
  job: ZonesJob,
  { tickMs, available }: ZonesAvailability,
  windows: { readonly starts: readonly number[]; readonly ticks: number },
  model: HazardModel,
): ZonesOutcomes {
  const parts = windows.starts.map((from) => ({
    past: available.map((zone) => zone.subarray(0, from)),
    window: {
      tickMs,
      available: available.map((zone) => zone.subarray(from, from + windows.ticks)),
    },
  }));
  const begin = adaptiveInZones(job, tickMs, model);
  return {
    kedge: parts.map(({ past, window }) => simulateZones(job, window, begin(past))),
    optimum: parts.map(({ window }) => {
      const decide = omniscientInZones(job, window) ?? (() => ({ hold: 'on-demand' }) as const);
      return simulateZones(job, window, decide);
    }),
    alone: available.map((_, zone) => {
      const single = jobIn(job, job.spotNanosPerHour[zone]!);
      const policy = adaptivePolicy(model);
      return parts.map(({ past, window }) => {
        const decide = policy.begin(single, tickMs, past[zone]!);
        return simulateWindow(single, { tickMs, available: window.available[zone]! }, decide);
      });
    }),
  };
}

function jobIn(job: ZonesJob, spotNanosPerHour: Rate): SpotJob {
  return { ...job, spotNanosPerHour };
}
