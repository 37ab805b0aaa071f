import type { PlaceBound, PlacePrices, PlaceProof } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { boundByDeadlines } from './bound-by-deadlines.ts';
import { applyPrices, type Left } from './bound-by-places.ts';
import { type DagCosts, dagCosts } from './dag-costs.ts';
import { withoutDominated } from './dominated-places.ts';
import { leastOfPlaces, NO_PRICES } from './least-of-places.ts';

/*
 * Problem: which value no placement of a pipeline is below, by the proof that came with it.
 * Method: prices are taken as they are (bound-by-places.ts); places that need not be are looked at
 * one by one (dominated-places.ts); splits, eliminations and what deadlines leave
 * (bound-by-deadlines.ts) are redone. All in whole numbers.
 * Complexity: O(pairs × places²) for each set of prices, besides eliminations.
 */

/**
 * Micro-dollars that no answer is below; null where the proof proves nothing. Only for problems of
 * `choice` tasks whose cost is to be least; what else limits an answer (deadlines, pools, budgets
 * of all) can only make it dearer, so that the bound holds with it as well.
 */
export function dagBound(problem: Problem, { value, proof }: PlaceBound): number | null {
  const isPipeline = problem.tasks.every(({ work }) => work.kind === 'choice');
  if (!isPipeline || problem.objective.minimize !== 'cost' || Number.isNaN(value)) return null;
  const costs = dagCosts(problem, value);
  const left = costs.places.map((places) => [...places.keys()]);
  const strict = costs.pairs.filter(({ micros }) => micros.some((row) => row.includes(Infinity)));
  const start = { left, rivals: left, isThinned: false, prices: NO_PRICES };
  return Math.min(value, boundOf(proof, { problem, costs, strict, value, ...start }));
}

type Judged = {
  readonly problem: Problem;
  readonly costs: DagCosts;
  /** Pairs of tasks that cannot be in all places at once. */
  readonly strict: DagCosts['pairs'];
  readonly value: number;
  readonly left: Left;
  /** These, and those that prices left out: no answer there is below the value. */
  readonly rivals: Left;
  /** Places are gone that only those need who have little time. */
  readonly isThinned: boolean;
  /** The latest that were good for something. */
  readonly prices: PlacePrices;
};

function boundOf(proof: PlaceProof, judged: Judged): number {
  const { problem, costs, value } = judged;
  const left = possibleOf(judged);
  if (left.some((places) => places.length === 0)) return value;
  switch (proof.kind) {
    case 'prices': {
      const priced = applyPrices(proof.prices, { costs, value, left });
      if (priced === null)
        return proof.rest === null ? 0 : boundOf(proof.rest, { ...judged, left });
      const bound = Math.max(0, Math.ceil(priced.bound / proof.prices.per));
      if (proof.rest === null || bound >= value) return bound;
      const { prices, rest } = proof;
      return Math.max(bound, boundOf(rest, { ...judged, left: priced.left, prices }));
    }
    case 'dominated': {
      const { drops, rest } = proof;
      const thinned = withoutDominated(drops, { costs, left, rivals: judged.rivals });
      return boundOf(rest, { ...judged, ...thinned, isThinned: true });
    }
    case 'split': {
      const { task, within, without } = proof;
      const names = new Set(proof.places);
      const half = (isWithin: boolean): Judged => {
        const part = left.map((places, index) =>
          index === task
            ? places.filter((place) => names.has(costs.places[task]![place]!.name) === isWithin)
            : places,
        );
        return { ...judged, left: part, rivals: part };
      };
      return Math.min(boundOf(within, half(true)), boundOf(without, half(false)));
    }
    case 'elimination':
      return leastOfPlaces(judged.prices, { costs, value, left }) ?? 0;
    case 'deadlines':
      if (judged.isThinned) return 0;
      return boundByDeadlines(problem, { costs, value, left }, proof.views);
  }
}

/** Without the places that no place of some coupled task goes with, as often as that drops any. */
function possibleOf({ strict, left: all }: Judged): Left {
  const left = [...all];
  for (let isDropped = strict.length > 0; isDropped; ) {
    isDropped = false;
    for (const { from, to, micros } of strict) {
      const rows = left[from]!.filter((row) =>
        left[to]!.some((column) => micros[row]![column] !== Infinity),
      );
      const columns = left[to]!.filter((column) =>
        rows.some((row) => micros[row]![column] !== Infinity),
      );
      isDropped ||= rows.length < left[from]!.length || columns.length < left[to]!.length;
      left[from] = rows;
      left[to] = columns;
    }
  }
  return left;
}
