import type { DivisibleWork, ProblemOffer } from '../model/problem.ts';
import { leastNanoSeconds, leastRate, type Scope, startsOf } from './bound-scope.ts';
import { NANO_SECONDS_PER_MICRO } from './read-line.ts';
import { BOUND_TOLERANCE, ROUNDED_AWAY_MICROS_MAX } from './tolerance.ts';

/*
 * Problem: the least that one task of divisible work costs by itself, in whole machines or whole
 * billing increments.
 * Method: a recurrence over the work that is left: least[w] is the least cost of w whole units or
 * more, one option after another; what there is only so much of is put in as packets of 1, 2, 4 …
 * that make up any number of it. Throughputs are rounded up and costs down to whole numbers, so
 * that what comes out is a bound: the exact one, but for what rounding may take off a bill.
 * Complexity: O(need × Σ log count) time, O(need) memory; not tried above a number of steps.
 * Reference: Martello, Toth, Knapsack Problems (1990), section 3.2.
 */

const STEPS_MAX = 3e7;
const NEED_MAX = 2e6;
const DECIMALS_MAX = 6;
/** What floating point may take off a decimal fraction. */
const NOISE = 1e-10;
/** Sums of costs stay exact in floating point below this. */
const SUM_MAX = 2n ** 52n;

/** So much work for so many nano-dollars × seconds, `count` times at most. */
type Packet = { readonly units: number; readonly cost: bigint; readonly count: number };

/** What an option begins with, once, and what can be bought beside it. */
type Item = { readonly first: Packet; readonly more: readonly Packet[] };

type Task = { readonly index: number; readonly work: DivisibleWork };

/** In whole micro-dollars; null where it takes too long, infinite where it cannot be done. */
export function boundByRecurrence(scope: Scope, { index, work }: Task): number | null {
  const scale = scaleOf(work);
  const items = work.options.flatMap((option) => {
    const throughput = Math.ceil(option.throughput * scale * (1 - NOISE));
    const offer = scope.problem.offers[option.offer];
    const cap = scope.caps[option.offer] ?? 0;
    if (offer === undefined || throughput <= 0 || cap === 0) return [];
    const given = { scope, index, offer, throughput, cap };
    return work.per === 'machine' ? machineItems(given) : hourItems(given);
  });
  const perUnit = scale * (work.per === 'hour' ? 3600 : 1);
  const common = items.flatMap(packetsOf).reduce((all, { units }) => divisorOf(all, units), 0) || 1;
  const need = Math.ceil((work.units * perUnit * (1 - BOUND_TOLERANCE)) / common);
  if (!(need <= NEED_MAX && stepsOf(items, need) <= STEPS_MAX)) return null;
  return leastCost(need, items, common);
}

/** The power of ten that makes all throughputs and units whole; the largest where none does. */
function scaleOf({ units, options }: DivisibleWork): number {
  const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= value * NOISE;
  for (let scale = 1; scale < 10 ** DECIMALS_MAX; scale *= 10) {
    if (
      [units, ...options.map(({ throughput }) => throughput)].every((one) => isWhole(one * scale))
    )
      return scale;
  }
  return 10 ** DECIMALS_MAX;
}

type Given = {
  readonly scope: Scope;
  readonly index: number;
  readonly offer: ProblemOffer;
  readonly throughput: number;
  readonly cap: number;
};

function machineItems({ scope, index, offer, throughput, cap }: Given): readonly Item[] {
  const starts = startsOf(scope.windows[index]!, { hours: 1, startS: 0 });
  if (starts === null) return [];
  const cost = leastNanoSeconds(offer, 1, starts);
  const packet = { units: throughput, cost };
  return [
    {
      first: { ...packet, cost: cost - roundedAway(offer, [cost]), count: 1 },
      more: [{ ...packet, count: cap - 1 }],
    },
  ];
}

/**
 * Whole increments, of which the first are as many as the minimum charge pays for; beside them, for
 * each machine, the increment that the deadline cuts off.
 */
function hourItems({ scope, index, offer, throughput, cap }: Given): readonly Item[] {
  const { earliestS, deadlineS } = scope.windows[index]!;
  const leftS = deadlineS - earliestS;
  if (leftS <= 0) return [];
  const { billingIncrementS: increment, billingMinimumS: minimum } = offer;
  const rate = BigInt(leastRate(offer, earliestS));
  const costOf = (seconds: number): bigint => rate * BigInt(seconds);
  const away = roundedAway(offer, [costOf(increment), costOf(minimum)]);
  const least = Math.max(1, Math.ceil(minimum / increment));
  const wholes = Math.floor(leftS / increment);
  const restS = leftS === Infinity ? 0 : leftS - wholes * increment;
  const rest = {
    units: Math.ceil(throughput * restS - NOISE),
    cost: costOf(increment),
    count: cap,
  };
  if (wholes < least) {
    const billed = Math.max(minimum, wholes * increment);
    const more = Math.max(0, (wholes + 1) * increment - billed);
    const lasting = { ...rest, cost: costOf(more) };
    const each = { units: throughput * wholes * increment, cost: costOf(billed) };
    return machinesOf({ each, lasting, away, cap });
  }
  const charged = costOf(Math.max(minimum, increment)) - away;
  const first = { units: throughput * increment * least, cost: charged, count: 1 };
  const each = { units: throughput * increment, cost: costOf(increment) };
  const more = { ...each, count: cap * wholes - least };
  return [{ first, more: rest.units > 0 ? [more, rest] : [more] }];
}

