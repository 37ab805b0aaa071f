import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import { type ReplicaSplit, tensorAlone } from '../split-of-layout.ts';
import { type ServingReplica, usualEngine } from './serving-replica.ts';

/** Devices that a matrix is split over, or a replica in one machine has. */
const WITHIN_MACHINE = [1, 2, 4, 8];
/** Devices of a machine that is hired out with others like it. */
const MACHINE_DEVICES = 8;

/** The numbers of devices that a replica may have in one machine. */
export function sizesInMachine({ heads }: Architecture, { domain }: AcceleratorFacts): number[] {
  return WITHIN_MACHINE.filter((devices) => devices <= domain && heads % devices === 0);
}

/** That of a replica over two machines, where there are machines of a full size; else none. */
export function sizesBeyond(model: Architecture, device: AcceleratorFacts): number[] {
  const isFull = sizesInMachine(model, device).includes(MACHINE_DEVICES);
  return isFull && usualEngine(device) === 'vllm' ? [2 * MACHINE_DEVICES] : [];
}

/**
 * The ways to lay a model out over so many devices: matrices over those of a machine, stages over
 * machines; that one first.
 *
 * Of a mixture, also experts spread over all devices, with attention (and all else that is no routed
 * expert) in d copies of t tensor-parallel devices each, d · t devices in all: each copy has its own
 * requests and their cache, which tensor parallelism keeps on every device where it is latents
 * (DeepSeek-V3, arXiv:2412.19437, section 3.4; as vLLM's "expert parallel deployment" and SGLang's
 * "data parallelism attention" have it). Experts spread beside one copy are not among them: the same
 * bytes and exchanges as matrices that are split, and experts of unequal load besides.
 */
export function splitsOver(
  model: Architecture,
  device: AcceleratorFacts,
  devices: number,
): ReplicaSplit[] {
  const tensor = tensorAlone(Math.min(devices, MACHINE_DEVICES));
  const staged = { ...tensor, pipelineParallel: devices / tensor.tensorParallel };
  const { experts, routedLayers, heads } = model;
  const isRouted = routedLayers > 0 && experts > 1 && experts % devices === 0;
  if (!isRouted || usualEngine(device) !== 'vllm') return [staged];
  const narrower = WITHIN_MACHINE.filter((count) => count < devices && heads % count === 0);
  const spread = narrower.map((tensorParallel) => ({
    tensorParallel,
    pipelineParallel: 1,
    dataParallel: devices / tensorParallel,
    expertParallel: devices,
  }));
  return [staged, ...spread];
}

/** A split under what most people run. */
export function replicaOn(device: AcceleratorFacts, split: ReplicaSplit): ServingReplica {
  return { device, ...split, engine: usualEngine(device) };
}
