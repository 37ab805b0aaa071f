import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { ServingScope } from './serving-replica.ts';

/** Below this, devices are joined by PCIe, else by links made for exchanges. */
const BUS_BYTES_PER_S = 100e9;

/**
 * Seconds of the exchanges of one pass of `tokens` tokens of each group, over all layers: two
 * all-reduces in each layer that is split (Shoeybi et al., arXiv:1909.08053, section 3), and
 * dispatch and combine where groups share experts.
 */
export function exchangeSeconds(scope: ServingScope, tokens: number): number {
  const { model, stages } = scope;
  return (
    model.layers * 2 * reduceSeconds(scope, tokens) +
    model.routedLayers * dispatchSeconds(scope, tokens) +
    (stages - 1) * handOverSeconds(scope)
  );
}

/** From one stage to the next. */
export function handOverSeconds({ coefficients }: ServingScope): number {
  return 2 * coefficients.reduce;
}

/** One all-reduce. A ring sends 2(n−1)/n of the bytes over each link (Patarasuk and Yuan, JPDC 2009). */
export function reduceSeconds(scope: ServingScope, tokens: number): number {
  const { tensor, domain, model, coefficients } = scope;
  if (tensor === 1) return 0;
  const bytes = (2 * (tensor - 1) * tokens * model.hidden * 2) / tensor;
  const leaves = tensor > domain;
  const rate = leaves ? scope.networkRate : scope.linkRate;
  return coefficients.reduce * hops(scope) + (leaves ? coefficients.network : 0) + bytes / rate;
}

/**
 * How many times the latency of four devices on a switch: the depth of a tree on a switch, the
 * width of a torus, and host copies on PCIe (a small NCCL all-reduce takes about 30 µs there).
 */
function hops({ device, tensor }: ServingScope): number {
  if (isTorus(device)) return Math.sqrt(tensor);
  const depth = Math.log2(tensor) / 2;
  return device.linkBytesPerS < BUS_BYTES_PER_S ? 3 * depth : depth;
}

function isTorus({ kind, generation }: AcceleratorFacts): boolean {
  return kind === 'tpu' || generation === 'neuron';
}

/**
 * Dispatch and combine of one layer. Tokens go to the ranks of their experts in 8 bits and come back in 16 (DeepSeek-V3,
 * arXiv:2412.19437, section 3.2); of those to other machines, the network sends.
 */
export function dispatchSeconds(scope: ServingScope, tokens: number): number {
  const { groups, tensor, domain, model, coefficients } = scope;
  if (groups === 1) return 0;
  const away = Math.max(0, 1 - domain / (groups * tensor));
  const bytes = 3 * tokens * model.expertsPerToken * model.hidden;
  const inside = (bytes * (1 - away)) / scope.linkRate;
  const outside = (bytes * away) / scope.networkRate;
  const latency = 1.5 * coefficients.reduce + (away > 0.2 ? coefficients.network : 0);
  return 2 * latency + Math.max(inside, outside);
}
