import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KedgeError } from '../../src/base/errors.ts';
import type { RunKey, Store } from '../../src/ports/store.ts';
import { buildPlan } from '../../src/spec/build-for-tests.ts';
import { type FromHolder, HOLDER_LEASE_MS, type ToHolder } from './lease-holder.ts';

const HELD: RunKey = { tenantId: 'default', runId: 'run_1' };

/**
 * Two processes that want the same run. Whoever holds it is stopped (SIGSTOP) for three leases,
 * again and again; the other takes over meanwhile, and what the first one sends when it wakes must
 * be refused. `url` is of a database that they may open themselves.
 */
export async function pauseHolders(
  store: Store,
  { pauses, url }: { readonly pauses: number; readonly url?: string },
): Promise<void> {
  const request = { taskText: '', baseDir: '/', envs: {}, plan: buildPlan() };
  await store.createRun(HELD, request, [{ type: 'run.created', data: { name: 'held' } }]);
  const holders = [new Holder(store, url), new Holder(store, url)] as const;
  try {
    for (let pause = 0; pause < pauses; pause++) {
      const [holder, other] = await heldBy(holders);
      const token = holder.held;
      holder.child.kill('SIGSTOP');
      await Promise.all([delay(3 * HOLDER_LEASE_MS), until(() => other.held > token)]);
      holder.child.kill('SIGCONT');
      await until(() => holder.stale === token);
    }
  } finally {
    for (const { child } of holders) child.kill('SIGKILL');
    await Promise.all(holders.map(({ child }) => child.exitCode ?? once(child, 'exit')));
  }
  await checkOrder(store, pauses);
}

/** No write of an older claim comes after one of a newer: none was stale. */
async function checkOrder(store: Store, pauses: number): Promise<void> {
  let newest = 0;
  let seq = 0;
  const tokens = new Set<number>();
  for (;;) {
    const page = await store.pageEvents(HELD, seq, 1000);
    if (page.length === 0) break;
    for (const event of page) {
      seq = event.seq;
      if (event.type !== 'run.queued') continue;
      const token = Number(event.data.reason.split(':')[0]);
      assert.ok(token >= newest, `claim ${token} has written after claim ${newest}`);
      newest = token;
      tokens.add(token);
    }
  }
  assert.ok(tokens.size > pauses, `${tokens.size} claims have written`);
}

class Holder {
  readonly child: ChildProcess;
  /** Tokens of its latest claim, and of the latest that it was told to be over. */
  held = 0;
  stale = 0;

  constructor(store: Store, url: string | undefined) {
    const file = join(import.meta.dirname, 'lease-holder.ts');
    this.child = fork(file, url === undefined ? [] : [url]);
    this.child.on('message', (message: FromHolder) => {
      if ('held' in message) this.held = message.held;
      else if ('stale' in message) this.stale = message.stale;
      else void this.#answer(store, message);
    });
  }

  async #answer(store: Store, { call, method, args }: Asked): Promise<void> {
    const answer: ToHolder = await (store[method] as (...args: unknown[]) => Promise<unknown>)
      .apply(store, [...args])
      .then(
        (result) => ({ call, result }),
        (error: unknown) =>
          ({ call, code: error instanceof KedgeError ? error.code : 'bug' }) as never,
      );
    // One that is killed meanwhile reads no answer, and that is no error.
    if (this.child.connected) this.child.send(answer, () => {});
  }
}

type Asked = Extract<FromHolder, { readonly call: number }>;

/** Who holds the run now, and who does not. */
async function heldBy(holders: readonly [Holder, Holder]): Promise<readonly [Holder, Holder]> {
  await until(() => holders.some(({ held, stale }) => held > stale));
  const [one, two] = holders;
  return one.held > two.held ? [one, two] : [two, one];
}

const WAIT_MS_MAX = 30_000;

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    assert.ok(
      waited < WAIT_MS_MAX,
      'nobody else has claimed the run, or a stale claim still writes',
    );
    await delay(5);
  }
}
