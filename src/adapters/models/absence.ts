import type { ModelAbsence } from '../../ports/model-source.ts';

/** An id that is none of a source's. */
export const NOT_OURS: ModelAbsence = { found: false, why: null, isOutOfReach: false };

/** A model that a source does not have. */
export function absence(why: string): ModelAbsence {
  return { found: false, why, isOutOfReach: false };
}

/** A model of which a source cannot say whether it has it. */
export function outOfReach(why: string): ModelAbsence {
  return { found: false, why, isOutOfReach: true };
}