/** Whole machines, each for its minimum charge; what runs on until the deadline costs more. */
function machinesOf({
  each,
  lasting,
  away,
  cap,
}: {
  readonly each: Omit<Packet, 'count'>;
  readonly lasting: Packet;
  readonly away: bigint;
  readonly cap: number;
}): readonly Item[] {
  const isOne = each.units === 0 || lasting.cost === 0n;
  const machine = isOne
    ? { units: each.units + lasting.units, cost: each.cost + lasting.cost }
    : each;
  const first = { ...machine, cost: machine.cost - away, count: 1 };
  const others = { ...machine, count: cap - 1 };
  return [{ first, more: isOne || lasting.units === 0 ? [others] : [others, lasting] }];
}

/** Nothing where every possible bill is a whole number of micro-dollars anyway. */
function roundedAway({ laterPrices }: ProblemOffer, bills: readonly bigint[]): bigint {
  const areWhole = bills.every((bill) => bill % NANO_SECONDS_PER_MICRO === 0n);
  if (laterPrices.length === 0 && areWhole) return 0n;
  return (BigInt(ROUNDED_AWAY_MICROS_MAX * 2) * NANO_SECONDS_PER_MICRO) / 2n;
}

function packetsOf({ first, more }: Item): readonly Packet[] {
  return [first, ...more];
}

function stepsOf(items: readonly Item[], need: number): number {
  const packets = items.flatMap(packetsOf);
  return packets.reduce((sum, { count }) => sum + need * Math.log2(2 + Math.min(count, need)), 0);
}

function leastCost(need: number, items: readonly Item[], common: number): number {
  const unit = costUnit(need, items);
  const inUnits = ({ units, cost, count }: Packet): Step => {
    const isNegative = cost < 0n;
    const whole = isNegative ? -((-cost + unit - 1n) / unit) : cost / unit;
    return { units: units / common, cost: Number(whole), count };
  };
  let least = new Float64Array(need + 1).fill(Infinity);
  least[0] = 0;
  for (const { first, more } of items) {
    const used = new Float64Array(need + 1).fill(Infinity);
    const begun = inUnits(first);
    for (let work = 0; work <= need; work++) {
      used[work] = least[Math.max(0, work - begun.units)]! + begun.cost;
    }
    for (const packet of more) addPackets(used, inUnits(packet));
    least = least.map((cost, work) => Math.min(cost, used[work]!));
  }
  const cost = least[need]!;
  if (cost === Infinity) return Infinity;
  const nanoSeconds = BigInt(Math.max(0, cost)) * unit;
  return Number((nanoSeconds + NANO_SECONDS_PER_MICRO - 1n) / NANO_SECONDS_PER_MICRO);
}

type Step = { readonly units: number; readonly cost: number; readonly count: number };

function addPackets(least: Float64Array, { units, cost, count }: Step): void {
  const enough = Math.ceil((least.length - 1) / units);
  if (count >= enough) {
    for (let work = 1; work < least.length; work++) {
      const other = least[Math.max(0, work - units)]! + cost;
      if (other < least[work]!) least[work] = other;
    }
    return;
  }
  let left = count;
  for (let size = 1; left > 0; size *= 2) {
    const taken = Math.min(size, left);
    left -= taken;
    for (let work = least.length - 1; work > 0; work--) {
      const other = least[Math.max(0, work - taken * units)]! + taken * cost;
      if (other < least[work]!) least[work] = other;
    }
  }
}

/** What costs are counted in: exactly where that stays exact, else a little too low. */
function costUnit(need: number, items: readonly Item[]): bigint {
  let [common, most] = [0n, 0n];
  for (const { cost } of items.flatMap(packetsOf)) {
    let [a, b] = [common, cost < 0n ? -cost : cost];
    while (b > 0n) [a, b] = [b, a % b];
    common = a;
    if (cost > most) most = cost;
  }
  const least = (most * BigInt(need + 1)) / SUM_MAX + 1n;
  if (common === 0n) return least;
  return common >= least ? common : least;
}

function divisorOf(a: number, b: number): number {
  let [big, small] = [a, b];
  while (small > 0) [big, small] = [small, big % small];
  return big;
}
