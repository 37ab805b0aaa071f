import { GIB } from '../../../base/units.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';

/**
 * Of unified memory macOS gives the GPU at most two thirds, three quarters where there is more than
 * 32 GiB (Metal's recommendedMaxWorkingSetSize, as llama.cpp prints it: 5,461 MiB of 8 GiB, 21,845
 * of 32, 49,152 of 64).
 */
const UNIFIED = { small: 2 / 3, large: 3 / 4 };
const SMALL_GIB = 32;
/** A processor's memory also holds the system and the program. */
const SHARED_WITH_SYSTEM = 0.85;
/**
 * Data centre cards keep the error correction of GDDR memory in it: a sixteenth (aiconfigurator's
 * L40S: 46,068 of 49,152 MiB). Workstation cards have it off as they are sold, GeForce none.
 */
const WITHOUT_CORRECTION_BITS = 15 / 16;
/** The driver's own, before any program starts: an H100 of 80 GiB shows 79.1 GiB to PyTorch. */
const DRIVER = 0.989;

/** Bytes that a program can have of a device's memory. */
export function usableBytes(device: AcceleratorFacts): number {
  const { memoryGib, correctsInMemory, generation, kind } = device;
  const all = memoryGib * GIB;
  if (generation === 'apple') return all * (memoryGib > SMALL_GIB ? UNIFIED.large : UNIFIED.small);
  if (kind === 'cpu' || kind === 'edge') return SHARED_WITH_SYSTEM * all;
  if (correctsInMemory) return WITHOUT_CORRECTION_BITS * all;
  return DRIVER * all;
}
