import type { Random } from '../../../base/rng.ts';
import type { SearchOptions } from '../search/searcher.ts';
import { chooseByTree } from './choice/choose-by-tree.ts';
import { coversOf } from './choose-covers.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CoverState } from './cover-state.ts';
import { choicesOfAll, coversNear } from './near-choices.ts';
import type { HalvedBound } from './price-near-covers.ts';
import { SomeAnew } from './some-anew.ts';
import { TreesInThread } from './trees-in-thread.ts';

/*
 * Problem: an answer that is good enough, near a bound.
 * Method: the covers of the least loss at the prices of the bound are chosen from by a tree, all tasks
 * at once: what costs little more than the bound leaves it few nodes. In another thread, or after
 * that, those of some tasks are chosen anew beside the known covers of the others, again and again: of
 * more tasks where there is nothing better, of fewer where time does not suffice.
 * Complexity: as long as it is given.
 * Reference: Sadykov, Vanderbeck et al., Primal heuristics for branch and price (INFORMS JoC 31,
 * 2019); Fischetti, Monaci, Proximity search for 0-1 mixed-integer convex programming (J. Heuristics
 * 20, 2014), on a bound of the cost as a row.
 */

/** Of the time that is left, what that may take where there is no other thread. */
const WHOLE_TIME_SHARE = 0.4;
/** What one choice of some tasks may take. */
const SOME_MS_MAX = 1500;

export type NearOptions = Pick<SearchOptions, 'clock' | 'trees'> & {
  /** What an answer costs that is good enough. */
  readonly costGoal: number;
  readonly endMs: number;
  readonly random: Random;
};

/** The best covers that it comes across, the given ones at worst. */
export async function chooseNearBound(
  model: CoupledModel,
  given: CoverState,
  halved: HalvedBound,
  options: NearOptions,
): Promise<CoverState> {
  const { costGoal, random, trees } = options;
  const near = coversNear(model, halved, costGoal);
  if (near === null) return given;
  const some = new SomeAnew(model, near, { halved, best: given, random });
  const wholes = choicesOfAll(model, near, { halved, costGoal });
  if (trees !== undefined) {
    const [{ bound }, known] = [halved, given.cost];
    const all = { wholes, some, known, costGoal, bound, random };
    const thread = new TreesInThread(await trees(), all);
    await chooseSome(some, options);
    await thread.end();
    return some.best;
  }
  const isOver = timer(options, (options.endMs - options.clock.now()) * WHOLE_TIME_SHARE);
  const [whole] = wholes;
  if (whole !== undefined) {
    const chosen = chooseByTree(whole.choice, { costMax: whole.costMax, isOver, random });
    const covers = typeof chosen === 'string' ? null : coversOf(whole, chosen);
    if (covers !== null) return covers;
  }
  await chooseSome(some, options);
  return some.best;
}

/** Again and again, until what is found is good enough, here or in another thread. */
async function chooseSome(some: SomeAnew, options: NearOptions): Promise<void> {
  const { clock, costGoal, endMs, random } = options;
  while (some.best.cost > costGoal && !some.isSettled && clock.now() < endMs) {
    const open = some.next();
    const isOver = timer(options, SOME_MS_MAX);
    some.learn(open, chooseByTree(open.choice, { costMax: open.costMax, isOver, random }));
    // Lets other threads have their say.
    await clock.sleep(0);
  }
}

function timer({ clock, endMs }: NearOptions, ms: number): () => boolean {
  const end = Math.min(endMs, clock.now() + ms);
  return () => clock.now() >= end;
}
