import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { seededRandom } from '../../src/base/rng.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import type { RunKey, Store } from '../../src/ports/store.ts';

/** What a writer writes to. */
export const WRITTEN: RunKey = { tenantId: 'default', runId: 'run_1' };

const writers: ChildProcess[] = [];
after(() => {
  for (const writer of writers) writer.kill('SIGKILL');
});

/** A process that writes to the store of that file or URL until it is killed. */
export function startWriter(where: string): ChildProcess {
  const child = join(import.meta.dirname, 'store-child.ts');
  const writer = spawn(process.execPath, [child, where], { stdio: ['ignore', 'pipe', 'inherit'] });
  writers.push(writer);
  return writer;
}

/**
 * Kills a writer again and again: after each kill the store has all that was acknowledged, and
 * its rows are the fold of its log. `open` opens the store that the dead writer has left.
 */
export async function killWriters(
  where: string,
  { kills, open }: { readonly kills: number; readonly open: () => Promise<Store> },
): Promise<void> {
  const random = seededRandom(20260601);
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill++) {
    acknowledged += await killAfter(startWriter(where), Math.floor(random() * 40));
    const store = await open();
    const events = await store.pageEvents(WRITTEN, 0, 100_000);
    const known = events.filter((event) => event.type === 'run.queued').length;
    // The kill may come between a commit and its acknowledgement, and so keep one more.
    assert.ok(known >= acknowledged && known <= acknowledged + 1, `${known}, ${acknowledged}`);
    acknowledged = known;
    assert.deepEqual((await store.readRun(WRITTEN)).run, events.reduce(foldRun, null as never));
    await store.close();
  }
  assert.ok(acknowledged > kills);
}

/** Kills a writer after so many acknowledgements; resolves to how many it gave until it died. */
async function killAfter(writer: ChildProcess, count: number): Promise<number> {
  const exited = once(writer, 'exit');
  let told = -1;
  for await (const _ of createInterface(writer.stdout!)) {
    if (++told === count) writer.kill('SIGKILL');
  }
  await exited;
  return told;
}
