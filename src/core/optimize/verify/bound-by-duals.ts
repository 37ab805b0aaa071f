import type { BoundTree, Duals } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { choiceLeast } from './bound-choice.ts';
import { divisibleLeast } from './bound-divisible.ts';
import { type Prices, pricesOf } from './bound-prices.ts';
import {
  ANY,
  NO_RANGES,
  type Range,
  type Ranges,
  type Scope,
  scopeOf,
  type TaskLeast,
} from './bound-scope.ts';
import { servingLeast } from './bound-serving.ts';

/*
 * Problem: what prices prove, of the whole problem and of the parts that a search splits it into.
 * Method: weak duality, in exact integers: whatever the prices, their sum is a bound. A split says
 * of one option that so many machines or fewer are hired, or more: one of the two is so, and the
 * lower bound of both holds. Leaves share what their prices give for tasks that are not split.
 * Complexity: O(options) for each set of prices, and for each leaf what its splits restrict.
 */

/** Grains of the objective; null where it is proven that nothing is possible. */
export type Grains = bigint | null;

export function boundByDuals(problem: Problem, duals: Duals): Grains {
  return leastAt(leastByTask(scopeOf(problem), duals), new Map());
}

/** What each task costs at least if nothing that it shares has a price. */
export function leastAlone(scope: Scope): readonly Grains[] {
  const none = { of: 0, per: 1 };
  const tasks = scope.problem.tasks.map(() => []);
  return leastByTask(scope, { pools: [], offers: [], budget: none, tasks }).free;
}

/** The least bound of the leaves; null where none is possible. */
export function boundByTree(problem: Problem, tree: BoundTree): Grains {
  const scope = scopeOf(problem);
  const known = new Map<Duals, Leasts>();
  const open: Open[] = [{ tree, splits: null }];
  let least: Grains = null;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('split' in node.tree) {
      open.push(...halvesOf(node.tree, node.splits));
      continue;
    }
    const { duals } = node.tree;
    const leasts = known.get(duals) ?? leastByTask(scope, duals);
    known.set(duals, leasts);
    const bound = leastAt(leasts, rangesOf(node.splits));
    if (bound !== null && (least === null || bound < least)) least = bound;
  }
  return least;
}

type Leasts = {
  readonly prices: Prices;
  readonly tasks: readonly TaskLeast[];
  /** Of each task where nothing restricts it. */
  readonly free: readonly Grains[];
};

function leastByTask(scope: Scope, duals: Duals): Leasts {
  const prices = pricesOf(scope.problem, duals);
  const tasks = scope.problem.tasks.map(({ work }, index) => {
    switch (work.kind) {
      case 'choice':
        return choiceLeast(scope, { index, work }, prices);
      case 'divisible':
        return divisibleLeast(scope, { index, work }, prices);
      case 'serving':
        return servingLeast(scope, { index, work }, prices);
    }
  });
  return { prices, tasks, free: tasks.map((least) => least(NO_RANGES)) };
}

function leastAt({ prices, tasks, free }: Leasts, restricted: ReadonlyMap<number, Ranges>): Grains {
  let sum = -prices.ofLimits;
  for (const [index, least] of tasks.entries()) {
    const ranges = restricted.get(index);
    const grains = ranges === undefined ? free[index]! : least(ranges);
    if (grains === null) return null;
    sum += grains;
  }
  return sum;
}

/** What is split on the way from the root, last first. */
type Splits = {
  readonly task: number;
  readonly option: number;
  readonly range: Range;
  readonly above: Splits | null;
};

type Open = { readonly tree: BoundTree; readonly splits: Splits | null };

function halvesOf(
  { split, atMost, more }: Extract<BoundTree, { readonly split: unknown }>,
  above: Splits | null,
): readonly Open[] {
  const { task, option, at } = split;
  const half = (tree: BoundTree, range: Range): Open => ({
    tree,
    splits: { task, option, range: Number.isSafeInteger(at) ? range : ANY, above },
  });
  return [
    half(atMost, { atLeast: 0, atMost: at }),
    half(more, { atLeast: Math.max(0, at + 1), atMost: Infinity }),
  ];
}

/** All that the splits say, by task and option. */
function rangesOf(splits: Splits | null): ReadonlyMap<number, Ranges> {
  const byTask = new Map<number, Map<number, Range>>();
  for (let one = splits; one !== null; one = one.above) {
    const ranges = byTask.get(one.task) ?? new Map<number, Range>();
    const { atLeast, atMost } = ranges.get(one.option) ?? ANY;
    ranges.set(one.option, {
      atLeast: Math.max(atLeast, one.range.atLeast),
      atMost: Math.min(atMost, one.range.atMost),
    });
    byTask.set(one.task, ranges);
  }
  return byTask;
}
