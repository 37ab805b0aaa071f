import { realpath } from 'node:fs/promises';
import { KedgeError } from '../../base/errors.ts';
import { formatBytes, GIB, parseBytes } from '../../base/units.ts';
import type { Client } from '../../sdk/client.ts';
import type { Context } from '../context.ts';
import { callServer } from '../local-server.ts';
import { StatusLine } from '../status-line.ts';
import type { TaskInput } from '../task-input.ts';
import { type Blob, type FrozenTask, freezeTask } from './freeze-task.ts';
import { hasChanged, readInside } from './read-inside.ts';

const BYTES_MAX_DEFAULT = 2 * GIB;
/** Of a folder that is written to while it is read. */
const TRIES_MAX = 3;
/** Blobs on their way at the same time. */
const SENDS_MAX = 8;

/**
 * Freezes workdir and file mounts, and brings to the server what it lacks of them; gives the
 * bundle's id, null when the task brings nothing. Errors: those of `freezeTask`.
 */
export async function sendTask(context: Context, input: TaskInput): Promise<string | null> {
  const status = new StatusLine(context.io);
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await freezeAndSend(context, input, status);
      } catch (error) {
        if (!hasChanged(error) || tries === TRIES_MAX) throw error;
      }
    }
  } finally {
    status.clear();
  }
}

async function freezeAndSend(
  context: Context,
  input: TaskInput,
  status: StatusLine,
): Promise<string | null> {
  const { dataDir, stateDir } = context.home;
  const frozen = await freezeTask(input, {
    bytesMax: bytesMax(context),
    leaveOut: [dataDir, stateDir],
    blanked: input.isBlanked ? await realpath(input.path) : null,
    onProgress: (done, all) => {
      context.interrupt.throwIfAborted();
      status.show(`kedge: reading ${formatBytes(done)} of ${formatBytes(all)}`);
    },
  });
  if (frozen === null) return null;
  await callServer(context, (client) => send(client, frozen, status));
  return frozen.bundleId;
}

/** Until nothing is missing: a sweep may take an old blob in between. */
async function send(client: Client, frozen: FrozenTask, status: StatusLine): Promise<void> {
  for (let round = 1; ; round++) {
    const missing = await client.putBundle(frozen.bundleId, frozen.bundle);
    if (missing.length === 0) return;
    if (round > TRIES_MAX) {
      throw new KedgeError('server.failed', 'the server does not keep what it is sent', {
        hint: 'see the server log',
      });
    }
    let sent = 0;
    const queue = [...missing];
    const work = async (): Promise<void> => {
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        await sendBlob(client, frozen, name);
        status.show(`kedge: sent ${++sent} of ${missing.length} files`);
      }
    };
    await Promise.all(Array.from({ length: SENDS_MAX }, work));
  }
}

async function sendBlob(client: Client, { blobs }: FrozenTask, name: string): Promise<void> {
  const place = blobs.get(name);
  if (place === undefined) {
    throw new KedgeError('server.failed', `the server asks for ${name}, which is of no file`);
  }
  try {
    await client.putBlob(name, { bytes: bytesOf(place), size: place.size });
  } catch (error) {
    const isOther = error instanceof KedgeError && error.code === 'spec.bad-value';
    if (!isOther) throw error;
    throw new KedgeError('input.unreadable', `${place.path} changed while it was sent`, {
      cause: error,
      hint: 'wait until it is written, or list it in .kedgeignore',
      details: { changed: true },
    });
  }
}

async function* bytesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  if (blob.text === undefined) yield* readInside(blob);
  else yield Buffer.from(blob.text);
}

function bytesMax({ env }: Context): number {
  const text = env['KEDGE_BUNDLE_MAX'];
  const bytes = text ? parseBytes(text) : BYTES_MAX_DEFAULT;
  if (bytes !== undefined) return bytes;
  throw new KedgeError('cli.usage', `KEDGE_BUNDLE_MAX is no size: ${JSON.stringify(text)}`, {
    hint: 'write it as 500MB or 10GB',
  });
}
