import { GIB } from '../../base/units.ts';
import type { Demand, Layout } from '../../spec/demand.ts';
import type { Candidate } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Task } from '../../spec/task.ts';
import { normaliseAccelerator } from '../catalog/accelerator-names.ts';
import { replicaOf } from '../demand/split-of-layout.ts';
import { byDevices } from './by-devices.ts';
import { devicesOf } from './machine-requirements.ts';
import { ONE_STEP, PASSES, type Requirement, shortfall, type WorkMatch } from './requirement.ts';

/** Machines of one offer that are tried together where the task names neither devices nor nodes. */
const MACHINES_TRIED: readonly number[] = [1, 2, 4, 8, 16, 32];

/**
 * Devices of a machine that is sold to be one of many. Price lists do not tell the network
 * between machines, and what is not known never satisfies: smaller ones are not put together
 * unless the task says `num_nodes`.
 */
const GANG_MACHINE_DEVICES = 8;

/** A device as large as the estimate assumed, but for what its maker or host keeps back. */
const SAME_SIZE = 0.9;

/** By the catalog's name of a device, then by how many devices, ascending. */
export type LayoutsByDevice = ReadonlyMap<string, readonly Layout[]>;

export function layoutsByDevice({ layouts }: Demand): LayoutsByDevice {
  return Map.groupBy(layouts, ({ accelerator }) => normaliseAccelerator(accelerator));
}

/** How offers carry a task that was described by its model: by the layouts of its demand. */
export function modelMatch(task: Task, demand: Demand): WorkMatch {
  const layouts = layoutsByDevice(demand);
  const chosen = demand.resources.some(({ accelerators }) => accelerators.length > 0);
  const machines = chosen || demand.numNodes > 1 ? [demand.numNodes] : MACHINES_TRIED;
  const waysOn = byDevices((offer) =>
    task.kind === 'serve' ? replicasOn(offer, layouts) : gangsOn(offer, { machines, layouts }),
  );
  return {
    requirements: modelRequirements(layouts, machines),
    waysOf: (offer) => waysOn(offer).map((way) => ({ offer, ...way, throughput: null })),
  };
}

/** What layouts ask of an offer, on so many machines. */
export function modelRequirements(
  layouts: LayoutsByDevice,
  machines: readonly number[],
): readonly Requirement[] {
  return [
    {
      code: 'accelerator-mismatch',
      distance: byDevices(({ accelerator }) =>
        accelerator !== null && layouts.has(accelerator) ? PASSES : 2 * ONE_STEP,
      ),
      words: (offer) => ({
        reason: `it has ${devicesOf(offer)}, of which the estimate knows no speed`,
        have: offer.accelerator,
        need: 'an accelerator that the estimate knows',
        fix: 'describe it in accelerators, with a rate for the precision, or state work',
      }),
    },
    {
      code: 'accelerator-too-few',
      distance: byDevices((offer) => {
        const least = layouts.get(offer.accelerator ?? '')?.[0]?.devices ?? 0;
        return shortfall(offer.acceleratorCount * triedOn(offer, machines).at(-1)!, least);
      }),
      words: (offer) => ({
        reason: `it hires out ${devicesOf(offer)}, a part of a device; a model is laid out on whole ones`,
        have: offer.acceleratorCount,
        need: layouts.get(offer.accelerator ?? '')?.[0]?.devices ?? null,
        fix: 'state work: {hours, on} or work: {units, per, throughput} for it',
      }),
    },
    {
      code: 'unknown-accelerator-memory',
      distance: (offer) =>
        offer.accelerator !== null && offer.acceleratorMemoryGib === null ? ONE_STEP : PASSES,
      words: (offer) => ({
        reason: `its price list does not tell the memory of its ${offer.accelerator}`,
        have: null,
        need: 'the memory of a device',
        fix: 'name the accelerator in resources: what is not known never satisfies',
      }),
    },
    {
      code: 'accelerator-memory-too-small',
      distance: byDevices((offer) => {
        const needed = leastMemoryGib(offer, layouts, machines);
        return needed === null ? PASSES : shortfall(offer.acceleratorMemoryGib ?? 0, needed);
      }),
      words: (offer) => {
        const need = Math.ceil(leastMemoryGib(offer, layouts, machines) ?? 0);
        const have = offer.acceleratorMemoryGib;
        return {
          reason: `a device has ${have} GiB; however it is laid out there, the model needs ${need}`,
          have,
          need,
          fix: 'a smaller precision or method (training: {method: qlora}), or larger devices',
        };
      },
    },
  ];
}

