import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { NodeRef } from '../../../ports/driver.ts';
import type { ExecPart, ExecRequest } from '../../../ports/exec.ts';
import { readRecord } from '../local/durable-file.ts';
import { notRunning } from '../shared/not-running.ts';
import type { Engine } from './engine.ts';
import { END_SCRIPT, EXEC_SCRIPT } from './exec-script.ts';
import type { ClaimRecord, EndRecord, NodeFolder } from './node-folder.ts';

/** Source: Docker Engine API, "Stream format" of attach: 1 byte stream, 3 zero, 4 length. */
const HEADER_BYTES = 8;
const STREAMS = ['stdin', 'stdout', 'stderr'] as const;
/** What the script says instead of a pid where there is no task. */
const NO_TASK = '-';

/**
 * Runs a command in the container of a node. Engines let it go on when nobody listens any more, so
 * that it is ended by another command; it ends with the container at the latest.
 * Errors: `run.not-running`, `driver.no-reply`.
 */
export async function* execInContainer(
  node: NodeFolder,
  options: {
    readonly ref: NodeRef;
    readonly request: ExecRequest;
    readonly engineAt: (socket: string) => Promise<Engine>;
  },
): AsyncGenerator<ExecPart> {
  const { ref, request, engineAt } = options;
  const claim = await readRecord<ClaimRecord>(node.claimFile);
  if (!claim?.socket || claim.ref.token !== ref.token) throw notRunning(ref, null);
  const end = await readRecord<EndRecord>(node.endFile);
  if (end !== null) throw notRunning(ref, { state: 'ended', ...end });
  const engine = await engineAt(claim.socket);
  const command = ['/bin/sh', '-c', EXEC_SCRIPT, 'kedge-exec', ...request.command];
  const session = await engine.exec(ref, { command, hasStdin: request.stdin !== null });
  if (session === null) throw notRunning(ref, null);
  const { stream } = session;
  const cut = (): unknown => stream.destroy();
  request.signal.addEventListener('abort', cut, { once: true });
  let pid: string | null = null;
  let isOver = false;
  try {
    const parts = partsOf(stream);
    const { line, rest } = await firstLine(parts);
    if (line === NO_TASK) throw notRunning(ref, null);
    pid = line;
    // A command that ends without having read all makes no error.
    if (request.stdin !== null) {
      void pipeline(Readable.from(request.stdin), stream).catch(() => {});
    }
    if (rest.length > 0) yield { stream: 'stdout', bytes: rest };
    yield* parts;
    if (!request.signal.aborted) {
      const exitCode = await session.exitCode();
      isOver = true;
      yield { exitCode };
    }
  } finally {
    request.signal.removeEventListener('abort', cut);
    stream.destroy();
    if (!isOver && pid !== null) {
      const killer = ['/bin/sh', '-c', END_SCRIPT, 'kedge-exec', pid];
      await engine.execDetached(ref, killer).catch(() => {});
    }
  }
}

/** What the script says of itself, before the command says anything. */
async function firstLine(
  parts: AsyncIterator<Output>,
): Promise<{ readonly line: string; readonly rest: Uint8Array }> {
  let bytes = Buffer.alloc(0);
  while (!bytes.includes('\n')) {
    const { value, done } = await parts.next();
    if (done) return { line: NO_TASK, rest: bytes };
    if (value.stream === 'stdout') bytes = Buffer.concat([bytes, value.bytes]);
  }
  const at = bytes.indexOf('\n');
  return { line: bytes.toString('latin1', 0, at), rest: bytes.subarray(at + 1) };
}

type Output = Extract<ExecPart, { stream: unknown }>;

async function* partsOf(stream: Duplex): AsyncGenerator<Output, undefined> {
  let held = Buffer.alloc(0);
  try {
    for await (const bytes of stream) {
      held = Buffer.concat([held, bytes]);
      while (held.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + held.readUInt32BE(4);
        if (held.length < end) break;
        const name = STREAMS[held[0]!];
        const part = held.subarray(HEADER_BYTES, end);
        held = held.subarray(end);
        if (name === 'stdout' || name === 'stderr') yield { stream: name, bytes: part };
      }
    }
  } catch {
    // Cut by us, or by the engine: what there was has been passed on.
  }
}
