import type { PlanAllocation } from '../../spec/plan.ts';
import { vllmOptions } from '../demand/serving/engine-options.ts';

/** How the machines of a line serve a model: `2 replicas on each: tensor 4`; null for other work. */
export function replicaWords({
  replica,
  acceleratorCount,
  count,
}: Pick<PlanAllocation, 'replica' | 'acceleratorCount' | 'count'>): string | null {
  if (replica === undefined) return null;
  const { devices, tensorParallel, pipelineParallel, attentionDataParallel, expertParallel } =
    replica;
  const degrees: readonly (readonly [word: string, degree: number])[] = [
    ['tensor', tensorParallel],
    ['pipeline', pipelineParallel],
    ['attention', attentionDataParallel],
    ['expert', expertParallel],
  ];
  const split = degrees.filter(([, degree]) => degree > 1).map(([word, by]) => `${word} ${by}`);
  const words = split.length === 0 ? 'of one device' : `split: ${split.join(', ')}`;
  const options = split.length > 1 ? ` (vLLM: ${vllmOptions(replica)})` : '';
  return `${placeWords(devices, { acceleratorCount, count })}, ${words}${options}`;
}

function placeWords(
  devices: number,
  { acceleratorCount, count }: Pick<PlanAllocation, 'acceleratorCount' | 'count'>,
): string {
  if (devices > acceleratorCount) {
    const machines = Math.ceil(devices / acceleratorCount);
    const replicas = Math.floor(count / machines);
    return `${replicas === 1 ? 'a replica' : `${replicas} replicas, each`} over ${machines} machines`;
  }
  const replicas = Math.floor(acceleratorCount / devices);
  const many = replicas === 1 ? 'a replica' : `${replicas} replicas`;
  return count === 1 ? many : `${many} on each`;
}
