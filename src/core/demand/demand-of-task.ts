import type { Demand } from '../../spec/demand.ts';
import type { Task } from '../../spec/task.ts';
import type { ModelBook } from './estimate-demand.ts';
import { asksModel, statedDemand } from './stated-demand.ts';

/**
 * `estimateDemand`, whose models, devices and formulas are loaded where a task is the first to need
 * them. Errors: the same.
 */
export async function demandOfTask(task: Task, book?: ModelBook): Promise<Demand> {
  if (!asksModel(task) && task.accelerators.length === 0) return statedDemand(task);
  const { estimateDemand } = await import('./estimate-demand.ts');
  return estimateDemand(task, book);
}
