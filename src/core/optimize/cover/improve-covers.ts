import type { Random } from '../../../base/rng.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CoverState } from './cover-state.ts';
import { type DiveOptions, dive } from './dive.ts';
import type { SharedPrices } from './master.ts';

/*
 * Problem: cheaper covers of tasks that share offers.
 * Method: large neighbourhood search. A few tasks that use or want the same offers give up theirs
 * and are covered anew by a dive; what is dearer than the best so far by more than a little is put
 * back.
 * Complexity: one dive, of a few tasks mostly, for each attempt, until time is over.
 * Reference: Shaw, Using constraint programming and local search methods to solve vehicle routing
 * problems (CP 1998); Pisinger and Ropke, Large neighborhood search (2010); Dueck, New optimization
 * heuristics: the great deluge algorithm and the record-to-record travel (1993).
 */

/** How much dearer than the best so far covers may be that the search goes on from. */
const WORSE_SHARE = 1e-3;
/** Attempts for each task without anything better, after which it ends: there is hardly more to find. */
const IDLE_MAX = 50;
/** Tasks that take part at least. */
const DIVE_TASKS = 4;
/** Nearly all dives are of a few tasks, some of nearly all. */
const SIZE_POWER = 8;
/** Of a task's latest covers, those whose offers it is said to want. */
const WANTED_COVERS = 4;

export type ImproveOptions = Omit<DiveOptions, 'costMax'> & {
  /** Good enough. */
  readonly costGoal: number;
};

/** The best covers that it comes across, the given ones at worst; every task has one. */
export function improveCovers(
  model: CoupledModel,
  given: CoverState,
  prices: SharedPrices,
  options: ImproveOptions,
): CoverState {
  const state = given.copy();
  let best = given;
  let idle = 0;
  while (best.cost > options.costGoal && !options.isOver() && idle < IDLE_MAX * model.tasks) {
    const costMax = Math.max(state.cost, best.cost * (1 + WORSE_SHARE));
    coverAnew(model, state, prices, { ...options, costMax });
    idle = state.cost < best.cost ? 0 : idle + 1;
    if (state.cost < best.cost) best = state.copy();
  }
  return best;
}

/** Some tasks give up their covers and get others, such that all cost less than the limit. */
function coverAnew(
  model: CoupledModel,
  state: CoverState,
  prices: SharedPrices,
  options: ImproveOptions & DiveOptions,
): void {
  const more = Math.max(0, model.tasks - DIVE_TASKS + 1) * options.random() ** SIZE_POWER;
  const size = Math.min(model.tasks, DIVE_TASKS + Math.floor(more));
  const tasks = neighbours(model, state, { ...options, size });
  const dropped = tasks.map((task) => state.drop(task));
  for (const column of dropped) options.pool.add(column);
  if (dive(model, state, tasks, prices, options)) return;
  for (const task of tasks) if (state.columnOf(task) !== null) state.drop(task);
  for (const column of dropped) state.put(column);
}

/** A random task and those around it, by the offers that they have and that it has or wants. */
export function neighbours(
  model: CoupledModel,
  state: CoverState,
  { size, random, pool }: Pick<ImproveOptions, 'random' | 'pool'> & { readonly size: number },
): readonly number[] {
  const users = usersOf(state);
  const first = Math.floor(random() * model.tasks);
  const chosen = new Set([first]);
  for (const task of chosen) {
    const covers = [state.columnOf(task)!, ...pool.of(task).slice(-WANTED_COVERS)];
    const wanted = new Set(covers.flatMap(({ bought }) => bought.map(([offer]) => offer)));
    for (const offer of shuffled([...wanted], random)) {
      for (const user of shuffled(users.get(offer) ?? [], random)) {
        if (chosen.size >= size) return [...chosen];
        chosen.add(user);
      }
    }
  }
  return [...chosen];
}

function usersOf(state: CoverState): ReadonlyMap<number, readonly number[]> {
  const users = new Map<number, number[]>();
  for (const { task, bought } of state.columns()) {
    for (const [offer] of bought) {
      const those = users.get(offer);
      if (those === undefined) users.set(offer, [task]);
      else those.push(task);
    }
  }
  return users;
}

/** Fisher and Yates. */
export function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
