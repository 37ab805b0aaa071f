import type { Demand, Interval, Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { deviceNamed } from '../accelerators/accelerators-for.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import {
  type ErrorShares,
  errorCorrelation,
  type Kinship,
  learnFromError,
} from '../calibration/learn-from-measurement.ts';
import { spreadAround } from '../interval.ts';
import { memoryModel } from '../memory/memory-model.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import { samplesModel } from '../samples/samples-model.ts';
import { servingModel } from '../serving/serving-model.ts';
import { trainingModel } from '../training/training-model.ts';
import { describeMeasurement, rateOf } from './describe-measurement.ts';
import { type Expected, expectedFigures, speedError } from './expected-figures.ts';
import { type AskedTask, trainingSpeed } from './measured-work.ts';
import type { OwnMeasurement } from './own-measurement.ts';
import { refuseAbsurd } from './refuse-absurd.ts';

/** What was measured, and every device that layouts are on. */
export type Measured = {
  readonly own: OwnMeasurement;
  readonly accelerators: readonly AcceleratorFacts[];
};

/** A layout, and what its devices can do. */
export type Placed = { readonly layout: Layout; readonly device: AcceleratorFacts };

/** What one measurement told, in logarithms of measured / estimated; null where it tells nothing. */
export type Learnt = {
  /** Of the speed: above 0 where the task is faster. */
  readonly speed: number | null;
  /** What errors of such a speed have in common. */
  readonly shares: ErrorShares;
  readonly memory: number | null;
};

const MODELS = { training: trainingModel, serving: servingModel, samples: samplesModel };

/**
 * The estimate of a task once a user has measured it somewhere: speed, hours and memory of all
 * layouts, with narrower intervals, and notes that say what was changed. A time to the first token
 * changes none of them: how far it is off says nothing of the tokens after it (311 published pairs).
 * Errors: as `expectedFigures`, and `spec.bad-value` for what no such devices can do.
 */
export function applyMeasurement(
  asked: AskedTask,
  demand: Demand,
  { own, accelerators }: Measured,
): Demand {
  const expected = expectedFigures(asked, demand, own);
  refuseAbsurd(asked, demand, own, expected);
  const { speed, memoryBytes } = expected;
  const learnt: Learnt = {
    shares: fittedOf(MODELS[asked.kind]).shares,
    speed: speed === null || speed.quantity === 'ttft' ? null : speedError(speed),
    memory: own.peakMemoryBytes && Math.log(own.peakMemoryBytes / memoryBytes),
  };
  const timedOne = demand.layouts.find(({ hours }) => hours !== null) ?? null;
  const before = demand.layouts.map((layout): Placed => {
    return { layout, device: deviceNamed(accelerators, layout.accelerator)! };
  });
  const layouts = before.map((placed) => {
    const { layout, device } = placed;
    const kinship = kinshipOf(placed, own, expected);
    const isFound =
      !layout.fits && (ranThere(kinship, expected) || fitsNow(placed, learnt, kinship));
    const found = isFound ? firstTimed(asked, placed, timedOne) : null;
    return updated({ layout: found ?? layout, device }, learnt, kinship);
  });
  const notes = describeMeasurement({ own, expected, learnt, before, layouts });
  return { ...demand, layouts, notes: [...notes, ...demand.notes] };
}

function kinshipOf({ layout, device }: Placed, own: OwnMeasurement, expected: Expected): Kinship {
  if (device.name === own.device.name)
    return layout === expected.layout && expected.isAsSearched ? 'set-up' : 'device';
  return device.generation === own.device.generation ? 'generation' : 'task';
}

/** Whatever was thought of its memory, it ran: somebody has timed it. */
function ranThere(kinship: Kinship, { speed }: Expected): boolean {
  return kinship === 'set-up' && speed !== null;
}

/** By a measured memory that is less than was thought. */
function fitsNow({ layout, device }: Placed, { memory }: Learnt, kinship: Kinship): boolean {
  const held = learn(layout.memoryBytesPerDevice, memory, fittedOf(memoryModel).shares, kinship)!;
  return memory !== null && held.high <= usableBytes(device);
}

/** Of a speed where no other is known to be like it. */
const UNSURE = { low: 0.5, high: 2 };

/**
 * A training's layout that was thought not to fit, with the speed that the formula has for it: as
 * sure as another one's, and as many hours for its speed. Null where it cannot be timed.
 */
function firstTimed(
  asked: AskedTask,
  { layout, device }: Placed,
  timedOne: Layout | null,
): Layout | null {
  const { tensorParallel, dataParallel, training } = layout;
  if (asked.kind !== 'training' || training === null) return null;
  const place = { device, devices: layout.devices };
  const mid = trainingSpeed(asked, place, { tensorParallel, dataParallel, ...training });
  if (mid === null) return null;
  const known = timedOne?.tokensPerSecond;
  const spread = known ? { low: known.low / known.mid, high: known.high / known.mid } : UNSURE;
  const found = {
    ...layout,
    fits: true,
    tokensPerSecond: spreadAround(mid, spread),
  };
  return timedOne === null ? found : timed(timedOne, found);
}

/** What the measurement tells of a layout so near to where it was made. */
function updated(placed: Placed, { speed, memory, shares }: Learnt, kinship: Kinship): Layout {
  const { layout } = placed;
  const isThere = kinship === 'set-up';
  const held =
    isThere && memory === null && layout.fits
      ? asFitted(placed)
      : learn(layout.memoryBytesPerDevice, memory, fittedOf(memoryModel).shares, kinship)!;
  const fits = layout.fits && (isThere || stillFits(placed, held));
  const { tokensPerSecond, samplesPerSecond } = layout;
  const moved = {
    ...layout,
    memoryBytesPerDevice: held,
    fits,
    tokensPerSecond: learn(tokensPerSecond, speed, shares, kinship),
    ...(samplesPerSecond && {
      samplesPerSecond: learn(samplesPerSecond, speed, shares, kinship)!,
    }),
  };
  if (!fits) return { ...moved, hours: null };
  return speed === null ? moved : timed(layout, moved);
}

function learn(
  interval: Interval | null,
  error: number | null,
  shares: ErrorShares,
  kinship: Kinship,
): Interval | null {
  if (interval === null || error === null) return interval;
  return learnFromError(interval, { error, correlation: errorCorrelation(shares, kinship) });
}

/** What ran needs no more than there is. */
function asFitted({ layout, device }: Placed): Interval {
  const { low, mid, high } = layout.memoryBytesPerDevice;
  const usable = usableBytes(device);
  return {
    low: Math.min(low, usable),
    mid: Math.min(mid, usable),
    high: Math.min(high, usable),
  };
}

/** A larger memory than was thought may be too large now. */
function stillFits({ layout, device }: Placed, held: Interval): boolean {
  return held.high <= Math.max(usableBytes(device), layout.memoryBytesPerDevice.high);
}

/** Hours and requests a second as the speed has them now. */
function timed(before: Layout, after: Layout): Layout {
  const [old, now] = [rateOf(before), rateOf(after)];
  if (old === null || now === null) return after;
  const { hours, serves } = before;
  return {
    ...after,
    // The slowest speed gives the most hours.
    hours: hours && {
      low: (hours.low * old.high) / now.high,
      mid: (hours.mid * old.mid) / now.mid,
      high: (hours.high * old.low) / now.low,
    },
    ...(serves && {
      serves: {
        ...serves,
        requestsPerSecond: serves.requestsPerSecond.map((rate) => (rate * now.mid) / old.mid),
      },
    }),
  };
}
