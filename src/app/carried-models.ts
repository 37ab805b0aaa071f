import type { CarriedModel } from '../spec/carried-model.ts';
import type { ModelBook } from './read-models.ts';

/** What a run takes along of the models that its user's machine has read. */
export function carriedModels(book: ModelBook): CarriedModel[] {
  return [...book].map(([id, { architecture }]) => ({ id, architecture }));
}

/** The models that a run has brought, for planning it anew. */
export function bookOf(models: readonly CarriedModel[]): ModelBook {
  return new Map(models.map(({ id, architecture }) => [id, { architecture, notes: [] }]));
}
