import { formatBytes } from '../../../base/units.ts';
import type { Interval, Layout } from '../../../spec/demand.ts';
import type { Learnt, Placed } from './apply-measurement.ts';
import { type Expected, type ExpectedSpeed, isSeconds } from './expected-figures.ts';
import type { OwnMeasurement, SpeedQuantity } from './own-measurement.ts';

/** A measurement with what it made of the layouts, in their order. */
export type Applied = {
  readonly own: OwnMeasurement;
  readonly expected: Expected;
  readonly learnt: Learnt;
  readonly before: readonly Placed[];
  readonly layouts: readonly Layout[];
};

/** What was measured, what was estimated, and what that changed where, a line each. */
export function describeMeasurement(applied: Applied): readonly string[] {
  const { own, expected, learnt } = applied;
  const { speed } = expected;
  return [
    ...(speed === null ? [] : [measuredSpeed(own, speed)]),
    ...(expected.isAsSearched && speed !== null && !expected.layout.fits
      ? ['  it was thought not to fit, and ran']
      : []),
    ...(learnt.speed === null ? [] : changes(applied, 'the speed', rateOf)),
    ...(speed?.quantity === 'ttft'
      ? ['  it tells nothing of tokens/s, which stay as they were']
      : []),
    ...(own.peakMemoryBytes === null ? [] : measuredMemory(own.peakMemoryBytes, applied)),
  ];
}

/** As tables and the explanation of a layout have them. */
const NAMES: Readonly<Record<SpeedQuantity, string>> = {
  step_time: 'step time',
  tokens_per_second: 'tokens/s',
  samples_per_second: 'samples/s',
  tpot: 'time per token',
  ttft: 'time to first token',
  output_tokens_per_second: 'output tokens/s',
};

function measuredSpeed(
  { device, devices }: OwnMeasurement,
  { quantity, measured, estimated }: ExpectedSpeed,
): string {
  const words = isSeconds(quantity) ? secondsWords : rateWords;
  return (
    `measured on ${devices} × ${device.name}: ${NAMES[quantity]} ${words(measured)}, ` +
    `estimated ${words(estimated)}`
  );
}

function measuredMemory(bytes: number, applied: Applied): readonly string[] {
  const { memoryBytes } = applied.expected;
  const { before, layouts } = applied;
  const lost = layouts.filter(({ fits }, index) => !fits && before[index]!.layout.fits);
  const won = layouts.filter(({ fits }, index) => fits && !before[index]!.layout.fits);
  return [
    `measured: peak memory ${formatBytes(bytes)}, estimated ${formatBytes(memoryBytes)}`,
    ...changes(applied, 'memory', ({ memoryBytesPerDevice }) => memoryBytesPerDevice),
    ...(lost.length === 0 ? [] : [`  layouts that do not fit any more: ${lost.length}`]),
    ...(won.length === 0 ? [] : [`  layouts that fit now: ${won.length}`]),
  ];
}

/** From the nearest to the furthest; each by one layout, since all that are as near change alike. */
function changes(
  { own, expected, before, layouts }: Applied,
  what: string,
  of: (layout: Layout) => Interval | null,
): readonly string[] {
  const { name, generation } = own.device;
  const isAsRun = ({ layout }: Placed): boolean =>
    layout === expected.layout && expected.isAsSearched;
  const isOwn = ({ device }: Placed): boolean => device.name === name;
  const isNear = (one: Placed): boolean => !isOwn(one) && one.device.generation === generation;
  const places: readonly (readonly [string, (one: Placed) => boolean])[] = [
    ['this very set-up', isAsRun],
    [`other set-ups of ${name}`, (one) => isOwn(one) && !isAsRun(one)],
    [`others of its generation, ${generation}`, isNear],
    ['all other devices', (one) => !isOwn(one) && !isNear(one)],
  ];
  const lines = places.flatMap(([place, isThere]) => {
    const at = before.findIndex((one) => isThere(one) && of(one.layout) !== null);
    const [old, now] = at < 0 ? [null, null] : [of(before[at]!.layout), of(layouts[at]!)];
    return old === null || now === null ? [] : [`  ${place}: ${changeWords(old, now)}`];
  });
  return [`  changes ${what} by as much as errors of published runs are alike:`, ...lines];
}

/** Of tokens, or of images and sequences. */
export function rateOf({ tokensPerSecond, samplesPerSecond }: Layout): Interval | null {
  return tokensPerSecond ?? samplesPerSecond ?? null;
}

/** `+12 %, interval 46 % narrower`. */
function changeWords(before: Interval, after: Interval): string {
  const percent = Math.round(100 * (after.mid / before.mid - 1));
  const width = ({ low, high }: Interval): number => Math.log(high / low);
  const narrower = Math.round(100 * (1 - width(after) / width(before)));
  const moved = `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
  return narrower > 0 ? `${moved}, interval ${narrower} % narrower` : moved;
}

function secondsWords(seconds: number): string {
  return seconds < 1
    ? `${Number((1000 * seconds).toPrecision(3))} ms`
    : `${Number(seconds.toPrecision(3))} s`;
}

function rateWords(rate: number): string {
  return `${Math.round(rate)}`;
}
