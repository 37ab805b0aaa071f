import { z } from 'zod';

/** Body of `POST /v1/tenants/{tenant}/runs/{run}/exec`. */
export const execRequestSchema = z.object({
  /** The program and its arguments; no shell is between. */
  command: z
    .array(z.string().max(128 * 1024))
    .min(1)
    .max(10_000),
  /** Of a pipeline; null where one task runs. */
  task: z.string().nullable().default(null),
  rank: z.number().int().min(0).default(0),
  /** Bytes for the command follow: `POST …/exec/{session}/stdin`, the last of them `?end=true`. */
  stdin: z.boolean().default(false),
});
export type ExecCall = z.infer<typeof execRequestSchema>;

/** With the answer: what the command is called while it runs. */
export const EXEC_SESSION_HEADER = 'kedge-exec-session';

/**
 * The answer is a row of frames: one byte for the kind, four for the length of what follows (big
 * end first), and that. 1 and 2 are bytes of stdout and stderr. The last one is 3, as JSON
 * `{"exit_code": 0}`, or 4, a problem (RFC 9457); without it the server was cut off.
 */
export const EXEC_FRAMES = { stdout: 1, stderr: 2, end: 3, problem: 4 } as const;
export type ExecFrameKind = keyof typeof EXEC_FRAMES;
export type ExecFrame = { readonly kind: ExecFrameKind; readonly bytes: Uint8Array };

const HEAD_BYTES = 5;
const KINDS = new Map(Object.entries(EXEC_FRAMES).map(([kind, code]) => [code, kind]));

export function encodeFrame({ kind, bytes }: ExecFrame): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES + bytes.length);
  const head = new DataView(frame.buffer);
  head.setUint8(0, EXEC_FRAMES[kind]);
  head.setUint32(1, bytes.length);
  frame.set(bytes, HEAD_BYTES);
  return frame;
}

/** The frames in bytes that come in pieces of any size; kinds of later versions are left out. */
export async function* decodeFrames(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<ExecFrame, undefined> {
  let held = new Uint8Array();
  for await (const piece of pieces) {
    const both = new Uint8Array(held.length + piece.length);
    both.set(held);
    both.set(piece, held.length);
    held = both;
    while (held.length >= HEAD_BYTES) {
      const head = new DataView(held.buffer, held.byteOffset);
      const end = HEAD_BYTES + head.getUint32(1);
      if (held.length < end) break;
      const kind = KINDS.get(head.getUint8(0) as 1) as ExecFrameKind | undefined;
      if (kind !== undefined) yield { kind, bytes: held.slice(HEAD_BYTES, end) };
      held = held.subarray(end);
    }
  }
}
