import { NO_DEVICE } from '../demand/calibration/fitted-model.ts';
import { fittedOf } from '../demand/calibration/fitted-of.ts';
import type { Measurement, Quantity } from '../demand/calibration/measurement.ts';
import type { MemoryCoefficients } from '../demand/memory/memory-coefficients.ts';
import { leastMemory, measuredMemory, memoryModel } from '../demand/memory/memory-model.ts';
import { usableBytes } from '../demand/memory/usable-memory.ts';
import type { UnusableCase } from './measured-cases.ts';

/** How often the estimate was wrong about whether work fits, as plans decide it: by its upper end. */
export type FitScore = {
  /** Rows that ran out of memory, and those of them that the estimate would have let in. */
  readonly ranOut: number;
  readonly falseFits: readonly string[];
  /** Rows that ran, and those of them that it would have refused. */
  readonly ran: number;
  readonly falseRefusals: readonly string[];
};

/** Quantities that a formula gives: nothing ran. */
const COUNTED: ReadonlySet<Quantity> = new Set(['model-states', 'activations', 'cache-per-token']);

/**
 * Of rows whose memory can be reckoned. Work that ran fits where its leanest form does, since sources
 * do not always say whether activations were computed again; work that did not was as stated.
 */
export function judgeFits(measurements: readonly Measurement[]): {
  readonly fits: FitScore;
  /** Rows that ran out, of which nothing can be said. */
  readonly unusable: readonly UnusableCase[];
} {
  const falseFits: string[] = [];
  const falseRefusals: string[] = [];
  const unusable: UnusableCase[] = [];
  let [ranOut, ran] = [0, 0];
  for (const measurement of measurements) {
    const { id, quantity } = measurement;
    if (COUNTED.has(quantity)) continue;
    const fits = saidToFit(measurement);
    if (quantity === 'fits-not') {
      if (typeof fits === 'string') unusable.push({ measurement, reason: fits });
      else ranOut++;
      if (fits === true) falseFits.push(id);
    } else if (typeof fits === 'boolean') {
      ran++;
      if (!fits) falseRefusals.push(id);
    }
  }
  return { fits: { ranOut, falseFits, ran, falseRefusals }, unusable };
}

function saidToFit({ work, quantity, value }: Measurement): boolean | string {
  const { device } = work;
  if (device === null) return NO_DEVICE;
  const coefficients = fittedOf(memoryModel).coefficients as MemoryCoefficients;
  const ranOut = quantity === 'fits-not';
  const memory = ranOut ? measuredMemory(work, coefficients) : leastMemory(work, coefficients);
  if (typeof memory === 'string') return memory;
  const usable = usableBytes(device);
  return memory.total.high <= (ranOut ? Math.min(usable, value) : usable);
}
