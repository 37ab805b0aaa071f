import { KedgeError } from '../src/base/errors.ts';
import type { Claim, RunKey, Store } from '../src/ports/store.ts';
import type { NewEvent } from '../src/spec/event.ts';
import { over } from './over.ts';
import type { Provider } from './provider.ts';

export type AckedEvent = { readonly runId: string; readonly event: NewEvent };

/**
 * Stands between the world and a store, and writes down what only a bystander sees at the moment
 * of a write: who was allowed to, and what was true at the provider.
 */
export class Witness {
  readonly breaks: string[] = [];
  /** Events whose writing the store has acknowledged. */
  readonly acked: AckedEvent[] = [];
  readonly #newestTokens = new Map<string, number>();
  readonly #provider: Provider;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  watch(store: Store): Store {
    return over(store, {
      claimDue: async (options) => {
        const claims = await store.claimDue(options);
        for (const claim of claims) this.#claimed(claim);
        return claims;
      },
      renew: async (claim, leaseMs) => {
        const renewed = await store.renew(claim, leaseMs);
        this.#checkToken(claim, 'renew');
        return renewed;
      },
      createRun: (key, request, events) =>
        this.#written(key, events, () => store.createRun(key, request, events)),
      append: (key, actor, events) =>
        this.#written(key, events, () => store.append(key, actor, events)),
      writeIntent: (claim, events) =>
        this.#fenced(claim, events, () => store.writeIntent(claim, events)),
      writeOutcome: (claim, events) =>
        this.#fenced(claim, events, () => store.writeOutcome(claim, events)),
    });
  }

  #claimed({ runId, token }: Claim): void {
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
      if (error instanceof KedgeError && error.code === 'state.illegal-transition') {
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
    await this.#provider.settle();
    const live = this.#provider.ledger.live().filter((ref) => ref.runId === runId);
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
