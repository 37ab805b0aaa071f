import { KedgeError } from '../../../base/errors.ts';
import type { SpeedQuantity } from './own-measurement.ts';

/** What cannot be about this task. */
export function badValue(message: string, { hint }: { readonly hint: string }): KedgeError {
  return new KedgeError('spec.bad-value', message, { hint });
}

export function wrongQuantity(quantity: SpeedQuantity, known: string): KedgeError {
  return badValue(`the task has no ${quantity}`, { hint: `measure ${known}` });
}

/** Sequences (images) of a step. Errors: `spec.bad-value` where nothing tells them. */
export function stepBatch(batch: number | null): number {
  if (batch !== null) return batch;
  throw badValue('a step time says nothing without the sequences of a step', {
    hint: 'add training: {global_batch: 64} to the task, or global_batch=64 to --measured',
  });
}
