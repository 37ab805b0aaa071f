import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { chunkCount, chunkSize, piecesOf, type Transfer, transferSchema } from './transfer.ts';

const HASH = '0'.repeat(64);

function build(sizes: readonly number[], chunkBytes: number): Transfer {
  const entries = sizes.map((size, index) => {
    return { kind: 'file' as const, path: `f${index}`, mode: 0o644, size, sha256: HASH };
  });
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const chunks = Array.from({ length: chunkCount(bytes, chunkBytes) }, () => HASH);
  return { schema: 'kedge.transfer/v1', chunkBytes, entries, chunks };
}

describe('the chunks of a transfer', () => {
  it('have every byte of every file exactly once, in order, whatever the sizes', () => {
    const sizes = fc.array(fc.nat(50), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 40 }), (files, chunkBytes) => {
        const transfer = transferSchema.parse(build(files, chunkBytes));
        const seen = transfer.chunks.flatMap((_, index) => {
          const pieces = piecesOf(transfer, index);
          assert.equal(pieces[0]?.at, 0);
          const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
          assert.equal(length, chunkSize(transfer, index));
          return pieces.flatMap(({ path, offset, length: count }) =>
            Array.from({ length: count }, (_unused, at) => `${path}@${offset + at}`),
          );
        });
        const wanted = files.flatMap((size, index) =>
          Array.from({ length: size }, (_unused, at) => `f${index}@${at}`),
        );
        assert.deepEqual(seen, wanted);
      }),
    );
  });
});

describe('a manifest of a transfer that comes from elsewhere', () => {
  const good = build([10], 4);
  const folder = { kind: 'folder' as const, path: 'd', mode: 0o755 };
  const bad: readonly (readonly [string, Transfer])[] = [
    ['a path that leads out', { ...good, entries: [{ ...folder, path: '../d' }], chunks: [] }],
    ['an absolute path', { ...good, entries: [{ ...folder, path: '/d' }], chunks: [] }],
    ['one path twice', { ...good, entries: [folder, folder], chunks: [] }],
    ['a file in no folder', { ...good, entries: [{ ...folder, path: 'a/d' }], chunks: [] }],
    ['a link that leads out', { ...good, entries: [link('../x')], chunks: [] }],
    ['too few chunks', { ...good, chunks: good.chunks.slice(1) }],
    ['chunks of gigabytes', { ...good, chunkBytes: 2 ** 40, chunks: [HASH] }],
  ];
  for (const [what, transfer] of bad) {
    it(`is refused with ${what} (fault 27)`, () => {
      assert.equal(transferSchema.safeParse(transfer).success, false);
    });
  }

  it('may have links that stay within it', () => {
    const transfer = { ...good, entries: [folder, link('d')], chunks: [] };
    assert.ok(transferSchema.safeParse(transfer).success);
  });
});

function link(target: string) {
  return { kind: 'link' as const, path: 'l', target };
}
