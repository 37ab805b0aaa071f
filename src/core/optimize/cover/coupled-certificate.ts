import type { ProblemCertificate } from '../model/answer.ts';
import { countPrices } from './count-prices.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CutBound } from './cut-columns.ts';
import { type Generated, POOL_PARTS } from './generate-columns.ts';
import type { LinearBound } from './linear-bound.ts';
import type { SharedPrices } from './master.ts';
import type { HalvedBound } from './price-near-covers.ts';
import type { FloorProof } from './prove-by-tree.ts';

/** What is known to prove something, each more than the one before it. */
export type Proven = {
  readonly linear: LinearBound | null;
  readonly generated: Generated | null;
  readonly cut: CutBound | null;
  readonly halved: HalvedBound | null;
  /** Of a floor above the bound of the one before it, from the covers near that. */
  readonly tree: FloorProof | null;
};

/** The plainest one that proves enough, else the one that proves the most; null for none. */
export function certificateOf(
  { available, tasks }: CoupledModel,
  { linear, generated, cut, halved, tree }: Proven,
  boundGoal: number,
): ProblemCertificate | null {
  if (linear === null) return null;
  const isBetter = generated !== null && generated.bound > linear.bound;
  if (linear.bound >= boundGoal || !isBetter) return { proof: 'duals', duals: linear.duals };
  const counted = halved ?? cut;
  if (counted !== null) {
    const covers = countPrices(available, tasks, { ...counted, floorProof: tree });
    return { proof: 'duals', duals: linear.duals, covers };
  }
  return {
    proof: 'duals',
    duals: {
      pools: fractions(generated.prices.pools, POOL_PARTS),
      offers: pricedOffers(generated.prices),
      budget: { of: 0, per: 1 },
      tasks: Array.from({ length: tasks }, () => []),
    },
  };
}

function pricedOffers({ offers }: SharedPrices) {
  return [...offers].flatMap((of, offer) => (of > 0 ? [{ offer, price: { of, per: 1 } }] : []));
}

function fractions(values: Float64Array, per: number) {
  return Array.from(values, (value) => ({ of: Math.round(value * per), per }));
}
