import type { BoundTree, Duals, ProblemCertificate } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { Fraction } from '../model/task-problem.ts';
import type { Mix } from './mix-model.ts';
import { worthsAt } from './mix-room.ts';
import type { MixNode } from './mix-search.ts';

/**
 * A search whose splits are counted beyond this proves almost as much by its first ones; a checker
 * multiplies out about two thousand leaves in a second.
 */
const SPLITS_MAX = 2000;
/** Fractions of a micro-dollar; fewer for prices so large that their digits would not fit. */
const FRACTION_BITS = 24;
const WHOLE_MAX = 2 ** 52;
/** What is missing can be made as dear as one likes: this is a billion dollars. */
const PRICE_MAX = 1e15;

/**
 * What a search has proven, for a checker: of each leaf the worth of each bucket, which is what it
 * costs at the prices of machines where it is cheapest. A split on an option is meant of all
 * options that nothing tells apart from it, as verify/verify-serving-bound.ts reads it.
 */
export function certificateOf(problem: Problem, mix: Mix, root: MixNode): ProblemCertificate {
  const kept = keptSplits(root);
  const treeOf = (node: MixNode): BoundTree => {
    const { split } = node;
    if (split === null || !kept.has(node)) return { duals: dualsOf(problem, mix, node) };
    const { option } = mix.kinds[split.kind]!.options[0]!;
    return {
      split: { task: 0, option, at: split.at },
      atMost: treeOf(split.atMost),
      more: treeOf(split.more),
    };
  };
  const tree = treeOf(root);
  return 'duals' in tree ? { proof: 'duals', duals: tree.duals } : { proof: 'tree', tree };
}

/** The splits with the lowest bounds: those that the search needed first. */
function keptSplits(root: MixNode): ReadonlySet<MixNode> {
  const splits: MixNode[] = [];
  const collect = (node: MixNode): void => {
    if (node.split === null) return;
    splits.push(node);
    collect(node.split.atMost);
    collect(node.split.more);
  };
  collect(root);
  if (splits.length <= SPLITS_MAX) return new Set(splits);
  const lowest = splits.toSorted((a, b) => a.relaxed.bound - b.relaxed.bound);
  return new Set(lowest.slice(0, SPLITS_MAX));
}

function dualsOf({ pools, tasks }: Problem, mix: Mix, { relaxed }: MixNode): Duals {
  const { prices, rowPrices } = relaxed;
  const worths = worthsAt(mix, prices);
  const dearest = Math.max(...worths, ...rowPrices);
  const scale = Math.min(1, PRICE_MAX / dearest);
  const fraction = (price: number): Fraction => fractionOf(price * scale);
  const priceOf = (wanted: { pool: number } | { offer: number }): Fraction => {
    const row = mix.rows.findIndex(({ of }) => JSON.stringify(of) === JSON.stringify(wanted));
    return fraction(row < 0 ? 0 : rowPrices[row]!);
  };
  const byBucket = new Map(mix.buckets.map((bucket, index) => [bucket, worths[index]!]));
  const { work } = tasks[0]!;
  const buckets = work.kind === 'serving' ? work.rates.length : 0;
  return {
    pools: pools.map((_, pool) => priceOf({ pool })),
    offers: mix.rows.flatMap(({ of }) =>
      'offer' in of ? [{ offer: of.offer, price: priceOf(of) }] : [],
    ),
    budget: { of: 0, per: 1 },
    tasks: [Array.from({ length: buckets }, (_, bucket) => fraction(byBucket.get(bucket) ?? 0))],
  };
}

/** Rounded down, which a price may always be. */
function fractionOf(price: number): Fraction {
  let per = 2 ** FRACTION_BITS;
  while (per > 1 && (price + 1) * per > WHOLE_MAX) per /= 2;
  return { of: Math.floor(price * per), per };
}
