import fc from 'fast-check';
import { type Choice, choiceCost, type Placement, possible, restrict } from './placement.ts';

const costs = fc.nat(50);
const pairCosts = fc.oneof(
  { weight: 5, arbitrary: costs },
  { weight: 1, arbitrary: fc.constant(Infinity) },
);

/** So small that every choice can be tried; of some places nothing can be made. */
export const placements: fc.Arbitrary<Placement> = fc
  .record({
    nodes: fc.array(fc.array(costs, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    }),
    pairs: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(4)), {
      maxLength: 8,
      selector: ([a, b]) => Math.min(a, b) * 5 + Math.max(a, b),
    }),
    fill: fc.array(pairCosts, { minLength: 128, maxLength: 128 }),
  })
  .map(({ nodes, pairs, fill }): Placement => {
    let at = 0;
    return {
      nodes: nodes.map((own, task) => ({
        task,
        places: own.map((_, place) => `place ${place}`),
        options: own.map((_, place) => place),
        costs: Float64Array.from(own),
      })),
      pairs: pairs
        .filter(([a, b]) => a !== b && a < nodes.length && b < nodes.length)
        .map(([a, b]) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const size = nodes[low]!.length * nodes[high]!.length;
          return { low, high, costs: Float64Array.from({ length: size }, () => fill[at++ % 128]!) };
        }),
    };
  });

/** Of which every place can be part of something. */
export const sound = placements
  .map((placement) => {
    const kept = possible(placement);
    return kept === null ? null : restrict(placement, kept);
  })
  .filter((placement) => placement !== null);

export function everyChoice({ nodes }: Placement): readonly Choice[] {
  return nodes.reduce<readonly Choice[]>(
    (all, { places }) => all.flatMap((choice) => [...places.keys()].map((at) => [...choice, at])),
    [[]],
  );
}

export function leastOf(placement: Placement): number {
  return Math.min(...everyChoice(placement).map((choice) => choiceCost(placement, choice)));
}
