/**
 * Problem: the cheapest way to do a job in a window whose availability is known to its end: what no
 * policy can beat. Method: dynamic program backwards over ticks; state = what is held × slack, the
 * time left beyond the work left. A start or a switch adds its changeover to the work, and so takes
 * it from the slack; a tick of waiting takes a tick. Slack is counted in the greatest unit that
 * divides tick and changeover, so that the optimum is exact; where that would take more than
 * `UNITS_MAX` of them the changeover is rounded up to a coarser unit: then it is a schedule that can
 * be had, and at most one unit for each start from the optimum. No optimum leaves a machine before
 * its changeover is over, since that is billed for nothing: so the rest of one needs no state.
 * Complexity: O(ticks × units). Reference: Bellman, "Dynamic Programming", 1957; the omniscient
 * policy of Wu et al., NSDI 2024, which solves the same by integer programming.
 */
import { greatestCommonDivisor } from '../../../base/greatest-common-divisor.ts';
import type { Decide, Holding, Moment, SpotJob } from './spot-job.ts';

const UNITS_MAX = 20_000;
const HOLDINGS: readonly Holding[] = ['none', 'spot', 'on-demand'];
const [NONE, SPOT, ON_DEMAND] = [0, 1, 2];

/** The cheapest schedule of a window as a decider to be played; null when none meets the deadline. */
export function omniscient(
  job: SpotJob,
  window: { readonly tickMs: number; readonly available: Uint8Array },
): Decide | null {
  if (job.deadlineMs < job.workMs + job.changeoverMs) return null;
  const scale = slackScale(job, window.tickMs);
  const choices = solve(job, window, scale);
  return (moment: Moment) => {
    const { timeLeftMs, workLeftMs, changeoverLeftMs, held } = moment;
    const slack = Math.floor((timeLeftMs - workLeftMs - changeoverLeftMs) / scale.unitMs);
    const tick = Math.round((job.deadlineMs - timeLeftMs) / window.tickMs);
    const at = (tick * HOLDINGS.length + HOLDINGS.indexOf(held)) * (scale.units + 1);
    return HOLDINGS[choices[at + slack]!]!;
  };
}

type Scale = {
  readonly unitMs: number;
  /** Of the whole slack, of a tick, of a changeover. */
  readonly units: number;
  readonly tick: number;
  readonly changeover: number;
};

function slackScale(job: SpotJob, tickMs: number): Scale {
  const slackMs = job.deadlineMs - job.workMs;
  const divisor = greatestCommonDivisor(tickMs, job.changeoverMs);
  const unitMs = slackMs / divisor <= UNITS_MAX ? divisor : coarseUnit(tickMs, slackMs);
  return {
    unitMs,
    units: Math.floor(slackMs / unitMs),
    tick: tickMs / unitMs,
    changeover: Math.ceil(job.changeoverMs / unitMs),
  };
}

/** The smallest part of a tick that keeps the number of units below its limit. */
function coarseUnit(tickMs: number, slackMs: number): number {
  return tickMs / Math.max(1, Math.floor((UNITS_MAX * tickMs) / slackMs));
}

/** What to hold next, for each tick × what is held × slack. */
function solve(
  job: SpotJob,
  { tickMs, available }: { readonly tickMs: number; readonly available: Uint8Array },
  scale: Scale,
): Uint8Array {
  const ticks = Math.ceil(job.deadlineMs / tickMs);
  const width = scale.units + 1;
  const choices = new Uint8Array(ticks * HOLDINGS.length * width);
  const after = HOLDINGS.map(() => new Float64Array(width).fill(Infinity));
  const next = HOLDINGS.map(() => new Float64Array(width).fill(Infinity));
  for (let tick = ticks - 1; tick >= 0; tick--) {
    const workMs = job.deadlineMs - tick * tickMs - ((job.deadlineMs - job.workMs) % scale.unitMs);
    const [none, spot, onDemand] = [next[NONE]!, next[SPOT]!, next[ON_DEMAND]!];
    none.fill(Infinity).set(after[NONE]!.subarray(0, Math.max(0, width - scale.tick)), scale.tick);
    if (available[tick] !== 1) spot.fill(Infinity);
    else hold(spot, after[SPOT]!, { tickMs, workMs, ...scale, price: job.spotNanosPerHour });
    hold(onDemand, after[ON_DEMAND]!, {
      tickMs,
      workMs,
      ...scale,
      price: job.onDemandNanosPerHour,
    });
    for (let from = 0; from < HOLDINGS.length; from++) {
      const at = (tick * HOLDINGS.length + from) * width;
      choose({ next, from, changeover: scale.changeover }, after[from]!, choices.subarray(at));
    }
  }
  return choices;
}

/** By slack: what it costs to have a machine in this tick; `workMs` is that of slack 0. */
function hold(
  cost: Float64Array,
  after: Float64Array,
  scale: { readonly [key in 'tickMs' | 'workMs' | 'unitMs' | 'price']: number },
): void {
  const { tickMs, workMs, unitMs, price } = scale;
  for (let slack = 0; slack < cost.length; slack++) {
    const left = workMs - slack * unitMs;
    cost[slack] = left <= tickMs ? price * Math.max(0, left) : price * tickMs + after[slack]!;
  }
}

/** By slack: the least cost from here, and what to hold for it. */
function choose(
  {
    next,
    from,
    changeover,
  }: {
    readonly next: readonly Float64Array[];
    readonly from: number;
    readonly changeover: number;
  },
  cost: Float64Array,
  choices: Uint8Array,
): void {
  const [none, spot, onDemand] = [next[NONE]!, next[SPOT]!, next[ON_DEMAND]!];
  const toSpot = from === SPOT ? 0 : changeover;
  const toOnDemand = from === ON_DEMAND ? 0 : changeover;
  for (let slack = 0; slack < cost.length; slack++) {
    const byWaiting = none[slack]!;
    const bySpot = slack < toSpot ? Infinity : spot[slack - toSpot]!;
    const byOnDemand = slack < toOnDemand ? Infinity : onDemand[slack - toOnDemand]!;
    const least = Math.min(byWaiting, bySpot, byOnDemand);
    cost[slack] = least;
    choices[slack] = least === byWaiting ? NONE : least === bySpot ? SPOT : ON_DEMAND;
  }
}
