import { formatBytes, GIB } from '../../../base/units.ts';
import type { Demand } from '../../../spec/demand.ts';
import { type Expected, speedError } from './expected-figures.ts';
import type { AskedTask } from './measured-work.ts';
import type { OwnMeasurement } from './own-measurement.ts';
import { badValue } from './refuse.ts';

/** Nobody measures what is so many times off: it is a slip of the unit or of the task. */
const ABSURD = 20;

/** Errors: `spec.bad-value` for what no such devices can do, or no such task takes. */
export function refuseAbsurd(
  asked: AskedTask,
  { flops }: Demand,
  { device, devices, peakMemoryBytes }: OwnMeasurement,
  { speed, memoryBytes }: Expected,
): void {
  const { name, memoryGib, peak } = device;
  if (peakMemoryBytes !== null && memoryGib > 0 && peakMemoryBytes > memoryGib * GIB)
    throw badValue(
      `peak_memory ${formatBytes(peakMemoryBytes)} is more than ${name} has, ${memoryGib} GiB`,
      { hint: 'it is of one device, the fullest' },
    );
  if (peakMemoryBytes !== null) refuseFar('peak_memory', peakMemoryBytes / memoryBytes);
  if (speed === null) return;
  refuseFar(speed.quantity, speed.measured / speed.estimated);
  if (asked.kind !== 'training' || speed.tokensPerSecond === null) return;
  const reached = speed.tokensPerSecond * Math.exp(speedError(speed));
  const most = (devices * Math.max(...Object.values(peak)) * asked.run.tokens) / flops!.mid;
  if (reached > most)
    throw badValue(
      `${Math.round(reached)} tokens/s are more than the arithmetic of ${devices} × ` +
        `${name} allows, ${Math.round(most)}`,
      { hint: 'check its unit, the number of devices, and what the task file says' },
    );
}

function refuseFar(name: string, ratio: number): void {
  const times = Math.max(ratio, 1 / ratio);
  if (times < ABSURD) return;
  throw badValue(`${name} is ${times.toPrecision(2)} times off the estimate`, {
    hint: 'check its unit, and that the task file says what ran',
  });
}
