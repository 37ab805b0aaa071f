import type { Layout, Replica } from '../../spec/demand.ts';
import type { ServingReplica } from './serving/serving-replica.ts';

/** How the devices of one replica share a model and its requests. */
export type ReplicaSplit = Pick<
  ServingReplica,
  'tensorParallel' | 'pipelineParallel' | 'dataParallel' | 'expertParallel'
>;

/** Each matrix over all devices. */
export function tensorAlone(devices: number): ReplicaSplit {
  return { tensorParallel: devices, pipelineParallel: 1, dataParallel: 1, expertParallel: 1 };
}

/** Devices of one replica. */
export function devicesOf({ tensorParallel, pipelineParallel, dataParallel }: ReplicaSplit) {
  return tensorParallel * pipelineParallel * dataParallel;
}

/** What a layout says of a split; the layout's own `dataParallel` counts replicas. */
export function degreesOf(split: ReplicaSplit): Pick<Layout, 'tensorParallel' | 'serving'> {
  const { tensorParallel, dataParallel: attentionDataParallel, ...rest } = split;
  if (devicesOf(split) === tensorParallel) return { tensorParallel };
  return { tensorParallel, serving: { ...rest, attentionDataParallel } };
}

/** One copy of a layout that answers requests; null for what trains or counts samples. */
export function replicaOf(layout: Layout): Replica | null {
  const { training, serves, tokensPerSecond } = layout;
  if (training !== null || (serves === undefined && tokensPerSecond === null)) return null;
  const split = splitOf(layout);
  const { dataParallel: attentionDataParallel, ...rest } = split;
  return { devices: devicesOf(split), ...rest, attentionDataParallel };
}

/** The split of each replica of a layout. */
export function splitOf({
  tensorParallel,
  serving,
}: Pick<Layout, 'tensorParallel' | 'serving'>): ReplicaSplit {
  if (serving === undefined) return tensorAlone(tensorParallel);
  const { attentionDataParallel: dataParallel, ...rest } = serving;
  return { tensorParallel, dataParallel, ...rest };
}
