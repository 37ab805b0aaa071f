import { rateFromUsd } from '../../../base/money.ts';
import type { Random } from '../../../base/rng.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { ageClass, flipChance, type HazardModel, type Side } from './hazard.ts';
import { simulateWindow, type WindowOutcome } from './simulate-window.ts';
import type { SpotJob, SpotPolicy } from './spot-job.ts';

/** A job in hours, at $3 an hour on-demand and $1 on spot. */
export function jobFor(hours: {
  readonly work: number;
  readonly deadline: number;
  readonly changeover: number;
}): SpotJob {
  return {
    workMs: Math.round(hours.work * HOUR_MS),
    deadlineMs: Math.round(hours.deadline * HOUR_MS),
    changeoverMs: Math.round(hours.changeover * HOUR_MS),
    onDemandNanosPerHour: rateFromUsd(3),
    spotNanosPerHour: rateFromUsd(1),
  };
}

/** `0110`: spot can be had at the second and the third tick. */
export function availabilityFor(ticks: string): Uint8Array {
  return Uint8Array.from(ticks, Number);
}

export function playFor(
  policy: SpotPolicy,
  job: SpotJob,
  { ticks, tickMs = HOUR_MS }: { readonly ticks: string; readonly tickMs?: number },
): WindowOutcome {
  const available = availabilityFor(ticks);
  return simulateWindow(job, { tickMs, available }, policy.begin(job, tickMs, new Uint8Array(0)));
}

/** Without levels: what is expected can be reckoned by hand. */
export const PLAIN: HazardModel = {
  agesMinutes: [0, 60, 180],
  perHour: [
    [1.2, 0.6, 0.2],
    [1, 0.4, 0.1],
  ],
  levels: [1],
  persistenceH: [48, 48],
  foresightH: [48, 48],
};

/** Availability as the model `PLAIN` says, from where spot has just come. */
export function drawnFor(ticks: number, tickMs: number, random: Random): string {
  let [side, ageMs, line]: [Side, number, string] = [1, 0, ''];
  while (line.length < ticks) {
    line += side;
    const flip = flipChance(PLAIN, { side, age: ageClass(PLAIN, ageMs), level: 0 }, tickMs);
    if (random() < flip) [side, ageMs] = [side === 0 ? 1 : 0, 0];
    else ageMs += tickMs;
  }
  return line;
}
