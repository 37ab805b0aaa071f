import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { MemoryEstimate } from '../memory/memory-line.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import type { Explained } from './explained.ts';

/** The lines of an estimate of memory, and what of the device there is for them. */
export function heldBy(
  { lines, total }: MemoryEstimate,
  device: AcceleratorFacts,
): Pick<Explained, 'memory' | 'memoryBytes' | 'usableBytes'> {
  return {
    memory: lines.map(({ name, bytes, formula, source }) => ({
      name,
      bytes,
      formula: formula(),
      source,
    })),
    memoryBytes: total,
    usableBytes: usableBytes(device),
  };
}
