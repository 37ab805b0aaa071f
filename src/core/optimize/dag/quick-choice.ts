import type { Coupling, Hired } from './couplings.ts';

/*
 * Problem: some choice that is not bad, before anything of the size of places² is reckoned.
 * Method: task by task the place that is cheapest with those before it, from each of the first
 * task's cheapest places; then moves of one task as long as any helps.
 * Complexity: O(starts × couplings × places) for each round of moves.
 */

export type QuickChoice = {
  /** Of each task; none of those without a place. */
  readonly hired: readonly Hired[];
  /** Micro-dollars; infinite where it is no choice. */
  readonly cost: number;
};

const STARTS = 8;
const ROUNDS_MAX = 10;

/** `places`: of each task, in any order; `order`: of the tasks. */
export function quickChoice(
  places: readonly (readonly Hired[])[],
  {
    couplings,
    order,
  }: { readonly couplings: readonly Coupling[]; readonly order: readonly number[] },
): QuickChoice {
  const ofTask = places.map((_, task) =>
    couplings.filter(({ from, to }) => from === task || to === task),
  );
  const [first] = order;
  const starts = first === undefined ? [] : places[first]!;
  let best: QuickChoice = { hired: [], cost: places.length === 0 ? 0 : Infinity };
  if (places.some((own) => own.length === 0)) return best;
  for (const start of starts.toSorted((a, b) => a.cost - b.cost).slice(0, STARTS)) {
    const hired: (Hired | undefined)[] = places.map(() => undefined);
    hired[first!] = start;
    for (const task of order.slice(1)) hired[task] = cheapest(task, hired);
    moveOn(hired);
    const cost = costOf(hired);
    if (cost < best.cost) best = { hired: hired as Hired[], cost };
  }
  return best;

  function moveOn(hired: (Hired | undefined)[]): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      let isMoved = false;
      for (const task of order) {
        const found = cheapest(task, hired);
        isMoved ||= found !== hired[task];
        hired[task] = found;
      }
      if (!isMoved) return;
    }
  }

  /** With those that are chosen; where it is now, if nothing is cheaper. */
  function cheapest(task: number, hired: readonly (Hired | undefined)[]): Hired {
    let found = hired[task] ?? places[task]![0]!;
    let least = costAt(task, found, hired);
    for (const place of places[task]!) {
      if (place.cost >= least) continue;
      const cost = costAt(task, place, hired);
      if (cost >= least) continue;
      least = cost;
      found = place;
    }
    return found;
  }

  function costAt(task: number, place: Hired, hired: readonly (Hired | undefined)[]): number {
    let cost = place.cost;
    for (const coupling of ofTask[task]!) {
      const isSource = coupling.from === task;
      const other = hired[isSource ? coupling.to : coupling.from];
      if (other === undefined) continue;
      cost += isSource ? coupling.costOf(place, other) : coupling.costOf(other, place);
    }
    return cost;
  }

  function costOf(hired: readonly (Hired | undefined)[]): number {
    const alone = hired.reduce((sum, one) => sum + one!.cost, 0);
    return couplings.reduce(
      (sum, { from, to, costOf: of }) => sum + of(hired[from]!, hired[to]!),
      alone,
    );
  }
}
