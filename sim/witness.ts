import { KedgeError } from '../src/base/errors.ts';
import type { Claim, RunKey, Store } from '../src/ports/store.ts';
import type { NewEvent } from '../src/spec/event.ts';
import { over } from './over.ts';
import type { Places } from './places.ts';

export type AckedEvent = { readonly runId: string; readonly event: NewEvent };

/** A clock that catches up with a time of day that was set is faster by so much. */
const LEASE_DRIFT_MAX = 0.1;

/**
 * Stands between the world and a store, and writes down what only a bystander sees at the moment
 * of a write: who was allowed to, and what was true at the provider.
 */
export class Witness {
  readonly breaks: string[] = [];
  /** Events whose writing the store has acknowledged. */
  readonly acked: AckedEvent[] = [];
  readonly #newestTokens = new Map<string, number>();
  /** Until when a run may be claimed by nobody else, by a clock that nobody sets. */
  readonly #heldUntil = new Map<string, number>();
  readonly #now: () => number;
  readonly #places: Places;

  constructor(places: Places, now: () => number) {
    this.#places = places;
    this.#now = now;
  }

  watch(store: Store): Store {
    return over(store, {
      claimDue: async (options) => {
        const claims = await store.claimDue(options);
        for (const claim of claims) this.#claimed(claim, options.leaseMs);
        return claims;
      },
      renew: async (claim, leaseMs) => {
        const renewed = await store.renew(claim, leaseMs);
        this.#checkToken(claim, 'renew');
        this.#held(claim, leaseMs);
        return renewed;
      },
      release: async (claim, ...rest) => {
        await store.release(claim, ...rest);
        this.#heldUntil.delete(claim.runId);
      },
      createRun: (key, request, events) =>
        this.#written(key, events, () => store.createRun(key, request, events)),
      append: (key, actor, events) =>
        this.#written(key, events, () => store.append(key, actor, events)),
      writeIntent: (claim, events) =>
        this.#fenced(claim, events, () => store.writeIntent(claim, events)),
      place: async (claim, placing) => {
        const placed = await store.place(claim, placing);
        this.#checkToken(claim, 'place');
        if (placed.placed) {
          for (const event of placing.intent) this.acked.push({ runId: claim.runId, event });
        }
        return placed;
      },
      writeOutcome: (claim, events) =>
        this.#fenced(claim, events, () => store.writeOutcome(claim, events)),
    });
  }

  /** The store was opened anew: whoever held a run is dead. */
  reopened(): void {
    this.#heldUntil.clear();
  }

  #held({ runId }: Claim, leaseMs: number): void {
    this.#heldUntil.set(runId, this.#now() + leaseMs * (1 - LEASE_DRIFT_MAX));
  }

  #claimed(claim: Claim, leaseMs: number): void {
    const { runId, token } = claim;
    if (this.#now() < (this.#heldUntil.get(runId) ?? 0)) {
      this.breaks.push(`${runId} was claimed before its lease had run out`);
    }
    this.#held(claim, leaseMs);
    const newest = this.#newestTokens.get(runId) ?? 0;
    if (token <= newest) this.breaks.push(`${runId} was claimed under token ${token} twice`);
    this.#newestTokens.set(runId, token);
  }

  async #fenced<Result>(
    claim: Claim,
    events: readonly NewEvent[],
    write: () => Promise<Result>,
  ): Promise<Result> {
    const result = await this.#written(claim, events, write);
    this.#checkToken(claim, events.map(({ type }) => type).join(', '));
    return result;
  }

  async #written<Result>(
    { runId }: RunKey,
    events: readonly NewEvent[],
    write: () => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await write();
      for (const event of events) this.acked.push({ runId, event });
      await this.#checkEnds(runId, events);
      return result;
    } catch (error) {
      // A user's wish may come too late.
      const isWish = events.some(({ type }) => type === 'move.requested');
      const isIllegal = error instanceof KedgeError && error.code === 'state.illegal-transition';
      if (isIllegal && !isWish) {
        this.breaks.push(`an event that cannot happen was to be written: ${error.message}`);
      }
      throw error;
    }
  }

  #checkToken({ runId, token }: Claim, what: string): void {
    const newest = this.#newestTokens.get(runId) ?? 0;
    if (token < newest) this.breaks.push(`a stale write to ${runId} was taken: ${what}`);
  }

  /** A node is written down as ended only when its machine is gone (fault 5). */
  async #checkEnds(runId: string, events: readonly NewEvent[]): Promise<void> {
    if (!events.some(({ type }) => type === 'node.ended')) return;
    const live = (await this.#places.live()).filter((ref) => ref.runId === runId);
    for (const { type, data } of events) {
      if (type !== 'node.ended') continue;
      const { allocation, attempt, rank } = data;
      const name = `${runId}/${allocation}/${attempt}/${rank}`;
      const lives = live.some((ref) => {
        return ref.allocation === allocation && ref.attempt === attempt && ref.rank === rank;
      });
      if (lives) this.breaks.push(`the row of ${name} was closed while its machine lives`);
    }
  }
}
