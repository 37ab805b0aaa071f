import type { Mix } from './mix-model.ts';
import { OVERFLOW_MAX, penaltiesOf } from './mix-room.ts';
import { relaxMix } from './mix-simplex.ts';

/** Of a missing machine: as much as shows where it is missed. */
const PENALTY_LEVEL = 4;
const MACHINES_MAX = 64;

/**
 * Counts that have room, made from any: machines beyond a row's limit are taken away from the kind
 * of which there are most, then one is added at a time, of the kind whose next machine is worth
 * most for its cost while some are missing. Null where that does not lead to room.
 */
export function completeCounts(mix: Mix, counts: readonly number[]): readonly number[] | null {
  let left = withinRows(mix, counts);
  const penalties = penaltiesOf(mix, PENALTY_LEVEL);
  for (let added = 0; added < MACHINES_MAX; added++) {
    const box = { lower: left, upper: left };
    const { optimum, prices } = relaxMix(mix, box, { cutoff: Infinity, near: null, penalties });
    if (optimum === null) return null;
    if (optimum.overflow <= OVERFLOW_MAX) return left;
    const next = mostMissed(mix, left, prices);
    if (next === null) return null;
    left = left.with(next, left[next]! + 1);
  }
  return null;
}

function withinRows({ kinds, rows }: Mix, counts: readonly number[]): readonly number[] {
  let left = counts.map((count, kind) => Math.min(count, kinds[kind]!.most));
  for (const { amounts, limit } of rows) {
    while (amounts.reduce((sum, amount, kind) => sum + amount * left[kind]!, 0) > limit) {
      const taken = amounts.map((amount, kind) => (amount > 0 ? left[kind]! : 0));
      const most = taken.indexOf(Math.max(...taken));
      left = left.with(most, left[most]! - 1);
    }
  }
  return left;
}

function mostMissed(
  { kinds, rows }: Mix,
  counts: readonly number[],
  prices: Float64Array,
): number | null {
  let best: number | null = null;
  let bestWorth = 0;
  kinds.forEach(({ cost, most }, kind) => {
    const more = counts.with(kind, counts[kind]! + 1);
    const hasRoom = rows.every(
      ({ amounts, limit }) =>
        amounts.reduce((sum, amount, other) => sum + amount * more[other]!, 0) <= limit,
    );
    const worth = prices[kind]! / Math.max(1, cost);
    if (more[kind]! > most || !hasRoom || worth <= bestWorth) return;
    best = kind;
    bestWorth = worth;
  });
  return best;
}
