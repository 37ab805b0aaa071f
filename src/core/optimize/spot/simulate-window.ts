import { addMicros, charge, type Micros } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import {
  changeoverInto,
  type Decide,
  type Holding,
  type Moment,
  type SpotJob,
} from './spot-job.ts';

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
  const { tickMs, available } = window;
  const billedMs = { none: 0, spot: 0, 'on-demand': 0 };
  let [preemptions, workLeftMs, changeoverLeftMs] = [0, job.workMs, 0];
  let held: Holding = 'none';
  for (let tick = 0; ; tick++) {
    const isAvailable = available[tick] === 1;
    if (held === 'spot' && !isAvailable) {
      [held, changeoverLeftMs] = ['none', 0];
      preemptions++;
    }
    const timeLeftMs = job.deadlineMs - tick * tickMs;
    const moment: Moment = { tickMs, timeLeftMs, workLeftMs, held, changeoverLeftMs, isAvailable };
    const next: Holding = timeLeftMs > 0 ? decide(moment) : lateChoice(moment);
    changeoverLeftMs = changeoverInto(job, moment, next);
    held = next;
    if (held === 'none') continue;
    const neededMs = changeoverLeftMs + workLeftMs;
    billedMs[held] += Math.min(tickMs, neededMs);
    if (neededMs <= tickMs) {
      return outcome(job, billedMs, tick * tickMs + neededMs, preemptions);
    }
    workLeftMs -= Math.max(0, tickMs - changeoverLeftMs);
    changeoverLeftMs = Math.max(0, changeoverLeftMs - tickMs);
  }
}

/** After the deadline nothing is waited for: what runs goes on. */
function lateChoice(moment: Moment): Holding {
  return moment.held === 'none' ? 'on-demand' : moment.held;
}

function outcome(
  job: SpotJob,
  billedMs: Readonly<Record<Holding, number>>,
  endMs: number,
  preemptions: number,
): WindowOutcome {
  const [spotMs, onDemandMs] = [billedMs.spot, billedMs['on-demand']];
  return {
    costMicros: addMicros(
      charge(job.spotNanosPerHour, { of: spotMs, per: HOUR_MS }),
      charge(job.onDemandNanosPerHour, { of: onDemandMs, per: HOUR_MS }),
    ),
    spotMs,
    onDemandMs,
    endMs,
    isMissed: endMs > job.deadlineMs,
    preemptions,
  };
}
