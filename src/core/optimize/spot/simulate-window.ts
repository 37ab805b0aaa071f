import { addMicros, charge, type Micros } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { changeoverInto, type Decide, type SpotJob } from './spot-job.ts';
import {
  type DecideZones,
  momentIn,
  type ZoneChoice,
  type ZonesAvailability,
  type ZonesJob,
  type ZonesMoment,
} from './zones-job.ts';

/** What one run of a job came to. */
export type WindowOutcome = {
  readonly costMicros: Micros;
  readonly spotMs: number;
  readonly onDemandMs: number;
  /** From the first tick to the end of the work. */
  readonly endMs: number;
  readonly isMissed: boolean;
  readonly preemptions: number;
};

/** Plays one job on the availability of its ticks; past their end spot cannot be had. */
export function simulateWindow(
  job: SpotJob,
  window: { readonly tickMs: number; readonly available: Uint8Array },
  decide: Decide,
): WindowOutcome {
  return simulateZones(
    { ...job, spotNanosPerHour: [job.spotNanosPerHour] },
    { tickMs: window.tickMs, available: [window.available] },
    (moment) => {
      const hold = decide(momentIn(moment, 0));
      return hold === 'spot' ? { hold, zone: 0 } : { hold };
    },
  );
}

/** The same in several zones, of which at most one is held at a time. */
export function simulateZones(
  job: ZonesJob,
  { tickMs, available }: ZonesAvailability,
  decide: DecideZones,
): WindowOutcome {
  const spotMs = available.map(() => 0);
  let [onDemandMs, preemptions, workLeftMs, changeoverLeftMs] = [0, 0, job.workMs, 0];
  let held: ZoneChoice = { hold: 'none' };
  for (let tick = 0; ; tick++) {
    const now = available.map((zone) => zone[tick] === 1);
    if (held.hold === 'spot' && !now[held.zone]) {
      [held, changeoverLeftMs] = [{ hold: 'none' }, 0];
      preemptions++;
    }
    const moment: ZonesMoment = {
      tickMs,
      timeLeftMs: job.deadlineMs - tick * tickMs,
      workLeftMs,
      held: held.hold,
      heldZone: held.hold === 'spot' ? held.zone : null,
      changeoverLeftMs,
      available: now,
    };
    const next: ZoneChoice = moment.timeLeftMs > 0 ? decide(moment) : lateChoice(held);
    const seen = momentIn(moment, next.hold === 'spot' ? next.zone : (moment.heldZone ?? 0));
    changeoverLeftMs = changeoverInto(job, seen, next.hold);
    held = next;
    if (held.hold === 'none') continue;
    const neededMs = changeoverLeftMs + workLeftMs;
    if (held.hold === 'spot') spotMs[held.zone]! += Math.min(tickMs, neededMs);
    else onDemandMs += Math.min(tickMs, neededMs);
    if (neededMs <= tickMs) {
      const endMs = tick * tickMs + neededMs;
      return {
        ...billed(job, spotMs, onDemandMs),
        endMs,
        isMissed: endMs > job.deadlineMs,
        preemptions,
      };
    }
    workLeftMs -= Math.max(0, tickMs - changeoverLeftMs);
    changeoverLeftMs = Math.max(0, changeoverLeftMs - tickMs);
  }
}

/** After the deadline nothing is waited for: what runs goes on. */
function lateChoice(held: ZoneChoice): ZoneChoice {
  return held.hold === 'none' ? { hold: 'on-demand' } : held;
}

function billed(
  job: ZonesJob,
  spotMs: readonly number[],
  onDemandMs: number,
): Pick<WindowOutcome, 'costMicros' | 'spotMs' | 'onDemandMs'> {
  return {
    costMicros: addMicros(
      ...spotMs.map((of, zone) => charge(job.spotNanosPerHour[zone]!, { of, per: HOUR_MS })),
      charge(job.onDemandNanosPerHour, { of: onDemandMs, per: HOUR_MS }),
    ),
    spotMs: spotMs.reduce((sum, ms) => sum + ms, 0),
    onDemandMs,
  };
}
