import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { NVFP4_BYTES } from '../memory/weight-bytes.ts';
import { type ComputeWork, computeWork, type ProductWork } from './compute-work.ts';
import type { StepScope } from './step-scope.ts';
import type { TrainingStep } from './training-layout.ts';

/** Bytes of a 16-bit number. */
const HALF = 2;

/** Seconds of one micro-batch on one device, but for exchanges. */
export type ComputeSeconds = {
  readonly products: number;
  readonly attention: number;
  readonly elementwise: number;
  /** What kernels take to start and to run out, whatever their size. */
  readonly launches: number;
};

/** The work of a stage at the rates of a device: an additive roofline. */
export function computeSeconds(
  scope: StepScope,
  work: ComputeWork = computeWork(scope),
): ComputeSeconds {
  const { device, coefficients, step } = scope;
  const format = formatOf(device, step.precision);
  const wide = format.bytes < HALF ? formatOf(device, 'bf16') : format;
  const attention = step.precision === 'tf32' ? formatOf(device, 'bf16') : wide;
  return {
    products:
      productSeconds(work.dense, format, 1, scope) +
      productSeconds(work.routed, format, coefficients.experts, scope) +
      productSeconds(work.head, wide, 1, scope) +
      (HALF * work.widened) / device.memoryBytesPerS,
    attention: work.attention / (attention.peak * coefficients.attention),
    elementwise: (coefficients.elementwise * work.bytes) / device.memoryBytesPerS,
    launches:
      (work.layers - work.routedLayers) * coefficients.launch +
      work.routedLayers * coefficients.routedLaunch,
  };
}

/** What products are computed in: FLOP/s of the data sheet, the share that is reached, bytes. */
type Operands = { readonly peak: number; readonly ceiling: number; readonly bytes: number };

/**
 * Arithmetic at a share of the ceiling, plus a share of the traffic of operands and results
 * (Williams et al., CACM 2009: wide products are bound by the one, narrow ones by the other);
 * results stay in 16 bits, and casts to narrow formats read 16-bit numbers first. `share` is of what
 * wide products reach.
 */
function productSeconds(
  { flops, operands, results }: ProductWork,
  { peak, ceiling, bytes }: Operands,
  share: number,
  { device, coefficients }: StepScope,
): number {
  if (flops === 0) return 0;
  const { products, traffic, casts } = coefficients;
  const moved = traffic * (bytes * operands + HALF * results);
  const cast = bytes < HALF ? casts * HALF * operands : 0;
  return flops / (peak * ceiling * products * share) + (moved + cast) / device.memoryBytesPerS;
}

/** The format of the operands: the next wider one that the device has, if not the precision's own. */
function formatOf(device: AcceleratorFacts, precision: TrainingStep['precision']): Operands {
  const { peak, ceiling, narrowCeiling } = device;
  switch (precision) {
    case 'fp32':
      return { peak: peak.fp32, ceiling, bytes: 4 };
    case 'tf32':
      return { peak: peak.tf32 > 0 ? peak.tf32 : peak.fp32, ceiling, bytes: 4 };
    case 'fp4':
      if (peak.fp4 === 0) return formatOf(device, 'fp8');
      return { peak: peak.fp4, ceiling: narrowCeiling, bytes: NVFP4_BYTES };
    case 'fp8':
      if (peak.fp8 === 0) return formatOf(device, 'bf16');
      return { peak: peak.fp8, ceiling: narrowCeiling, bytes: 1 };
    default:
      return { peak: Math.max(peak.bf16, peak.fp16), ceiling, bytes: HALF };
  }
}
