import { setTimeout as delay } from 'node:timers/promises';
import { openPostgresStore } from '../../src/adapters/stores/postgres/postgres-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import type { Claim, Store } from '../../src/ports/store.ts';

/**
 * A process to be stopped and woken again: claims the run of the store of argv[2], a URL, or else
 * of the process that has started it, and writes to it as fast as it can for as long as it is let;
 * then claims anew. Says `held` after its first write, and `stale`, with the token. Ends when nobody reads any more.
 */
export const HOLDER_LEASE_MS = 200;

export type FromHolder =
  | { readonly call: number; readonly method: keyof Store; readonly args: readonly unknown[] }
  | { readonly held: number }
  | { readonly stale: number };
export type ToHolder = {
  readonly call: number;
  readonly result?: unknown;
  readonly code?: KedgeError['code'];
};

if (process.send !== undefined && import.meta.main) {
  process.on('disconnect', () => process.exit());
  await hold(await openStore(process.argv[2]));
}

type Held = Pick<Store, 'claimDue' | 'renew' | 'writeIntent' | 'writeOutcome'>;

async function hold(store: Held): Promise<void> {
  for (;;) {
    const [claim] = await store.claimDue({ leaseMs: HOLDER_LEASE_MS, limit: 1 });
    if (claim === undefined) await delay(5);
    else await write(store, claim);
  }
}

async function write(store: Held, claim: Claim): Promise<void> {
  for (let count = 1; ; count++) {
    const reason = `${claim.token}:${count}`;
    const told = [{ type: 'run.queued' as const, data: { reason } }];
    try {
      if (count % 2 === 0) await store.writeOutcome(claim, told);
      else await store.writeIntent(claim, told);
      if (count === 1) tell({ held: claim.token });
      await store.renew(claim, HOLDER_LEASE_MS);
      await delay(5);
    } catch (error) {
      const code = error instanceof KedgeError ? error.code : 'bug';
      if (code === 'state.stale-lease') return tell({ stale: claim.token });
      // A database ends the transaction of who was stopped in the middle of it: it tries again.
      if (code !== 'state.unavailable') throw error;
    }
  }
}

async function openStore(url: string | undefined): Promise<Held> {
  if (url === undefined) return storeOfParent();
  return openPostgresStore({ url, random: Math.random, fold: foldRun });
}

/** A database that one process alone may open is written to through that process. */
function storeOfParent(): Held {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  process.on('message', ({ call, result, code }: ToHolder) => {
    const answer = waiting.get(call)!;
    waiting.delete(call);
    if (code === undefined) answer.resolve(result);
    else answer.reject(new KedgeError(code, 'refused'));
  });
  let calls = 0;
  const method =
    (name: keyof Store) =>
    (...args: unknown[]): Promise<never> => {
      const call = ++calls;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(call, answer);
      tell({ call, method: name, args });
      return answer.promise as Promise<never>;
    };
  return {
    claimDue: method('claimDue'),
    renew: method('renew'),
    writeIntent: method('writeIntent'),
    writeOutcome: method('writeOutcome'),
  };
}

function tell(message: FromHolder): void {
  process.send!(message);
}
