import { hostname } from 'node:os';
import { type EpochMs, SECOND_MS } from '../../../base/time.ts';
import { KIB } from '../../../base/units.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { OfferPool } from '../../../spec/offer.ts';
import type { PoolCapacity } from '../../../spec/reservation.ts';
import type { Gpu } from './probe-gpus.ts';
import { type Machine, probeMachine } from './probe-machine.ts';

/** How much of this machine Kedge may hand out; null for all that it has. */
export type MachineBounds = { readonly cpus: number | null; readonly memoryGib: number | null };

export const UNBOUNDED: MachineBounds = { cpus: null, memoryGib: null };

/** Processes and containers share the machine: whatever starts them, they take from one pool. */
const MACHINE_POOL = `machine:${hostname()}`;

/** Asked for at each placement, while the machine stays as it is; `nvidia-smi` may take seconds. */
const FRESH_MS = 30 * SECOND_MS;

export function machinePool(takes: OfferPool['takes']): OfferPool {
  return { id: MACHINE_POOL, takes };
}

/** The capacity of this machine, found anew when it was asked for half a minute ago. */
export function machineCapacity(options: {
  readonly clock: Clock;
  readonly bounds: MachineBounds;
  readonly env: Readonly<Record<string, string | undefined>>;
}): () => Promise<readonly PoolCapacity[]> {
  const { clock, bounds, env } = options;
  let known: { readonly at: EpochMs; readonly pools: Promise<readonly PoolCapacity[]> } | null =
    null;
  const probe = async () => [capacityOf(await probeMachine(env), bounds)];
  return () => {
    const now = clock.now();
    if (known === null || now - known.at > FRESH_MS || now < known.at) {
      known = { at: now, pools: probe() };
    }
    return known.pools;
  };
}

/** What may be handed out; more than there is, where the user has said so. */
export function capacityOf(machine: Machine, bounds: MachineBounds): PoolCapacity {
  const { vcpus, memoryGib, gpus } = machine;
  return {
    pool: MACHINE_POOL,
    name: 'this machine',
    has: {
      cpusMilli: Math.round((bounds.cpus ?? vcpus) * 1000),
      memoryMib: Math.floor((bounds.memoryGib ?? memoryGib) * KIB),
      gpusByName: countsOf(gpus),
    },
  };
}

/** The machine as a task may have it at most: what there is, and no more than may be handed out. */
export function boundedMachine<Known extends Pick<Machine, 'vcpus' | 'memoryGib'>>(
  machine: Known,
  { cpus, memoryGib }: MachineBounds,
): Known {
  return {
    ...machine,
    vcpus: Math.min(machine.vcpus, cpus ?? Number.POSITIVE_INFINITY),
    memoryGib: Math.min(machine.memoryGib, memoryGib ?? Number.POSITIVE_INFINITY),
  };
}

function countsOf(gpus: readonly Gpu[]): Record<string, number> {
  const byName = Map.groupBy(gpus, ({ name }) => name);
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.length]));
}
