import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { makeId } from '../../src/base/ids.ts';
import type { Random } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import type { Client } from '../../src/sdk/client.ts';
import { type Bundle, blobName, bundleText } from '../../src/spec/bundle.ts';
import type { Run } from '../../src/spec/run.ts';
import type { Json } from '../../src/spec/wire.ts';
import { type Errand, launchOf } from './errands.ts';
import type { Installation } from './installation.ts';

/** What became of an errand, as its user was told. */
export type Story = {
  readonly errand: Errand;
  readonly runId: string;
  /** As last seen; null when it did not end in time. */
  readonly run: Run | null;
  /** All that the server ever told of it: acknowledged, and so never to be lost. */
  readonly told: readonly Json[];
  /** By `allocation/attempt/rank`. */
  readonly logs: ReadonlyMap<string, string>;
};

const LOOK_MS = 150;
/** A run of a second or two, whose server is killed all the while. */
const END_MS_MAX = 120_000;

/** Runs an errand to its end as a command would: what gets no answer is asked for again. */
export async function runErrand(
  place: Installation,
  {
    errand,
    random,
    begin,
    news,
  }: {
    readonly errand: Errand;
    readonly random: Random;
    readonly begin: (runId: string) => void;
    /** Called whenever the server has more to tell of it. */
    readonly news: (runId: string) => void;
  },
): Promise<Story> {
  const runId = makeId('run', asEpochMs(Date.now()), random);
  begin(runId);
  const bundleId = errand.taskText.includes('workdir') ? await sendWord(place, runId) : null;
  const request = { ...launchOf(errand, place), bundleId };
  await place.insist((client) => client.launch(runId, request));
  const stopping = errand.stopAfterMs === undefined ? null : stop(place, runId, errand.stopAfterMs);
  const told: Json[] = [];
  const run = await watch(place, runId, { told, news });
  await stopping;
  const logs = run === null ? new Map<string, string>() : await readLogs(place, run);
  return { errand, runId, run, told, logs };
}

async function stop(place: Installation, runId: string, afterMs: number): Promise<void> {
  await delay(afterMs);
  await place.insist((client) => client.stop(runId));
}

async function watch(
  place: Installation,
  runId: string,
  { told, news }: { readonly told: Json[]; readonly news: (runId: string) => void },
): Promise<Run | null> {
  const until = Date.now() + END_MS_MAX;
  while (Date.now() < until) {
    const { run } = await place.insist((client) => client.run(runId));
    const events = await place.insist((client) => client.events(runId, told.length));
    told.push(...events);
    if (events.length > 0) news(runId);
    if (run.state === 'ended') return run;
    await delay(LOOK_MS);
  }
  return null;
}

async function readLogs(place: Installation, run: Run): Promise<ReadonlyMap<string, string>> {
  const logs = new Map<string, string>();
  for (const { allocation, attempt, rank, startedAt } of run.nodes) {
    if (startedAt === null) continue;
    const from = { allocation, attempt, rank, offset: 0 };
    const { bytes } = await place.insist((client) => client.logs(run.runId, from, 0));
    logs.set(`${allocation}/${attempt}/${rank}`, new TextDecoder().decode(bytes));
  }
  return logs;
}

/** A working directory of one file, with words that no other run has sent. */
async function sendWord(place: Installation, runId: string): Promise<string> {
  const bytes = new TextEncoder().encode(`word of ${runId}\n`);
  const file = { mode: 0o644, size: bytes.length, sha256: sha256(bytes) };
  const entries = [{ kind: 'file' as const, path: 'word', ...file }];
  const sources = [{ path: '.', entries }];
  const bundle: Bundle = { schema: 'kedge.bundle/v1', task: sha256(bytes), sources };
  const bundleId = sha256(bundleText(bundle));
  await place.insist((client) =>
    sendBundle(client, { bundleId, bundle, name: blobName(file), bytes }),
  );
  return bundleId;
}

async function sendBundle(
  client: Client,
  {
    bundleId,
    bundle,
    name,
    bytes,
  }: {
    readonly bundleId: string;
    readonly bundle: Bundle;
    readonly name: string;
    readonly bytes: Uint8Array;
  },
): Promise<void> {
  while ((await client.putBundle(bundleId, bundle)).length > 0) {
    await client.putBlob(name, { bytes: once(bytes), size: bytes.length });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
