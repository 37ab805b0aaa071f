import {
  type Balance,
  type KindLoad,
  type LatencyOfShares,
  loadsOfKinds,
  MEAN_SQUARE,
  waitOf,
} from './replica-load.ts';

/*
 * Problem: the time that all but a twentieth of the requests stay below, and its gradient by shares.
 * Method: a request of a bucket takes its service, exponential, and with the chance C of its kind a
 * wait before it, exponential as well, with the mean that Lee and Longton's mean wait implies
 * (exact for M/M/c; for M/G/c the tail of the wait is close to exponential). The chance that a
 * request takes longer than t is a sum of these over buckets and kinds; t is found by Newton's
 * method between bounds, its gradient by the implicit function theorem.
 * Complexity: O(kinds × buckets) for each of some ten values of t.
 * Reference: Tijms, A First Course in Stochastic Models (2003), section 9.6, on the tail of M/G/c.
 */

/** The share of requests that may take longer. */
const BEYOND = 0.05;
const STEPS_MAX = 100;
const TOLERANCE = 1e-12;
/** Rates nearer to each other than this (times t) are taken for equal. */
const NEAR = 1e-4;

/** Requests of one bucket on one kind. */
type Part = {
  readonly at: number;
  readonly kind: number;
  readonly rate: number;
  /** Of all requests, those of the bucket. */
  readonly ofAll: number;
  readonly seconds: number;
};

type KindWait = {
  readonly chance: number;
  /** Waits end at this rate, for those who wait; Infinity where nobody does. */
  readonly pace: number;
  readonly chanceByBusy: number;
  readonly paceByBusy: number;
  readonly paceBySquares: number;
};

/** Seconds by the shares. One time is looked for near the last one. */
export function tailLatency(balance: Balance): LatencyOfShares {
  const { replicas } = balance;
  const parts = partsOf(balance);
  let last: number | null = null;
  return (shares, gradient) => {
    const loads = loadsOfKinds(balance, shares);
    if (loads.some(({ busy }, kind) => busy >= replicas[kind]!.count)) return Infinity;
    const waits = loads.map((load, kind) => kindWait(replicas[kind]!.count, load));
    const mix = { parts, waits, shares };
    const time = timeBeyond(mix, last);
    last = time;
    writeGradient(gradient, mix, time);
    return time;
  };
}

type RequestMix = {
  readonly parts: readonly Part[];
  readonly waits: readonly KindWait[];
  readonly shares: Float64Array;
};

/** The pace is 2a(c − a)/q: waits of those who wait have the mean q / (2a(c − a)). */
function kindWait(count: number, load: KindLoad): KindWait {
  const { chance, chanceByBusy } = waitOf(count, load);
  const { busy, squares } = load;
  if (squares <= 0) {
    return { chance, pace: Infinity, chanceByBusy, paceByBusy: 0, paceBySquares: 0 };
  }
  const pace = (2 * busy * (count - busy)) / squares;
  return {
    chance,
    pace,
    chanceByBusy,
    paceByBusy: (2 * (count - 2 * busy)) / squares,
    paceBySquares: -pace / squares,
  };
}

function partsOf({ replicas, rates }: Balance): readonly Part[] {
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  return rates.flatMap((rate, bucket) =>
    replicas.flatMap(({ throughputs }, kind): readonly Part[] => {
      const throughput = throughputs[bucket]!;
      if (throughput === 0 || rate === 0) return [];
      const at = bucket * replicas.length + kind;
      return [{ at, kind, rate, ofAll: rate / all, seconds: 1 / throughput }];
    }),
  );
}

/** Newton's method between a time that is too short and one that is long enough. */
function timeBeyond(mix: RequestMix, guess: number | null): number {
  let low = 0;
  let high = guess ?? Math.max(...mix.parts.map(({ seconds }) => seconds));
  while (beyond(mix, high).chance > BEYOND) [low, high] = [high, 2 * high];
  let time = guess === null || low > 0 ? (low + high) / 2 : high;
  for (let step = 0; step < STEPS_MAX && high - low > TOLERANCE * high; step++) {
    const { chance, slope } = beyond(mix, time);
    if (chance > BEYOND) low = time;
    else high = time;
    const next = time - (chance - BEYOND) / slope;
    const isInside = next > low && next < high;
    if (isInside && Math.abs(next - time) <= TOLERANCE * time) return next;
    time = isInside ? next : (low + high) / 2;
  }
  return time;
}

/** The chance that a request takes longer, and its derivative by the time. */
function beyond(
  { parts, waits, shares }: RequestMix,
  time: number,
): { readonly chance: number; readonly slope: number } {
  let [chance, slope] = [0, 0];
  for (const { at, kind, ofAll, seconds } of parts) {
    const weight = ofAll * shares[at]!;
    if (weight === 0) continue;
    const tail = tailOf(waits[kind]!, seconds, time);
    chance += weight * tail.chance;
    slope += weight * tail.byTime;
  }
  return { chance, slope };
}

type Tail = {
  readonly chance: number;
  readonly byTime: number;
  readonly byChance: number;
  readonly byPace: number;
};

/** Service alone is beyond with e^(−μt); with a wait before it, by μ·(e^(−μt) − e^(−θt))/(θ − μ) more. */
function tailOf({ chance, pace }: KindWait, seconds: number, time: number): Tail {
  const rate = 1 / seconds;
  const alone = Math.exp(-rate * time);
  if (pace === Infinity) return { chance: alone, byTime: -rate * alone, byChance: 0, byPace: 0 };
  const apart = pace - rate;
  const isNear = Math.abs(apart * time) < NEAR;
  const waiting = Math.exp(-pace * time);
  const more = isNear ? alone * time * (1 - (apart * time) / 2) : (alone - waiting) / apart;
  const moreByPace = isNear
    ? -alone * time * time * (1 / 2 - (apart * time) / 3)
    : (time * waiting - more) / apart;
  const moreByTime = waiting - rate * more;
  return {
    chance: alone + chance * rate * more,
    byTime: -rate * alone + chance * rate * moreByTime,
    byChance: rate * more,
    byPace: chance * rate * moreByPace,
  };
}

/** The chance stays the same while shares change: dt/dx = −(∂P/∂x) / (∂P/∂t). */
function writeGradient(gradient: Float64Array, mix: RequestMix, time: number): void {
  const { parts, waits, shares } = mix;
  gradient.fill(0);
  const byBusy = new Float64Array(waits.length);
  const bySquares = new Float64Array(waits.length);
  const chances = new Float64Array(parts.length);
  let slope = 0;
  parts.forEach(({ at, kind, ofAll, seconds }, index) => {
    const wait = waits[kind]!;
    const weight = ofAll * shares[at]!;
    const tail = tailOf(wait, seconds, time);
    const moved = tail.byChance * wait.chanceByBusy + tail.byPace * wait.paceByBusy;
    byBusy[kind] = byBusy[kind]! + weight * moved;
    bySquares[kind] = bySquares[kind]! + weight * tail.byPace * wait.paceBySquares;
    chances[index] = tail.chance;
    slope += weight * tail.byTime;
  });
  parts.forEach(({ at, kind, rate, ofAll, seconds }, index) => {
    const own = ofAll * chances[index]!;
    const others = rate * seconds * (byBusy[kind]! + bySquares[kind]! * MEAN_SQUARE * seconds);
    gradient[at] = -(own + others) / slope;
  });
}
