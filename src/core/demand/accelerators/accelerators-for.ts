import type { Task } from '../../../spec/task.ts';
import { type AcceleratorFacts, acceleratorFacts } from './accelerator-facts.ts';
import { type DeclaredAccelerator, declaredAccelerator } from './declared-accelerator.ts';

/**
 * Every device that a task's plans may name: those of the registry, in its order, then the task's own.
 * Errors: those of `declaredAccelerator`.
 */
export function acceleratorsFor(task: Pick<Task, 'accelerators'>): readonly AcceleratorFacts[] {
  const own = declaredBy(task);
  return own.length === 0
    ? acceleratorFacts()
    : [...acceleratorFacts(), ...own.map(({ facts }) => facts)];
}

/** A task's own, with what each inherits. Errors: those of `declaredAccelerator`. */
export function declaredBy({
  accelerators,
}: Pick<Task, 'accelerators'>): readonly DeclaredAccelerator[] {
  return accelerators.map(declaredAccelerator);
}

/** The one that layouts call so. */
export function deviceNamed(
  devices: readonly AcceleratorFacts[],
  name: string,
): AcceleratorFacts | undefined {
  return devices.find((device) => device.name === name);
}