/** The least memory of a device among layouts on that offer; null where one fits, or none is known. */
function leastMemoryGib(
  offer: Offer,
  layouts: LayoutsByDevice,
  machines: readonly number[],
): number | null {
  const possible = triedOn(offer, machines)
    .map((count) => layoutFor(offer, layouts, count))
    .filter((layout) => layout !== undefined);
  if (possible.length === 0 || offer.acceleratorMemoryGib === null) return null;
  const have = offer.acceleratorMemoryGib * GIB;
  // A layout that has the memory and still does not fit is too slow, which is another refusal.
  if (possible.some((one) => fits(one, offer) || one.memoryBytesPerDevice.high <= have))
    return null;
  return Math.min(...possible.map((layout) => layout.memoryBytesPerDevice.high / GIB));
}

function triedOn(offer: Offer, machines: readonly number[]): readonly number[] {
  const isGangMachine = offer.acceleratorCount >= GANG_MACHINE_DEVICES;
  return isGangMachine || machines.length === 1 ? machines : machines.slice(0, 1);
}

/** The layout on the most devices that so many machines have; undefined when they have too few. */
function layoutFor(offer: Offer, layouts: LayoutsByDevice, machines: number): Layout | undefined {
  if (offer.accelerator === null) return undefined;
  const devices = offer.acceleratorCount * machines;
  return layouts.get(offer.accelerator)?.findLast((layout) => layout.devices <= devices);
}

function fits(layout: Layout, { acceleratorMemoryGib }: Offer): boolean {
  if (acceleratorMemoryGib === null) return false;
  if (acceleratorMemoryGib >= layout.acceleratorMemoryGib * SAME_SIZE) return layout.fits;
  return layout.memoryBytesPerDevice.high <= acceleratorMemoryGib * GIB * SAME_SIZE;
}

/** A way to use an offer, as far as its devices tell. */
type Way = Pick<Candidate, 'machines' | 'hours' | 'replica'>;

/** Each number of machines on which the model fits, with its time. */
function gangsOn(
  offer: Offer,
  {
    machines,
    layouts,
  }: { readonly machines: readonly number[]; readonly layouts: LayoutsByDevice },
): readonly Way[] {
  const seen = new Set<Layout>();
  return triedOn(offer, machines).flatMap((count) => {
    const layout = layoutFor(offer, layouts, count);
    if (layout === undefined || seen.has(layout) || !fits(layout, offer)) return [];
    // More machines than the largest layout has use for add cost and no speed.
    seen.add(layout);
    return [asLaidOut({ machines: count, hours: layout.hours }, layout)];
  });
}

/** The layouts of one replica that an offer can hold, on one machine or on several. */
export function replicaLayouts(offer: Offer, layouts: LayoutsByDevice): readonly Layout[] {
  const perMachine = offer.acceleratorCount;
  const spans = perMachine >= GANG_MACHINE_DEVICES;
  const own = layouts.get(offer.accelerator ?? '') ?? [];
  return own.filter((layout) => (spans || layout.devices <= perMachine) && fits(layout, offer));
}

/** A way with what its layout says of how a model that answers is held. */
export function asLaidOut<Known extends object>(
  way: Known,
  layout: Layout,
): Known & Pick<Candidate, 'replica'> {
  const replica = replicaOf(layout);
  return { ...way, ...(replica === null ? {} : { replica }) };
}

/** One replica of each layout, where nobody says how many requests there are. */
function replicasOn(offer: Offer, layouts: LayoutsByDevice): readonly Way[] {
  return replicaLayouts(offer, layouts).flatMap((layout) => {
    const { devices, tokensPerSecond } = layout;
    if (tokensPerSecond === null || tokensPerSecond.mid <= 0) return [];
    const machines = Math.ceil(devices / offer.acceleratorCount);
    return [asLaidOut({ machines, hours: null }, layout)];
  });
}
