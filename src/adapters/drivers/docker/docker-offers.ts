import type { Offer } from '../../../spec/offer.ts';
import { machinePool } from '../shared/machine-pool.ts';
import { deviceCounts, type OwnPricing, ownOffer } from '../shared/own-offer.ts';
import type { Gpu } from '../shared/probe-gpus.ts';
import { tenths } from '../shared/probe-gpus.ts';

export const DOCKER = 'docker';

/** The machine of the engine, with the devices that it can give to containers. */
export type ContainerMachine = {
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly gpus: readonly Gpu[];
};

/** A part of the machine, which a container is limited to. */
type Slice = {
  readonly id: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly gpus: readonly Gpu[];
};

/**
 * The machine in parts, as clouds sell theirs: all of it, a half, a quarter, … down to one vCPU,
 * with as much of its memory; and 1, 2, 4, … and all devices of each kind, with their share.
 */
export function dockerOffers(machine: ContainerMachine, pricing: OwnPricing): readonly Offer[] {
  return slicesOf(machine).map((slice) => offer(slice, { machine, pricing }));
}

/** The part of an offer's id; all of the machine without its devices for any other. */
export function sliceOf(offerId: string, machine: ContainerMachine): Slice {
  const slices = slicesOf(machine);
  return slices.find(({ id }) => id === offerId) ?? slices[0]!;
}

function slicesOf(machine: ContainerMachine): readonly Slice[] {
  const slices: Slice[] = [];
  for (let vcpus = machine.vcpus; vcpus >= 1; vcpus = Math.floor(vcpus / 2)) {
    const share = vcpus / machine.vcpus;
    slices.push({ ...shareOf(machine, share), id: `${DOCKER}/${vcpus}-vcpu`, vcpus, gpus: [] });
  }
  for (const gpus of Map.groupBy(machine.gpus, ({ name }) => name).values()) {
    for (const count of deviceCounts(gpus.length)) {
      const share = shareOf(machine, count / machine.gpus.length);
      const id = `${DOCKER}/${gpus[0]!.name}:${count}`;
      slices.push({ ...share, id, gpus: gpus.slice(0, count) });
    }
  }
  return slices;
}

function shareOf({ vcpus, memoryGib }: ContainerMachine, share: number) {
  return { vcpus: tenths(vcpus * share), memoryGib: tenths(memoryGib * share) };
}

function offer(
  { id, vcpus, memoryGib, gpus }: Slice,
  { machine, pricing }: { readonly machine: ContainerMachine; readonly pricing: OwnPricing },
): Offer {
  const share = vcpus / machine.vcpus;
  const usdPerHour = pricing.usdPerHour === null ? null : pricing.usdPerHour * share;
  const pool = machinePool('part');
  const part = { id, driver: DOCKER, vcpus, memoryGib, gpus, pool };
  return ownOffer(part, { ...pricing, usdPerHour });
}
