import type { Interval } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { answeringMemory } from '../memory/answering-memory.ts';
import type { MemoryEstimate } from '../memory/memory-line.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import type { Architecture } from '../models/architecture.ts';
import { ONE_DEVICE } from '../training/training-layout.ts';
import type { SampleTask } from './sample-task.ts';

/** Samples of one device in one pass: where memory is short, fewer. */
const BATCHES = [256, 128, 64, 32, 16, 8, 4, 2, 1];

/**
 * The most samples that each of some devices passes at once: no more than its share of an update,
 * and than fit. Null where not even one fits.
 */
export function batchOn(
  { globalBatch }: SampleTask,
  { device, devices }: { readonly device: AcceleratorFacts; readonly devices: number },
  heldBy: (batch: number) => Interval,
): number | null {
  const share = globalBatch === null ? Infinity : Math.floor(globalBatch / devices);
  const sizes = [...new Set(BATCHES.map((size) => Math.min(size, share)))];
  const usable = usableBytes(device);
  return sizes.find((size) => heldBy(size).high <= usable) ?? null;
}

/** Bytes that a device holds of so many samples in one pass, reckoned once for all devices. */
export function bytesByBatch(model: Architecture, task: SampleTask): (batch: number) => Interval {
  const known = new Map<number, Interval>();
  return (batch) => {
    const bytes = known.get(batch) ?? sampleMemory(model, task, batch).total;
    known.set(batch, bytes);
    return bytes;
  };
}

/** What a device holds, line by line, of so many samples in one pass. */
export function sampleMemory(
  model: Architecture,
  { kind, precision, sequenceLength }: SampleTask,
  batch: number,
): MemoryEstimate {
  if (kind === 'infer') return answeringMemory(model, { precision, batch, sequenceLength });
  return trainingMemory(
    model,
    {
      ...USUAL_TASK,
      precision,
      sequenceLength: sequenceLength ?? 1,
      microBatch: batch,
      microBatches: 1,
    },
    ONE_DEVICE,
  );
}
