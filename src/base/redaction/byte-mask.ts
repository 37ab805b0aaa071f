import { utf8 } from './secret-forms.ts';

/** What stands in the place of each byte of a secret. */
const MASK = '*'.charCodeAt(0);
/** Bytes that are looked at together. */
const BLOCK = 3;
const HASHES = 0x10000;
const SHIFT_MAX = 255;
/** Of a secret at either end of an output that was cut. */
const CUT_BYTES_MIN = 8;

type Span = readonly [start: number, end: number];

/**
 * Masks the bytes of secrets in an output, one star for each, so that offsets stay true. Output
 * may come in pieces of any size: an end that may be the beginning of a secret is held back until
 * more has come.
 *
 * Method: Wu and Manber, "A Fast Algorithm for Multi-Pattern Searching", TR-94-17, University of
 * Arizona, 1994: a block of bytes that is in no secret lets the search skip as far as the
 * shortest secret is long. Linear in the output in practice; an output that is made of
 * beginnings of a secret costs its length times that of the secret at worst.
 */
export class ByteMask {
  readonly #patterns: readonly Uint8Array[];
  readonly #lengthMin: number;
  readonly #lengthMax: number;
  /** By the hash of a block: how far the search may go on, 0 where a secret may stand. */
  readonly #shifts = new Uint8Array(HASHES);
  /** By the hash of the last block of their first `lengthMin` bytes. */
  readonly #candidates = new Map<number, Uint8Array[]>();
  readonly #byFirst = new Map<number, Uint8Array[]>();
  #held: Uint8Array = new Uint8Array();
  /** Of the bytes that are held back, so many are those of a secret that is known already. */
  #heldMasked = 0;
  /** What comes next follows bytes that nobody has seen. */
  #isResumed = false;

  /** Takes the forms of `secretForms`. */
  constructor(forms: readonly string[]) {
    this.#patterns = forms.map(utf8);
    const lengths = this.#patterns.map(({ length }) => length);
    this.#lengthMin = Math.min(...lengths);
    this.#lengthMax = Math.max(0, ...lengths);
    this.#shifts.fill(Math.min(SHIFT_MAX, Math.max(1, this.#lengthMin - BLOCK + 1)));
    for (const pattern of this.#patterns) this.#add(pattern);
  }

  /** There is nothing to mask. */
  get isIdle(): boolean {
    return this.#patterns.length === 0;
  }

  /** The longest secret in bytes: what masking a piece from the middle must know around it. */
  get reach(): number {
    return this.#lengthMax;
  }

  /** Begins after a gap: what is the end of a secret that began in it is masked, too. */
  resume(): void {
    this.#isResumed = true;
  }

  /** What may be shown by now, masked in place; may be empty. */
  take(bytes: Uint8Array): Uint8Array {
    if (this.isIdle) return bytes;
    const all = this.#held.length === 0 ? bytes : joined(this.#held, bytes);
    const heldFrom = this.#beginningIn(all);
    const held = new Uint8Array(all.subarray(heldFrom));
    const known = this.#isResumed ? this.#endIn(all) : this.#heldMasked;
    this.#isResumed = false;
    const maskedTo = this.#maskIn(all, known);
    this.#held = held;
    this.#heldMasked = Math.max(0, maskedTo - heldFrom);
    return all.subarray(0, heldFrom);
  }

  /** What is held back still, once no more comes. */
  end(): Uint8Array {
    const rest = this.#held;
    const isCut = rest.length >= CUT_BYTES_MIN;
    rest.fill(MASK, 0, isCut ? rest.length : this.#heldMasked);
    this.#held = new Uint8Array();
    this.#heldMasked = 0;
    return rest;
  }

  /** Gives the end of the last secret. */
  #maskIn(bytes: Uint8Array, known: number): number {
    const spans = this.#spansIn(bytes);
    bytes.fill(MASK, 0, known);
    let last = known;
    for (const [start, end] of spans) {
      bytes.fill(MASK, start, end);
      last = Math.max(last, end);
    }
    return last;
  }

  /** All of them, also those that overlap. */
  #spansIn(bytes: Uint8Array): readonly Span[] {
    const spans: Span[] = [];
    const shifts = this.#shifts;
    for (let at = this.#lengthMin - 1; at < bytes.length; ) {
      const hash = hashAt(bytes, at);
      const shift = shifts[hash]!;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const start = at - this.#lengthMin + 1;
      for (const pattern of this.#candidates.get(hash)!) {
        const end = start + pattern.length;
        if (end <= bytes.length && startsWith(bytes, { start, pattern, length: pattern.length })) {
          spans.push([start, end]);
        }
      }
      at++;
    }
    return spans;
  }

  /** Of how many bytes the longest end of a secret is that these begin with. */
  #endIn(bytes: Uint8Array): number {
    let longest = 0;
    for (const pattern of this.#patterns) {
      for (let from = 1; pattern.length - from >= CUT_BYTES_MIN; from++) {
        const end = pattern.subarray(from);
        if (startsWith(bytes, { start: 0, pattern: end, length: end.length })) {
          longest = Math.max(longest, end.length);
        }
      }
    }
    return longest;
  }

  /** Where the first secret may begin that goes on beyond these bytes; their length if none. */
  #beginningIn(bytes: Uint8Array): number {
    for (let at = Math.max(0, bytes.length - this.#lengthMax + 1); at < bytes.length; at++) {
      const length = bytes.length - at;
      for (const pattern of this.#byFirst.get(bytes[at]!) ?? []) {
        if (pattern.length > length && startsWith(bytes, { start: at, pattern, length })) return at;
      }
    }
    return bytes.length;
  }

  #add(pattern: Uint8Array): void {
    append(this.#byFirst, pattern[0]!, pattern);
    for (let end = BLOCK - 1; end < this.#lengthMin; end++) {
      const hash = hashAt(pattern, end);
      const shift = Math.min(SHIFT_MAX, this.#lengthMin - 1 - end);
      this.#shifts[hash] = Math.min(this.#shifts[hash]!, shift);
      if (shift === 0) append(this.#candidates, hash, pattern);
    }
  }
}

/** Of the block that ends here. */
function hashAt(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 2]! << 10) ^ (bytes[end - 1]! << 5) ^ bytes[end]!) & (HASHES - 1);
}

function startsWith(
  bytes: Uint8Array,
  of: { readonly start: number; readonly pattern: Uint8Array; readonly length: number },
): boolean {
  const { start, pattern, length } = of;
  for (let at = 0; at < length; at++) if (bytes[start + at] !== pattern[at]) return false;
  return true;
}

function append(lists: Map<number, Uint8Array[]>, key: number, pattern: Uint8Array): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [pattern]);
  else list.push(pattern);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
