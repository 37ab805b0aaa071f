import type { Task } from '../task.ts';

type Naming = Pick<Task, 'accelerators' | 'resources' | 'offers' | 'work'>;

/** A declared part is named in any case; here it gets the spelling of its declaration. */
export function asDeclared<T extends Naming>(task: T): T {
  const { accelerators, resources, offers, work } = task;
  if (accelerators.length === 0) return task;
  const spellings = new Map(accelerators.map(({ name }) => [name.toLowerCase(), name]));
  const spelled = (name: string): string => spellings.get(name.toLowerCase()) ?? name;
  const request = <R extends { readonly name: string }>(one: R): R => {
    return { ...one, name: spelled(one.name) };
  };
  return {
    ...task,
    resources: resources.map((one) => ({ ...one, accelerators: one.accelerators.map(request) })),
    offers: offers.map((one) => ({
      ...one,
      accelerator: one.accelerator === null ? null : spelled(one.accelerator),
    })),
    work: work === null || !('hours' in work) ? work : { ...work, on: work.on && request(work.on) },
  };
}
