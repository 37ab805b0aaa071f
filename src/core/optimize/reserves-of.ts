import { KIB } from '../../base/units.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Reservation } from '../../spec/reservation.ts';
import type { Resources, Task } from '../../spec/task.ts';
import { resolveAccelerator } from '../catalog/accelerator-names.ts';

/**
 * What a task that states no cpus takes of a whole machine. Source: SkyPilot, whose job queue counts
 * as much for such a job (sky/backends, DEFAULT_TASK_CPU_DEMAND = 0.5).
 */
const CPUS_MILLI_UNSTATED = 500;

/** What one machine of an offer takes of a place of one's own; null where the place is not ours. */
export function reservesOf(
  { pool, ...offer }: Offer,
  { resources }: Pick<Task, 'resources'>,
): Reservation | null {
  if (pool === undefined) return null;
  const { id, takes } = pool;
  if (takes === 'part') return { pool: id, ...partOf(offer), gpusByName: devicesOf(offer, null) };
  const stated = resources.find((one) => mayRunOn(one, offer)) ?? null;
  return {
    pool: id,
    cpusMilli: milli(stated?.cpus?.value ?? null) ?? CPUS_MILLI_UNSTATED,
    memoryMib: Math.ceil((stated?.memoryGib?.value ?? 0) * KIB),
    gpusByName: devicesOf(offer, stated),
  };
}

function partOf({ vcpus, memoryGib }: Pick<Offer, 'vcpus' | 'memoryGib'>) {
  return { cpusMilli: milli(vcpus) ?? 0, memoryMib: Math.floor((memoryGib ?? 0) * KIB) };
}

function milli(vcpus: number | null): number | null {
  return vcpus === null ? null : Math.ceil(vcpus * 1000);
}

type Devices = Pick<Offer, 'accelerator' | 'acceleratorCount'>;

/** The alternative of the task that has chosen this offer, as far as its devices tell. */
function mayRunOn({ accelerators }: Resources, { accelerator }: Devices): boolean {
  if (accelerators.length === 0) return true;
  return accelerators.some((asked) => resolveAccelerator(asked).name === accelerator);
}

/** As many as are stated, which may be less than the offer has; all of them where nothing is. */
function devicesOf(
  { accelerator, acceleratorCount }: Devices,
  stated: Resources | null,
): Record<string, number> {
  if (accelerator === null) return {};
  const asked = stated?.accelerators
    .map(resolveAccelerator)
    .find(({ name }) => name === accelerator)?.count;
  return { [accelerator]: Math.ceil(asked ?? acceleratorCount) };
}
