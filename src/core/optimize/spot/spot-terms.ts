import { MINUTE_MS } from '../../../base/time.ts';
import type { Checkpoint, Task } from '../../../spec/task.ts';
import { HAZARDS } from './hazard-parameters.ts';
import type { SpotLifeTerms } from './spot-life.ts';

/** Where no start of a task has been seen: a machine that boots, and its setup. */
export const START_MS_ASSUMED = 5 * MINUTE_MS;
/** Of a checkpoint on its way: 100 MB/s, a line of 1 Gbit/s. */
export const COPY_BYTES_PER_MS = 100_000;
/** Of a checkpoint whose size nobody states: 6 GB, the weights of a model of three billion. */
const COPY_MS_ASSUMED = MINUTE_MS;

/**
 * What an interruption costs a task: a start, in which its checkpoint is read again, and what was
 * not saved. Work in the user's own units is saved with each unit.
 */
export function spotTermsOf(task: Task, interruptions: number): SpotLifeTerms {
  const { checkpoint, work } = task;
  const isByUnit = work !== null && 'units' in work;
  const changeoverMs = START_MS_ASSUMED + (checkpoint === null ? 0 : copyMs(checkpoint));
  const common = { model: HAZARDS, interruptions, changeoverMs };
  if (checkpoint !== null) {
    const { intervalMs } = checkpoint;
    return { ...common, checkpoints: { costMs: copyMs(checkpoint), everyMs: intervalMs } };
  }
  return { ...common, checkpoints: isByUnit ? { costMs: 0, everyMs: null } : null };
}

function copyMs({ sizeBytes }: Checkpoint): number {
  return sizeBytes === null ? COPY_MS_ASSUMED : sizeBytes / COPY_BYTES_PER_MS;
}
