import type { Problem, ProblemTask } from '../model/problem.ts';

/** Groups of tasks, each in order, the first of each group in order. */
export type Parts = readonly (readonly number[])[];

/**
 * Tasks that have nothing to do with each other are in different parts: the best answers of the
 * parts are the best answer to the whole. What is limited couples those that could use it up.
 * O(options + groups).
 */
export function independentParts(problem: Problem): Parts {
  const { budgetMicros, nanosPerHourMax } = problem.limits;
  const groups = new Groups(problem.tasks.length);
  if (budgetMicros !== null || nanosPerHourMax !== null) groups.join([...problem.tasks.keys()]);
  joinByOrder(problem, groups);
  for (const sharers of shortOf(problem)) groups.join(sharers);
  return groups.list();
}

/** The same as if there were enough of all that is limited. */
export function looseParts(problem: Problem): Parts {
  const groups = new Groups(problem.tasks.length);
  joinByOrder(problem, groups);
  return groups.list();
}

/** Where data, places or a deadline make it matter what a task comes after. */
function joinByOrder({ tasks, limits, offers, transfers, apart }: Problem, groups: Groups): void {
  for (const { from, to } of transfers) groups.join([from, to]);
  for (const group of apart) groups.join(group.tasks);
  const isTimed =
    limits.deadlineS !== null ||
    transfers.length > 0 ||
    tasks.some((task) => task.needs.length > 0 && task.limits.deadlineS !== null) ||
    offers.some(({ laterPrices }) => laterPrices.length > 0);
  if (!isTimed) return;
  for (const [index, { needs }] of tasks.entries()) groups.join([index, ...needs]);
}

/** For each offer and pool that all tasks together could use up, those that use it. */
function shortOf({ tasks, offers, pools }: Problem): readonly (readonly number[])[] {
  const isLimited = offers.map(({ available, uses }) => available !== null || uses.length > 0);
  if (!isLimited.includes(true)) return [];
  const ofOffers = new Map<number, Taken>();
  const ofPools = new Map<number, Taken>();
  for (const [index, task] of tasks.entries()) {
    const machines = new Map<number, number>();
    const units = new Map<number, number>();
    const { options } = task.work;
    for (let option = 0; option < options.length; option++) {
      const { offer } = options[option]!;
      if (!isLimited[offer]) continue;
      const { most, hours } = mostOf(task, option);
      raise(machines, offer, most);
      for (const { pool, amount } of offers[offer]!.uses) {
        const each = pools[pool]!.per === 'machine' ? most : most * hours;
        if (amount > 0 && each > 0) raise(units, pool, amount * each);
      }
    }
    for (const [offer, most] of machines) takenOf(ofOffers, offer).add(index, most);
    for (const [pool, most] of units) takenOf(ofPools, pool).add(index, most);
  }
  return [
    ...[...ofOffers].map(([offer, taken]) => taken.short(offers[offer]!.available ?? Infinity)),
    ...[...ofPools].map(([pool, taken]) => taken.short(pools[pool]!.limit)),
  ];
}

/** The most machines that are of any use, and for how long. */
function mostOf(
  { work }: ProblemTask,
  index: number,
): { readonly most: number; readonly hours: number } {
  if (work.kind === 'choice') {
    const { machines, hours } = work.options[index]!;
    return { most: machines, hours };
  }
  if (work.kind === 'serving') return { most: Infinity, hours: work.hours };
  const { throughput } = work.options[index]!;
  if (throughput <= 0) return { most: 0, hours: 0 };
  if (work.per === 'hour') return { most: Infinity, hours: Infinity };
  return { most: Math.ceil(work.units / throughput), hours: 1 };
}

function raise(most: Map<number, number>, key: number, value: number): void {
  most.set(key, Math.max(most.get(key) ?? 0, value));
}

function takenOf(all: Map<number, Taken>, key: number): Taken {
  const known = all.get(key);
  if (known !== undefined) return known;
  const taken = new Taken();
  all.set(key, taken);
  return taken;
}

/** What tasks take of one thing, if each takes the most it can. */
class Taken {
  readonly #tasks: number[] = [];
  #sum = 0;

  add(task: number, most: number): void {
    this.#tasks.push(task);
    this.#sum += most;
  }

  /** Those that take of it, where there may not be enough for all. */
  short(limit: number): readonly number[] {
    return this.#sum > limit ? this.#tasks : [];
  }
}

/** Tasks that are joined, by union and find. */
class Groups {
  readonly #parents: number[];

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, index) => index);
  }

  join([first, ...others]: readonly number[]): void {
    for (const other of others) this.#parents[this.#rootOf(other)] = this.#rootOf(first!);
  }

  list(): Parts {
    return [...Map.groupBy(this.#parents.keys(), (task) => this.#rootOf(task)).values()];
  }

  #rootOf(task: number): number {
    let root = task;
    while (this.#parents[root] !== root) {
      this.#parents[root] = this.#parents[this.#parents[root]!]!;
      root = this.#parents[root]!;
    }
    return root;
  }
}
