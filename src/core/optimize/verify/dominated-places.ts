import type { PlaceDrops } from '../model/place-proof.ts';
import type { Left } from './bound-by-places.ts';
import type { DagCosts, DagPair } from './dag-costs.ts';

/*
 * Problem: whether places that a proof drops are needed by no cheapest answer, for the checker.
 * Method: each comes with another place of its task. Wherever the tasks are that it is coupled to, to
 * move there must save at least what all transfers can cost more, each at its worst. Then an
 * answer that moves is no dearer, and the cheapest of what is left as cheap as before. What does
 * not hold drops nothing.
 * Complexity: O(couplings × places) for each place. Whole micro-dollars below 2^53.
 */

type Places = {
  readonly left: Left;
  /**
   * To which an answer may move: those that are left, and those left out because with them no answer
   * is below the value. One that moves there is not either, so that it was not before.
   */
  readonly rivals: Left;
};

/** Without the places that need not be, which are no rivals to others any more. */
export function withoutDominated(
  all: readonly PlaceDrops[],
  { costs, ...before }: Places & { readonly costs: DagCosts },
): Places {
  const [left, rivals] = [[...before.left], [...before.rivals]];
  for (const { task, places } of all) {
    if (left[task] === undefined) continue;
    const named = new Map(costs.places[task]!.map(({ name }, place) => [name, place]));
    const pairs = costs.pairs.filter(({ from, to }) => from === task || to === task);
    const open = new Set(left[task]);
    const free = new Set(rivals[task]);
    for (const [name, other] of places) {
      const [place, by] = [named.get(name) ?? -1, named.get(other) ?? -1];
      if (place === by || !open.has(place) || !free.has(by)) continue;
      if (!isNeedless({ task, place, by }, { costs, pairs, left })) continue;
      open.delete(place);
      free.delete(place);
    }
    left[task] = [...open];
    rivals[task] = [...free];
  }
  return { left, rivals };
}

function isNeedless(
  { task, place, by }: { readonly task: number; readonly place: number; readonly by: number },
  of: { readonly costs: DagCosts; readonly pairs: readonly DagPair[]; readonly left: Left },
): boolean {
  const own = of.costs.places[task]!;
  let saved = own[place]!.micros - own[by]!.micros;
  for (const { from, to, micros } of of.pairs) {
    const costAt = (here: number, there: number): number =>
      from === task ? micros[here]![there]! : micros[there]![here]!;
    let dearer = -Infinity;
    for (const there of of.left[from === task ? to : from]!) {
      const now = costAt(place, there);
      // What cannot be needs no place to move to.
      if (now !== Infinity) dearer = Math.max(dearer, costAt(by, there) - now);
    }
    if (dearer === -Infinity) return true;
    saved -= dearer;
  }
  return saved >= 0;
}
