import type { Demand, Interval, Layout } from '../../../spec/demand.ts';
import { ofServing } from './expected-serving.ts';
import { ofTraining } from './expected-training.ts';
import type { AskedTask } from './measured-work.ts';
import type { OwnMeasurement, SpeedQuantity } from './own-measurement.ts';
import { badValue, stepBatch, wrongQuantity } from './refuse.ts';

/** What was measured beside what the estimate says of the same set-up. */
export type Expected = {
  /** The layout that the search has for these devices. */
  readonly layout: Layout;
  /** It ran as the search would have it, so that the layout's own figures were measured. */
  readonly isAsSearched: boolean;
  /** Null where only memory was measured. */
  readonly speed: ExpectedSpeed | null;
  /** Bytes of the fullest device. */
  readonly memoryBytes: number;
};

export type ExpectedSpeed = {
  readonly quantity: SpeedQuantity;
  /** Both in the unit of the quantity. */
  readonly measured: number;
  readonly estimated: number;
  /** Of all devices, as estimated; null where no tokens are trained on. */
  readonly tokensPerSecond: number | null;
};

/** ln(measured / estimated) of the speed: above 0 where the task is faster than was thought. */
export function speedError({ quantity, measured, estimated }: ExpectedSpeed): number {
  const error = Math.log(measured / estimated);
  return isSeconds(quantity) ? -error : error;
}

export function isSeconds(quantity: SpeedQuantity): boolean {
  return quantity === 'step_time' || quantity === 'tpot' || quantity === 'ttft';
}

/**
 * Errors: `spec.bad-value` for devices that the task cannot use, a set-up that they do not divide
 * into, and a quantity that the task does not have.
 */
export function expectedFigures(asked: AskedTask, demand: Demand, own: OwnMeasurement): Expected {
  const layout = layoutOf(demand.layouts, own);
  if (asked.kind === 'training') return ofTraining(asked, layout, own);
  const fields = Object.keys(own.setUp).filter(
    (field) => asked.kind !== 'serving' || !SERVING_FIELDS.has(field),
  );
  if (fields.some((field) => field !== 'globalBatch'))
    throw badValue('the task is no training of a decoder, and has no such layout', {
      hint:
        asked.kind === 'serving'
          ? 'it takes tp, ep and concurrency'
          : 'of its layout it takes global_batch alone',
    });
  return asked.kind === 'serving' ? ofServing(asked, layout, own) : ofSamples(asked, layout, own);
}

const SERVING_FIELDS: ReadonlySet<string> = new Set([
  'tensorParallel',
  'expertParallel',
  'concurrency',
]);

/** Of these devices; for a service, of the replicas that they are. */
function layoutOf(layouts: readonly Layout[], { device, devices, setUp }: OwnMeasurement) {
  const accelerator = device.name;
  const ofKind = layouts.filter((layout) => layout.accelerator === accelerator);
  if (ofKind.length === 0)
    throw badValue(`the task cannot run on ${accelerator}`, {
      hint: `it can on ${kindsOf(layouts)}`,
    });
  const exact = ofKind.find((layout) => layout.devices === devices);
  const isService = ofKind.some(({ serves }) => serves !== undefined);
  if (!isService) {
    if (exact !== undefined) return exact;
    throw badValue(`the task cannot be shared out over ${devices} × ${accelerator}`, {
      hint: `it can over ${ofKind.map((one) => one.devices).join(', ')}`,
    });
  }
  const wanted = setUp.expertParallel ?? setUp.tensorParallel;
  const replica =
    wanted === undefined
      ? (exact ?? ofKind.toReversed().find((one) => devices % one.devices === 0))
      : ofKind.find((one) => one.devices === wanted && devices % wanted === 0);
  if (replica !== undefined) return replica;
  throw badValue(`${devices} × ${accelerator} are no whole replicas of ${wanted ?? devices}`, {
    hint: `replicas have ${ofKind.map((one) => one.devices).join(', ')} devices`,
  });
}

function kindsOf(layouts: readonly Layout[]): string {
  const kinds = [...new Set(layouts.map(({ accelerator }) => accelerator))];
  return kinds.length > 8 ? `${kinds.slice(0, 8).join(', ')} and others` : kinds.join(', ');
}

function ofSamples(
  { globalBatch }: Extract<AskedTask, { kind: 'samples' }>,
  layout: Layout,
  { speed, setUp }: OwnMeasurement,
): Expected {
  const base = { layout, isAsSearched: true, memoryBytes: layout.memoryBytesPerDevice.mid };
  if (speed === null) return { ...base, speed: null };
  const { quantity } = speed;
  const rate: Interval | undefined = layout.samplesPerSecond;
  if (quantity !== 'samples_per_second' && quantity !== 'step_time')
    throw wrongQuantity(quantity, 'samples_per_second or step_time');
  if (rate === undefined)
    throw badValue(`the estimate has no speed on ${layout.devices} × ${layout.accelerator}`, {
      hint: 'it says that the model does not fit into their memory',
    });
  const estimated =
    quantity === 'step_time' ? stepBatch(setUp.globalBatch ?? globalBatch) / rate.mid : rate.mid;
  return { ...base, speed: { quantity, measured: speed.value, estimated, tokensPerSecond: null } };
}
