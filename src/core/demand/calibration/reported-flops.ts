import { type AcceleratorFacts, computeFormat } from '../accelerators/accelerator-facts.ts';
import type { MeasuredWork } from './measurement.ts';
import type { MeasurementRow } from './measurement-row.ts';
import { flopsOf } from './read-unit.ts';

type Cells = Pick<MeasurementRow, 'reported_metric' | 'unit' | 'value'>;

/** Metrics of arithmetic done, as opposed to tokens passed. */
export const FLOPS_METRIC = /^(?:model_tflops|hw_tflops|mfu|hfu|pct_of_peak)/;

/**
 * Tokens/s of all devices from a published share of the peak or FLOP/s, by what each counts for a
 * token with N multiplied parameters, L layers, attention of width d and sequence s:
 * - MFU: 6N + 12·L·d·s, attention in full (Chowdhery et al., arXiv:2204.02311, app. B; so
 *   llm-foundry and MaxText);
 * - model TFLOP/s: 6N + 6·L·d·s, causal attention (Megatron Core's count);
 * - hardware TFLOP/s and HFU: what is recomputed counts too. All layers once more: 4/3 of them, as
 *   Narayanan et al., arXiv:2104.04473, eq. 3 has it, 96·L·d²(1 + s/6d + V/16Ld); attention alone
 *   (selective): 16·L·d·s rather than 12 (Korthikanti et al., arXiv:2205.05198, eq. 8).
 * A sentence where the row does not say what it counts.
 */
export function tokensPerSecondOf(
  row: Cells,
  work: MeasuredWork,
  device: AcceleratorFacts,
): number | string {
  if (work.method === 'lora' || work.method === 'qlora') {
    return 'what FLOPs of LoRA it counts is not stated';
  }
  if (work.sequenceLength === null) return 'FLOPs a token need the sequence length, not stated';
  const perToken = flopsPerToken(row.reported_metric, work, work.sequenceLength);
  if (typeof perToken === 'string') return perToken;
  const flops = flopsOf(row) ?? shareOfPeak(row, work, device);
  return typeof flops === 'string' ? flops : (flops * work.devices) / perToken;
}

function flopsPerToken(metric: string, work: MeasuredWork, sequence: number): number | string {
  const { model } = work;
  const attention = model.layers * model.heads * model.headDim * sequence;
  const matmul = 6 * model.matmulParams;
  if (metric.startsWith('model_tflops')) return matmul + 6 * attention;
  const full = matmul + 12 * attention;
  if (metric.startsWith('mfu')) return full;
  const { recompute } = work.layout;
  if (recompute === 'none') return full;
  if (recompute === 'selective') return full + 4 * attention;
  if (recompute === null) return 'it counts what is recomputed, and what that is is not stated';
  const output = 6 * model.vocab * model.hidden;
  return ((full - output) * 4) / 3 + output;
}

function shareOfPeak(row: Cells, work: MeasuredWork, device: AcceleratorFacts): number | string {
  if (!row.unit.startsWith('%')) return `the unit "${row.unit}" is neither FLOP/s nor %`;
  if (work.precision === 'fp8')
    return 'whether it is a share of the fp8 or the bf16 peak is unclear';
  const format = computeFormat(device, work.precision);
  if (format === null) return `the peak of ${device.name} in ${work.precision} is not known`;
  return (Number(row.value) / 100) * device.peak[format];
}
