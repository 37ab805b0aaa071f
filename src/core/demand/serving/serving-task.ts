import type { ServedPrecision } from '../../../spec/task.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ServedModel, ServingRequest } from './serving-replica.ts';

/** Requests of one size, and how they are to be answered. */
export type ServingTask = ServingRequest & {
  /** How weights are kept. */
  readonly precision: ServedPrecision;
  /** Of the first token and of each further one; null where the user does not say. */
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
};

/** A model in the format that a task asks for, with a cache of 16 bits. */
export function servedAs(
  model: Architecture,
  { precision }: Pick<ServingTask, 'precision'>,
): ServedModel {
  return { model, ...operandsOf(precision), weightBytes: null, cacheBytes: 2 };
}

/** A format of weights as measurements tell it: blocks of 4 bits beside a format that has no blocks. */
export function operandsOf(
  precision: ServedPrecision,
): Pick<ServedModel, 'precision' | 'operands'> {
  if (precision === 'nvfp4') return { precision: 'fp8', operands: 'nvfp4' };
  if (precision === 'mxfp4') return { precision: 'int4', operands: 'mxfp4' };
  return { precision, operands: null };
}
