import type { Precision } from '../../../spec/task.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ServedModel, ServingRequest } from './serving-replica.ts';

/** Requests of one size, and how they are to be answered. */
export type ServingTask = ServingRequest & {
  /** How weights are kept. */
  readonly precision: Precision;
  /** Of the first token and of each further one; null where the user does not say. */
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
};

/** A model in the format that a task asks for, with a cache of 16 bits. */
export function servedAs(model: Architecture, { precision }: ServingTask): ServedModel {
  return { model, precision, weightBytes: null, operands: null, cacheBytes: 2 };
}
