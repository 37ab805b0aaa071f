import { KedgeError } from '../../base/errors.ts';
import type { Demand } from '../../spec/demand.ts';
import type { Task } from '../../spec/task.ts';
import { servingMix } from './serving-mix.ts';

/** What a task needs is to be estimated from its model: nothing else says how fast it is. */
export function asksModel(task: Task): boolean {
  return !saysSpeed(task) && task.model !== null && (task.training ?? task.serving) !== null;
}

/**
 * What a task needs that does not ask its model: its own `work` as it is, else the stated resources.
 * Errors: `spec.invalid` where what is to be done, or the model that does it, is missing.
 */
export function statedDemand(task: Task): Demand {
  const stated = resourcesDemand(task);
  if (isStated(task)) return { ...stated, notes: ['its speed on each machine is as stated'] };
  if (saysSpeed(task)) return { ...stated, basis: 'work' };
  if (task.model === null) return withoutModel(task, stated);
  if (asksForDevices(task)) {
    return { ...stated, notes: ['model: not used, since the task has no training or serving'] };
  }
  throw new KedgeError(
    'spec.invalid',
    'the task has a model, and does not say what is done with it',
    {
      hint:
        task.kind === 'serve'
          ? 'add serving: {requests_per_second: 10, input_tokens: 512, output_tokens: 256}'
          : 'add training: {method: lora, tokens: 500M}, or resources: {accelerators: …}',
    },
  );
}

/** The resources of a task, and nothing else. */
export function resourcesDemand(task: Task): Demand {
  return {
    basis: 'resources',
    numNodes: task.numNodes,
    resources: task.resources,
    resourcesOrdered: task.resourcesOrdered,
    work: task.work,
    flops: null,
    layouts: [],
    notes: [],
  };
}

function saysSpeed(task: Task): boolean {
  return isStated(task) || (task.work !== null && servingMix(task) === null);
}

/** A service whose speed on each machine the user tells. */
function isStated(task: Task): boolean {
  return servingMix(task)?.sizes.every(({ throughput }) => throughput !== null) ?? false;
}

function withoutModel(task: Task, stated: Demand): Demand {
  const field = task.training === null ? 'serving' : 'training';
  const isVain = (task.training ?? task.serving) !== null;
  if (!isVain || asksForDevices(task)) {
    return isVain
      ? { ...stated, notes: [`${field}: not used, since the task has no model`] }
      : stated;
  }
  throw new KedgeError('spec.invalid', `the task has ${field}, and no model`, {
    hint:
      'name one, as in model: meta-llama/Llama-3.1-8B or model: {params: 8B}' +
      (field === 'serving' ? '; or state serving: {throughput: {H100: 12}}' : ''),
  });
}

function asksForDevices({ resources }: Task): boolean {
  return resources.some(
    ({ accelerators, instanceType }) => accelerators.length > 0 || instanceType !== null,
  );
}
