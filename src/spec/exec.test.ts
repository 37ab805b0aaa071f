import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeFrames, type ExecFrame, encodeFrame } from './exec.ts';

async function* cutInto(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function framesIn(bytes: Uint8Array, size: number): Promise<readonly ExecFrame[]> {
  const frames: ExecFrame[] = [];
  for await (const frame of decodeFrames(cutInto(bytes, size))) frames.push(frame);
  return frames;
}

describe('the frames of a command that runs beside a task', () => {
  it('come out as they went in, in pieces of any size', async () => {
    const frame = fc.record({
      kind: fc.constantFrom('stdout' as const, 'stderr' as const, 'end' as const),
      bytes: fc.uint8Array({ maxLength: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame), fc.integer({ min: 1, max: 64 }), async (frames, size) => {
        const sent = Buffer.concat(frames.map(encodeFrame));
        const got = await framesIn(sent, size);
        assert.deepEqual(
          got.map(({ kind, bytes }) => [kind, [...bytes]]),
          frames.map(({ kind, bytes }) => [kind, [...bytes]]),
        );
      }),
    );
  });

  it('of a kind that this version does not know are left out', async () => {
    const later = encodeFrame({ kind: 'stdout', bytes: Buffer.from('later') });
    later[0] = 99;
    const sent = Buffer.concat([later, encodeFrame({ kind: 'stderr', bytes: Buffer.from('e') })]);
    const kinds = (await framesIn(sent, 1)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['stderr']);
  });
});
