import { decodeUtf8 } from './decode-utf8.ts';
import { badHeader, HEADER_BYTES_MAX, truncated } from './weight-counts.ts';

export const GGUF = 'GGUF';

/** Longer texts (templates of chats) are passed over: no field that is read is as long. */
const TEXT_MAX = 4096;

/** Longer arrays (vocabularies) are passed over, but for their length. */
const LIST_MAX = 4096;

/** A value of the metadata: arrays and texts that are too long are told by their length. */
export type GgufValue =
  | number
  | boolean
  | string
  | readonly GgufValue[]
  | { readonly length: number };

/** Bytes of the values of one size, by the number of their type; texts are 8, arrays 9. */
const SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** How deep arrays may stand in arrays; the format allows any depth, nobody writes two. */
const DEPTH_MAX = 4;

/**
 * Walks over the bytes of a GGUF header, little-endian, and never beyond them.
 * Source: github.com/ggml-org/ggml, docs/gguf.md.
 */
export class GgufCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A size; beyond 2⁵³ it is a lie anyway. */
  uint64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  text(): string | { length: number } {
    const length = this.uint64();
    const at = this.#take(length);
    if (length > TEXT_MAX) return { length };
    return decodeUtf8(this.#bytes.subarray(at, at + length));
  }

  /** A name or key, which is never long. */
  name(): string {
    const text = this.text();
    if (typeof text === 'string') return text;
    throw badHeader(GGUF, `a name in it would be ${text.length} bytes long`);
  }

  value(type: number, depth = 0): GgufValue {
    if (type === 8) return this.text();
    if (type === 9) return this.#list(depth);
    const size = SIZES[type];
    if (size === undefined) throw badHeader(GGUF, `a value in it has the unknown type ${type}`);
    return this.#number(type, this.#take(size));
  }

  /** Passes over so many bytes, and says where they begin. */
  #take(length: number): number {
    const needed = this.#at + length;
    if (needed > HEADER_BYTES_MAX)
      throw badHeader(GGUF, `its header would be over ${HEADER_BYTES_MAX} bytes`);
    if (needed > this.#bytes.length) throw truncated(GGUF, { given: this.#bytes.length, needed });
    const at = this.#at;
    this.#at = needed;
    return at;
  }

  #list(depth: number): GgufValue {
    if (depth >= DEPTH_MAX) throw badHeader(GGUF, 'an array in it stands too deep in others');
    const type = this.uint32();
    const length = this.uint64();
    const size = SIZES[type];
    if (length > LIST_MAX && size !== undefined) {
      this.#take(length * size);
      return { length };
    }
    const values: GgufValue[] = [];
    for (let index = 0; index < length; index++) {
      const value = this.value(type, depth + 1);
      if (values.length < LIST_MAX) values.push(value);
    }
    return length > LIST_MAX ? { length } : values;
  }

  #number(type: number, at: number): number | boolean {
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(at);
      case 1:
        return view.getInt8(at);
      case 2:
        return view.getUint16(at, true);
      case 3:
        return view.getInt16(at, true);
      case 4:
        return view.getUint32(at, true);
      case 5:
        return view.getInt32(at, true);
      case 6:
        return view.getFloat32(at, true);
      case 7:
        return view.getUint8(at) !== 0;
      case 10:
        return Number(view.getBigUint64(at, true));
      case 11:
        return Number(view.getBigInt64(at, true));
      default:
        return view.getFloat64(at, true);
    }
  }
}
