/**
 * A user who looks, from a process of their own: asks in turns for the newest runs with their
 * places in line, for one run, and for why it waits; tells the milliseconds of each answer when
 * the channel says that it is over.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../src/sdk/client.ts';

/** Looks a second, of each of the three kinds. */
const PAUSE_MS = 30;
const NEWEST = 20;

export type Told = { readonly runs: number[]; readonly show: number[]; readonly why: number[] };

const [url = '', token = ''] = process.argv.slice(2);
const client = connect({ url, token }, { version: 'bench' });
const told: Told = { runs: [], show: [], why: [] };
let ids: readonly string[] = [];
const over = new AbortController();
process.on('message', (message: readonly string[] | 'over') => {
  if (message === 'over') over.abort();
  else ids = message;
});
while (!over.signal.aborted) {
  await timed('runs', async () => {
    const runs = await client.runs({ after: null, limit: NEWEST });
    const [to, from] = [runs[0]?.runId, runs.at(-1)?.runId];
    if (to !== undefined && from !== undefined) await client.positions({ from, to });
  });
  const runId = ids[Math.floor(Math.random() * ids.length)];
  if (runId === undefined) continue;
  await timed('show', async () => {
    await Promise.all([client.run(runId), client.queue(runId)]);
  });
  await timed('why', async () => {
    await client.why(runId);
  });
}
process.send?.(told, () => process.exit());

async function timed(kind: keyof Told, work: () => Promise<void>): Promise<void> {
  const before = performance.now();
  await work();
  told[kind].push(performance.now() - before);
  await delay(PAUSE_MS);
}
