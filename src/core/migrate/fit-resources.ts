import { MINUTE_MS } from '../../base/time.ts';
import { GIB } from '../../base/units.ts';
import type { Fitted, Measured } from '../../spec/advice.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { Resources, Task } from '../../spec/task.ts';

/** A task has shown what it needs when it has run for so long. */
export const MEASURED_MS_MIN = 5 * MINUTE_MS;
/**
 * Above the highest use that was seen. A quarter for memory, since passing its limit ends a task;
 * a tenth for processors, since a task with too few only takes longer.
 */
export const MEMORY_HEADROOM = 1.25;
export const CPU_HEADROOM = 1.1;
/** Less is not worth a new start: what is hired must shrink to this share. */
export const SHRINK_MIN = 0.7;

const CPU_STEP = 0.5;
const MEMORY_STEP_GIB = 0.25;

type Size = { readonly vcpus: number | null; readonly memoryGib: number | null };

/**
 * What a machine needs by what was measured; null while too little was, or where it would save
 * next to nothing.
 */
export function fittedTo(measured: Measured | null, has: Size): Fitted | null {
  if (measured === null || measured.overMs < MEASURED_MS_MIN) return null;
  const { cpuPeakCores, memoryPeakBytes } = measured;
  if (cpuPeakCores === null || memoryPeakBytes === null) return null;
  const cpus = upTo(cpuPeakCores * CPU_HEADROOM, CPU_STEP);
  const memoryGib = upTo((memoryPeakBytes / GIB) * MEMORY_HEADROOM, MEMORY_STEP_GIB);
  const shrinks = shareOf(cpus, has.vcpus) <= SHRINK_MIN && shareOf(memoryGib, has.memoryGib) <= 1;
  return shrinks ? { cpus, memoryGib } : null;
}

/** The task as it would have been written, had one known. */
export function withFitted(task: Task, fitted: Fitted | null): Task {
  if (fitted === null) return task;
  const resources = task.resources.map(
    (asked): Resources => ({
      ...asked,
      cpus: { value: fitted.cpus, atLeast: true },
      memoryGib: { value: fitted.memoryGib, atLeast: true },
    }),
  );
  return { ...task, resources };
}

/**
 * The task at a place that somebody names: what it says of places, and whether a container or the
 * machine itself runs it, yields to that.
 */
export function atPlace(task: Task, place: string): Task {
  const resources = task.resources.map((asked): Resources => {
    const isContainer = place === 'docker';
    return { ...asked, places: [place], imageId: isContainer ? asked.imageId : null };
  });
  return { ...task, resources, placement: { ...task.placement, allow: [] } };
}

/** Of a line of a plan, what its reservation or its machine has. */
export function sizeOf(line: PlanAllocation, offers: readonly ({ id: string } & Size)[]): Size {
  return offers.find(({ id }) => id === line.offerId) ?? { vcpus: null, memoryGib: null };
}

function upTo(value: number, step: number): number {
  return Math.max(step, Math.ceil(value / step) * step);
}

/** What is not known shrinks by nothing. */
function shareOf(need: number, have: number | null): number {
  return have === null || have <= 0 ? Number.POSITIVE_INFINITY : need / have;
}
