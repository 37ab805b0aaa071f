import { KedgeError } from '../../../base/errors.ts';
import { GIB } from '../../../base/units.ts';
import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { usableBytes } from '../memory/usable-memory.ts';

/** A kind of device and how many of them, as in `H100:8`. */
export type DevicesWanted = { readonly accelerator: string; readonly devices: number };

/** Errors: `cli.usage` for anything else than a name and a whole number. */
export function readDevices(text: string): DevicesWanted {
  const [, accelerator, devices] = /^([^:\s]+):([1-9]\d{0,5})$/.exec(text.trim()) ?? [];
  if (accelerator !== undefined) return { accelerator, devices: Number(devices) };
  throw new KedgeError('cli.usage', `"${text.slice(0, 64)}" is no device and count`, {
    hint: 'write --on H100:8',
  });
}

/**
 * For each device the fewest that carry the model, and end in time where there is a deadline; the
 * least device time first.
 */
export function fewestDevices(
  layouts: readonly Layout[],
  deadlineHours: number | null,
): readonly Layout[] {
  return [...Map.groupBy(layouts, ({ accelerator }) => accelerator).values()]
    .map((all) => all.find((layout) => layout.fits && isInTime(layout, deadlineHours)))
    .filter((layout) => layout !== undefined)
    .sort((one, other) => deviceSeconds(one) - deviceSeconds(other));
}

/** At the slow end of the interval. */
function isInTime({ hours }: Layout, deadlineHours: number | null): boolean {
  return deadlineHours === null || hours === null || hours.high <= deadlineHours;
}

/** Of the whole task; for a service, of a token. */
function deviceSeconds({ devices, hours, tokensPerSecond, samplesPerSecond }: Layout): number {
  const rate = tokensPerSecond?.mid ?? samplesPerSecond?.mid ?? 1;
  return devices * (hours?.mid ?? 1 / rate);
}

/**
 * The layout that is asked for; else the one of the least device time, in time where one is; else
 * the leanest.
 * Errors: `spec.bad-value` for devices that no layout has, with those that are there.
 */
export function chooseLayout(
  layouts: readonly Layout[],
  on: DevicesWanted | null,
  deadlineHours: number | null,
): Layout {
  if (on === null) {
    const [first] = [deadlineHours, null].flatMap((hours) => fewestDevices(layouts, hours));
    return first ?? leanest(layouts);
  }
  const name = on.accelerator.toLowerCase();
  const ofKind = layouts.filter(({ accelerator }) => accelerator.toLowerCase() === name);
  const found = ofKind.find(({ devices }) => devices === on.devices);
  if (found !== undefined) return found;
  const counts = ofKind.map(({ devices }) => devices).join(', ');
  const kinds = [...new Set(layouts.map(({ accelerator }) => accelerator))].join(', ');
  throw new KedgeError(
    'spec.bad-value',
    `no layout of the task is on ${on.devices} × ${on.accelerator}`,
    {
      hint:
        ofKind.length > 0
          ? `${ofKind[0]!.accelerator} is there with ${counts}`
          : `there are layouts on ${kinds}`,
    },
  );
}

/** The one that asks least of its device's memory. */
function leanest(layouts: readonly Layout[]): Layout {
  const asked = ({ memoryBytesPerDevice: memory, acceleratorMemoryGib }: Layout): number =>
    memory.high / (acceleratorMemoryGib * GIB);
  return layouts.reduce((least, one) => (asked(one) < asked(least) ? one : least));
}

/** Why a layout's memory is too small, and what would not be. */
export function whatWouldFit(
  layouts: readonly Layout[],
  { accelerator, memoryBytesPerDevice }: Layout,
  device: AcceleratorFacts,
): string {
  const gib = (bytes: number): string => `${Math.ceil(bytes / GIB)} GiB`;
  const needed = memoryBytesPerDevice.high;
  const usable = usableBytes(device);
  const why = `needs up to ${gib(needed)} of each ${accelerator}, which has ${gib(usable)} for it`;
  const fewest = fewestDevices(layouts, null);
  const same = fewest.find((one) => one.accelerator === accelerator);
  const other = same ?? fewest[0];
  if (other !== undefined) return `${why}; ${other.devices} × ${other.accelerator} would do`;
  const whole = (needed / usable) * device.memoryGib * GIB;
  return `${why}; as many devices of ${gib(whole)} would do`;
}
