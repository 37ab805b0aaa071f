import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { KedgeError } from '../../src/base/errors.ts';
import { type Client, connect } from '../../src/sdk/client.ts';

/** A client, and something at its address that treats each connection in this way. */
async function against(
  treat: (socket: Socket) => void,
  body: (client: Client, interrupt: AbortController) => Promise<void>,
): Promise<void> {
  const server = createServer((socket) => socket.once('data', () => treat(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const interrupt = new AbortController();
  const options = { version: '1', timeoutMs: 200, signal: interrupt.signal };
  try {
    await body(connect({ url, token: 't' }, options), interrupt);
  } finally {
    server.close();
  }
}

describe('a client', () => {
  const gone = { code: 'server.not-running' };
  const half = 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"schema"';

  it('takes a server that dies in the middle of its answer for one that does not run', async () => {
    const dies = (socket: Socket): void => void socket.end(half, () => socket.destroy());
    await against(dies, (client) => assert.rejects(client.health(), gone));
    await against(
      (socket) => socket.destroy(),
      (client) => assert.rejects(client.health(), gone),
    );
  });

  it('does not wait for ever for one that says nothing, or stops half-way', async () => {
    const sockets: Socket[] = [];
    for (const said of ['', half]) {
      const treat = (socket: Socket): void => void (sockets.push(socket), socket.write(said));
      await against(treat, (client) => assert.rejects(client.health(), gone));
    }
    for (const socket of sockets) socket.destroy();
  });

  it('lets go at once when it is interrupted, with the reason', async () => {
    const reason = new Error('enough');
    const sockets: Socket[] = [];
    await against(
      (socket) => void sockets.push(socket),
      async (client, interrupt) => {
        const asked = client.logs('r', { allocation: 0, attempt: 1, rank: 0, offset: 0 }, 60_000);
        interrupt.abort(reason);
        await assert.rejects(asked, reason);
      },
    );
    for (const socket of sockets) socket.destroy();
  });

  it('keeps the words of an answer that is not of Kedge to itself', async () => {
    const page = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 4\r\n\r\n<htm';
    await against(
      (socket) => void socket.end(page),
      (client) => assert.rejects(client.health(), { code: 'server.failed', message: /502/ }),
    );
  });

  it('passes on why bytes cannot be read, and why a server does not take them', async () => {
    const mine = new KedgeError('input.unreadable', 'it has changed');
    async function* breaks(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1000);
      await Promise.reject(mine);
    }
    const waits = (): void => {};
    await against(waits, async (client) => {
      await assert.rejects(client.putBlob('b', { bytes: breaks(), size: 2000 }), mine);
    });
    const body = JSON.stringify({ code: 'state.disk-full', detail: 'full' });
    const refusal = `HTTP/1.1 503 No\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(65_536);
    }
    await against(
      (socket) => void socket.write(refusal),
      async (client) => {
        const blob = { bytes: endless(), size: 1e12 };
        await assert.rejects(client.putBlob('b', blob), { code: 'state.disk-full' });
      },
    );
    await against(
      (socket) => socket.destroy(),
      (client) => assert.rejects(client.putBlob('b', { bytes: endless(), size: 1e12 }), gone),
    );
  });
});
