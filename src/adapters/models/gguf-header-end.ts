/** "GGUF", read as a little-endian number. */
const MAGIC = 0x46_55_47_47;

const TEXT = 8;
const ARRAY = 9;

/** Bytes of a value by the number of its type, but for texts and arrays. */
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

/** How deep arrays may stand in arrays; nobody writes two. */
const DEPTH_MAX = 4;

/**
 * How many bytes the header of a GGUF file takes: metadata, then a line for each tensor. `more` when
 * these bytes do not reach to its end; `broken` when no header of version 2 or 3 begins like this, or
 * none within `bytesMax`. It only finds the end; what the header says is for others to judge.
 * Source: github.com/ggml-org/ggml, docs/gguf.md, "File Structure".
 */
export function ggufHeaderEnd(bytes: Uint8Array, bytesMax: number): number | 'more' | 'broken' {
  const walk = new Walk(bytes);
  if (walk.uint32() !== MAGIC) return bytes.length < 4 ? 'more' : 'broken';
  const version = walk.uint32();
  const tensors = walk.uint64();
  const fields = walk.uint64();
  if (walk.isShort) return 'more';
  if (version !== 2 && version !== 3) return 'broken';
  for (let field = 0; field < fields && walk.isOn; field++) {
    walk.passText();
    walk.passValue(walk.uint32());
  }
  for (let tensor = 0; tensor < tensors && walk.isOn; tensor++) {
    walk.passText();
    // Its sides, its type, its place.
    walk.pass(walk.uint32() * 8 + 4 + 8);
  }
  if (walk.isBroken || walk.at > bytesMax) return 'broken';
  return walk.isShort ? 'more' : walk.at;
}

/** A place in bytes; beyond their end it reads zeros, and is short. */
class Walk {
  at = 0;
  isBroken = false;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isShort(): boolean {
    return this.at > this.#view.byteLength;
  }

  get isOn(): boolean {
    return !this.isShort && !this.isBroken;
  }

  pass(bytes: number): void {
    this.at += bytes;
  }

  uint32(): number {
    this.pass(4);
    return this.isShort ? 0 : this.#view.getUint32(this.at - 4, true);
  }

  /** Beyond 2⁵³ it is a lie, and far beyond any end. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 2 ** 32;
  }

  passText(): void {
    this.pass(this.uint64());
  }

  passValue(type: number, depth = 0): void {
    const size = SIZES[type];
    if (size !== undefined) return this.pass(size);
    if (type === TEXT) return this.passText();
    if (type === ARRAY && depth < DEPTH_MAX) return this.#passArray(depth + 1);
    this.isBroken = true;
  }

  #passArray(depth: number): void {
    const type = this.uint32();
    const length = this.uint64();
    const size = SIZES[type];
    if (size !== undefined) return this.pass(length * size);
    for (let index = 0; index < length && this.isOn; index++) this.passValue(type, depth);
  }
}
