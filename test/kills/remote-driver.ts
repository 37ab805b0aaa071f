import { request } from 'node:http';
import { deserialize, serialize } from 'node:v8';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { isErrorCode, KedgeError } from '../../src/base/errors.ts';
import type { Driver } from '../../src/ports/driver.ts';

/** What the virtual provider answers. */
export type Reply =
  | { readonly value: unknown }
  | { readonly code: string; readonly message: string };

/** The driver of a virtual provider that lives in another process, at that socket. */
export function remoteDriver(socketPath: string): Driver {
  const clock = systemClock();
  const like = fakeDriver({ clock, random: () => 0, ledger: new Ledger(), script: CALM });
  const parts = Object.entries(like).map(([name, part]) => {
    const call = (...args: readonly unknown[]) => ask(socketPath, [name, args]);
    return [name, typeof part === 'function' ? call : part];
  });
  return Object.fromEntries(parts) as Driver;
}

async function ask(socketPath: string, question: unknown): Promise<unknown> {
  const reply = deserialize(await post(socketPath, serialize(question))) as Reply;
  if ('value' in reply) return reply.value;
  throw new KedgeError(isErrorCode(reply.code) ? reply.code : 'driver.no-reply', reply.message);
}

function post(socketPath: string, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: '/' }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve(Buffer.concat(chunks)));
      reply.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
