import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { Pool, ProblemOffer } from './problem.ts';
import type { TaskProblem } from './task-problem.ts';

const NONE: ProblemOffer['uses'] = [];

/**
 * Hours that are paid for are an offer at price 0, which takes of a pool of what is left of them;
 * its machines are those of the offer that it is a part of, so that both take of these.
 */
export class PaidPools {
  readonly #pools: Pool[] = [];
  readonly #indices = new Map<string, number>();
  readonly #isPaid: boolean;
  /** For each task the names of offers of which a part is paid. */
  readonly #paidOf: ReadonlyMap<number, ReadonlySet<string>>;

  constructor(matched: readonly TaskProblem[]) {
    const known = new Map(
      [...new Set(matched.map(({ candidates }) => candidates))].map((candidates) => [
        candidates,
        paidAmong(candidates),
      ]),
    );
    this.#paidOf = new Map(matched.map(({ index, candidates }) => [index, known.get(candidates)!]));
    this.#isPaid = [...this.#paidOf.values()].some(({ size }) => size > 0);
  }

  get all(): readonly Pool[] {
    return this.#pools;
  }

  /** What one machine of an offer takes, that is an offer of this task's own. */
  usesOf({ id, paid, available }: Offer, task: number): ProblemOffer['uses'] {
    if (!this.#isPaid) return NONE;
    const name = paid?.of ?? id;
    if (this.#paidOf.get(task)?.has(name) !== true) return [];
    const machines: readonly Pool[] =
      available === null ? [] : [{ id: `machines of ${name}`, per: 'machine', limit: available }];
    const hours: readonly Pool[] =
      paid === undefined
        ? []
        : [{ id: `paid hours of ${name}`, per: 'machine-hour', limit: paid.hours }];
    return [...machines, ...hours].map((pool) => ({ pool: this.#indexOf(pool, task), amount: 1 }));
  }

  #indexOf(pool: Pool, task: number): number {
    const key = `${task} ${pool.id}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.#pools.push(pool) - 1;
    this.#indices.set(key, index);
    return index;
  }
}

/** The names of offers of which a part is paid. */
function paidAmong(candidates: readonly Candidate[]): ReadonlySet<string> {
  return new Set(
    candidates.flatMap(({ offer: { paid } }) => (paid === undefined ? [] : [paid.of])),
  );
}
