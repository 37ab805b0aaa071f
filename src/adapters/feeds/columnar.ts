import { createHash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { assert } from '../../base/assert.ts';
import { KedgeError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { CatalogColumns } from '../../spec/catalog.ts';
import type { PriceSource } from '../../spec/offer.ts';

/*
 * The file (`.kcat`), little-endian:
 *   0  4 bytes   magic "KCAT"
 *   4  uint32    format version
 *   8  32 bytes  SHA-256 of all that follows
 *   40 zstd      uint32 length of the JSON, the JSON {rows, words, sources}, padding to 4 bytes,
 *                then the columns of COLUMNS, each `rows` long
 * The wider columns come first, so that every column is aligned and is read in place.
 */
const MAGIC = 'KCAT';
const VERSION = 1;
const DIGEST_AT = 8;
const BODY_AT = 40;
const BODY_BYTES_MAX = 512 * MIB;

const COLUMNS = [
  ['acceleratorCount', Float32Array],
  ['acceleratorMemoryGib', Float32Array],
  ['vcpus', Float32Array],
  ['memoryGib', Float32Array],
  ['microsPerHour', Uint32Array],
  ['provider', Uint16Array],
  ['region', Uint16Array],
  ['zone', Uint16Array],
  ['instance', Uint16Array],
  ['accelerator', Uint16Array],
  ['spot', Uint8Array],
  ['source', Uint8Array],
] as const;

type Header = {
  readonly rows: number;
  readonly words: readonly string[];
  readonly sources: readonly PriceSource[];
};

const BYTES_PER_ROW = COLUMNS.reduce((sum, [, type]) => sum + type.BYTES_PER_ELEMENT, 0);

/** A catalog as the bytes of a file; the same catalog gives the same bytes. */
export function encodeCatalog(columns: CatalogColumns): Uint8Array {
  assertLittleEndian();
  const { rows, words, sources } = columns;
  const json = Buffer.from(JSON.stringify({ rows, words, sources } satisfies Header));
  const head = Buffer.alloc(padded(4 + json.length));
  head.writeUInt32LE(json.length);
  json.copy(head, 4);
  const parts = COLUMNS.map(([name]) => {
    const { buffer, byteOffset, byteLength } = columns[name];
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  const body = zstdCompressSync(Buffer.concat([head, ...parts]), {
    params: { [constants.ZSTD_c_compressionLevel]: 19 },
  });
  const file = Buffer.alloc(BODY_AT + body.length);
  file.write(MAGIC, 'latin1');
  file.writeUInt32LE(VERSION, MAGIC.length);
  sha256(body).copy(file, DIGEST_AT);
  body.copy(file, BODY_AT);
  return file;
}

/**
 * The catalog in a file's bytes. `name` is what an error calls the file.
 * Errors: `catalog.corrupt` for bytes that are no catalog, of another format version, or damaged.
 */
export function decodeCatalog(bytes: Uint8Array, name: string): CatalogColumns {
  assertLittleEndian();
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkEnvelope(file, name);
  try {
    return columnsOf(
      zstdDecompressSync(file.subarray(BODY_AT), { maxOutputLength: BODY_BYTES_MAX }),
    );
  } catch (cause) {
    throw corrupt(name, 'its body cannot be decoded', cause);
  }
}

function checkEnvelope(file: Buffer, name: string): void {
  if (file.length <= BODY_AT || file.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw corrupt(name, 'it is no price catalog');
  const version = file.readUInt32LE(MAGIC.length);
  if (version !== VERSION)
    throw corrupt(name, `it has format version ${version}, this Kedge reads ${VERSION}`);
  if (!sha256(file.subarray(BODY_AT)).equals(file.subarray(DIGEST_AT, BODY_AT)))
    throw corrupt(name, 'its SHA-256 does not match its content');
}

function columnsOf(body: Buffer): CatalogColumns {
  const jsonLength = body.readUInt32LE();
  const header = JSON.parse(body.toString('utf8', 4, 4 + jsonLength)) as Header;
  const columnsAt = padded(4 + jsonLength);
  assert(
    body.length === columnsAt + header.rows * BYTES_PER_ROW,
    `${body.length} bytes do not hold ${header.rows} rows`,
  );
  let at = body.byteOffset + columnsAt;
  const read = COLUMNS.map(([name, type]) => {
    const column = new type(body.buffer as ArrayBuffer, at, header.rows);
    at += column.byteLength;
    return [name, column];
  });
  return { ...header, ...Object.fromEntries(read) };
}

function corrupt(name: string, why: string, cause?: unknown): KedgeError {
  return new KedgeError('catalog.corrupt', `cannot read the price catalog ${name}: ${why}`, {
    cause,
    hint: 'install kedge again; in a checkout, `git checkout catalog/` or run tools/build-catalog.ts',
  });
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** The columns are read in place; Node runs on no big-endian machine that Kedge supports. */
function assertLittleEndian(): void {
  assert(new Uint8Array(Uint16Array.of(1).buffer)[0] === 1, 'this machine is big-endian');
}
