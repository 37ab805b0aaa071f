import type { Architecture } from '../architecture.ts';
import { architectureOfGguf, type GgufTensors } from './gguf-architecture.ts';
import { GGUF, GgufCursor, type GgufValue } from './gguf-cursor.ts';
import { GGUF_TYPES } from './gguf-types.ts';
import { badHeader, product, type WeightCounts, WeightTally } from './weight-counts.ts';

/** What a GGUF file holds, told by its header alone. */
export type GgufHeader = WeightCounts & {
  readonly version: number;
  /** By `general.architecture` and its keys, with the parameters of the tensors. */
  readonly architecture: Architecture;
  /** True for one part of several: then tensors are missing from the counts. */
  readonly isPart: boolean;
};

/** "GGUF", read as a little-endian number. */
const MAGIC = 0x46_55_47_47;

/** Tensors have no more sides (ggml's GGML_MAX_DIMS). */
const SIDES_MAX = 4;

/** More entries than this are a lie: the largest models have some tens of thousands of tensors. */
const ENTRIES_MAX = 1_000_000;

/**
 * Reads the header of a GGUF file of version 2 or 3: metadata, then a line for each tensor.
 * Source: github.com/ggml-org/ggml, docs/gguf.md.
 *
 * @param bytes The file, or as much of it as the header needs (some MB, with its vocabulary).
 * @param name What errors and the architecture call the model.
 * Errors: `spec.bad-value` for another file or version, one cut off, one of big-endian, a header
 * over 100 MB, counts and lengths that lie, and an architecture that is not known; `spec.invalid`
 * for one without a size.
 */
export function readGgufHeader(bytes: Uint8Array, name: string): GgufHeader {
  const cursor = new GgufCursor(bytes);
  if (cursor.uint32() !== MAGIC) throw badHeader(GGUF, 'it does not begin with GGUF');
  const version = cursor.uint32();
  if (version !== 2 && version !== 3)
    throw badHeader(GGUF, `its version is ${version}; 2 and 3 are read, of little-endian`);
  const tensorCount = entryCount(cursor, 'tensors');
  const metadata = readMetadata(cursor);
  const tensors = readTensors(cursor, tensorCount);
  const isPart = Number(metadata.get('split.count') ?? 0) > 1;
  const architecture = architectureOfGguf(metadata, { name, tensors, isPart });
  return { ...tensors.counts, version, architecture, isPart };
}

function entryCount(cursor: GgufCursor, what: string): number {
  const count = cursor.uint64();
  if (count > ENTRIES_MAX) throw badHeader(GGUF, `it would have ${count} ${what}`);
  return count;
}

function readMetadata(cursor: GgufCursor): ReadonlyMap<string, GgufValue> {
  const count = entryCount(cursor, 'fields');
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const key = cursor.name();
    metadata.set(key, cursor.value(cursor.uint32()));
  }
  return metadata;
}

function readTensors(cursor: GgufCursor, count: number): GgufTensors {
  const tally = new WeightTally();
  const names = new Set<string>();
  let vocab: number | null = null;
  for (let index = 0; index < count; index++) {
    const name = cursor.name();
    const sides = cursor.uint32();
    if (sides > SIDES_MAX)
      throw badHeader(GGUF, `tensor "${name.slice(0, 80)}" would have ${sides} sides`);
    const shape = Array.from({ length: sides }, () => cursor.uint64());
    tally.add(sizeOf(name, { shape, typeNumber: cursor.uint32() }));
    cursor.uint64();
    names.add(name);
    if (name === 'token_embd.weight') vocab = shape.at(-1) ?? null;
  }
  return { counts: tally.counts(), names, vocab };
}

function sizeOf(
  name: string,
  { shape, typeNumber }: { readonly shape: readonly number[]; readonly typeNumber: number },
): { type: string; params: number; bytes: number } {
  const shown = `tensor "${name.slice(0, 80)}"`;
  const type = GGUF_TYPES.get(typeNumber);
  if (type === undefined) throw badHeader(GGUF, `${shown} has the unknown type ${typeNumber}`);
  const params = product(shape);
  if (params === null) throw badHeader(GGUF, `${shown} is larger than any model`);
  const bytes = (params / type.blockNumbers) * type.blockBytes;
  if (!Number.isInteger(bytes))
    throw badHeader(GGUF, `${shown} is no whole number of blocks of ${type.name}`);
  return { type: type.name, params, bytes };
}
