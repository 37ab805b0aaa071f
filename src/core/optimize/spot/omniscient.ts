/**
 * Problem: the cheapest way to do a job in a window whose availability is known to its end: what no
 * policy can beat. Method: dynamic program backwards over ticks; state = what is held × slack, the
 * time left beyond the work left. A start or a switch adds its changeover to the work, and so takes
 * it from the slack; a tick of waiting takes a tick. Slack is counted in the greatest unit that
 * divides tick and changeover, so that the optimum is exact; where that would take more than
 * `UNITS_MAX` of them the changeover is rounded up to a coarser unit: then it is a schedule that can
 * be had, and at most one unit for each start from the optimum. No optimum leaves a machine before
 * its changeover is over, since that is billed for nothing: so the rest of one needs no state.
 * Complexity: O(ticks × units × zones²). Reference: Bellman, "Dynamic Programming", 1957; the omniscient
 * policy of Wu et al., NSDI 2024, which solves the same by integer programming.
 */
import { greatestCommonDivisor } from '../../../base/greatest-common-divisor.ts';
import type { Decide, SpotJob } from './spot-job.ts';
import type { DecideZones, ZoneChoice, ZonesAvailability, ZonesJob } from './zones-job.ts';

const UNITS_MAX = 20_000;
/** What can be held, by index: nothing, on-demand, spot in the first zone, in the second, … */
const [NONE, ON_DEMAND, SPOT] = [0, 1, 2];

/** The cheapest schedule of a window as a decider to be played; null when none meets the deadline. */
export function omniscient(
  job: SpotJob,
  { tickMs, available }: { readonly tickMs: number; readonly available: Uint8Array },
): Decide | null {
  const decide = omniscientInZones(
    { ...job, spotNanosPerHour: [job.spotNanosPerHour] },
    { tickMs, available: [available] },
  );
  if (decide === null) return null;
  return ({ isAvailable, ...moment }) => {
    const heldZone = moment.held === 'spot' ? 0 : null;
    return decide({ ...moment, heldZone, available: [isAvailable] }).hold;
  };
}

/** The same in several zones, of which at most one is held at a time. */
export function omniscientInZones(job: ZonesJob, window: ZonesAvailability): DecideZones | null {
  if (job.deadlineMs < job.workMs + job.changeoverMs) return null;
  const scale = slackScale(job, window.tickMs);
  const choices = solve(job, window, scale);
  const holdings = SPOT + window.available.length;
  return ({ timeLeftMs, workLeftMs, changeoverLeftMs, held, heldZone }) => {
    const slack = Math.floor((timeLeftMs - workLeftMs - changeoverLeftMs) / scale.unitMs);
    const tick = Math.round((job.deadlineMs - timeLeftMs) / window.tickMs);
    const from = heldZone === null ? (held === 'none' ? NONE : ON_DEMAND) : SPOT + heldZone;
    const choice = choices[(tick * holdings + from) * (scale.units + 1) + slack]!;
    return choiceAt(choice);
  };
}

function choiceAt(holding: number): ZoneChoice {
  if (holding >= SPOT) return { hold: 'spot', zone: holding - SPOT };
  return { hold: holding === NONE ? 'none' : 'on-demand' };
}

type Scale = {
  readonly unitMs: number;
  /** Of the whole slack, of a tick, of a changeover. */
  readonly units: number;
  readonly tick: number;
  readonly changeover: number;
};

function slackScale(job: ZonesJob, tickMs: number): Scale {
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
function solve(job: ZonesJob, { tickMs, available }: ZonesAvailability, scale: Scale): Uint8Array {
  const ticks = Math.ceil(job.deadlineMs / tickMs);
  const width = scale.units + 1;
  const prices = [0, job.onDemandNanosPerHour, ...job.spotNanosPerHour];
  const choices = new Uint8Array(ticks * prices.length * width);
  const after = prices.map(() => new Float64Array(width).fill(Infinity));
  const next = prices.map(() => new Float64Array(width).fill(Infinity));
  for (let tick = ticks - 1; tick >= 0; tick--) {
    const workMs = job.deadlineMs - tick * tickMs - ((job.deadlineMs - job.workMs) % scale.unitMs);
    const waited = after[NONE]!.subarray(0, Math.max(0, width - scale.tick));
    next[NONE]!.fill(Infinity).set(waited, scale.tick);
    for (let held = ON_DEMAND; held < prices.length; held++) {
      const isThere = held === ON_DEMAND || available[held - SPOT]![tick] === 1;
      if (!isThere) next[held]!.fill(Infinity);
      else hold(next[held]!, after[held]!, { tickMs, workMs, ...scale, price: prices[held]! });
    }
    for (let from = NONE; from < prices.length; from++) {
      const at = (tick * prices.length + from) * width;
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
  for (let slack = 0; slack < cost.length; slack++) {
    let [least, best] = [next[NONE]![slack]!, NONE];
    for (let to = ON_DEMAND; to < next.length; to++) {
      const left = to === from ? slack : slack - changeover;
      if (left < 0 || next[to]![left]! >= least) continue;
      [least, best] = [next[to]![left]!, to];
    }
    cost[slack] = least;
    choices[slack] = best;
  }
}
