import { ggufHeaderEnd } from './gguf-header-end.ts';
import { type ModelPlace, unreadable } from './model-place.ts';

/** No header is larger: the reference of safetensors refuses it too (tensor.rs, MAX_HEADER_SIZE). */
export const HEADER_BYTES_MAX = 100_000_000;

/** JSON of nothing: `{}`. */
const HEADER_BYTES_MIN = 2;

/** Before the header of safetensors: its length. */
const PREFIX = 8;

/** Holds the header of a GGUF file without a vocabulary; else it is read on. */
const GGUF_FIRST_BYTES = 1024 * 1024;

/** How the small file begins that stands for a large one in Git. Source: git-lfs, docs/spec.md. */
const LFS_POINTER = 'version ';

/**
 * The eight bytes of a safetensors file that say how long its header is, and the header.
 * Source: github.com/huggingface/safetensors, README, "Format".
 * Errors: `model.unreadable` for one that is cut off, or says that it is larger than any.
 */
export async function readSafetensorsStart(place: ModelPlace, name: string): Promise<Uint8Array> {
  const prefix = await place.readSlice(name, { offset: 0, length: PREFIX });
  const shown = place.shown(name);
  refusePointer(prefix, shown);
  if (prefix.length < PREFIX) throw unreadable(shown, 'it has no header');
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX);
  const length = Number(view.getBigUint64(0, true));
  if (length < HEADER_BYTES_MIN || length > HEADER_BYTES_MAX) {
    const bounds = `${HEADER_BYTES_MIN} to ${HEADER_BYTES_MAX}`;
    throw unreadable(shown, `its header would be ${length} bytes, not ${bounds}`);
  }
  const header = await place.readSlice(name, { offset: PREFIX, length });
  if (header.length < length) {
    const why = `its header would be ${length} bytes, but ${header.length} are there`;
    throw unreadable(shown, why);
  }
  return joined(prefix, header);
}

/**
 * The header of a GGUF file, which does not say how long it is: twice as much is read until its end
 * is there.
 * Errors: `model.unreadable` for one that is cut off, or no such file.
 */
export async function readGgufStart(place: ModelPlace, name: string): Promise<Uint8Array> {
  const shown = place.shown(name);
  let bytes = new Uint8Array(0);
  for (let wanted = GGUF_FIRST_BYTES; ; wanted = Math.min(2 * wanted, HEADER_BYTES_MAX)) {
    const offset = bytes.length;
    bytes = joined(bytes, await place.readSlice(name, { offset, length: wanted - offset }));
    refusePointer(bytes, shown);
    const end = ggufHeaderEnd(bytes, HEADER_BYTES_MAX);
    if (end === 'broken') throw unreadable(shown, 'it is no GGUF file of version 2 or 3');
    if (end !== 'more') return bytes.slice(0, end);
    if (bytes.length < wanted)
      throw unreadable(shown, `its header ends early, after ${bytes.length} bytes`);
  }
}

function refusePointer(bytes: Uint8Array, shown: string): void {
  if (new TextDecoder().decode(bytes.subarray(0, PREFIX)) !== LFS_POINTER) return;
  throw unreadable(shown, 'it only stands for a file that Git LFS has not fetched', {
    hint: 'fetch it with `git lfs pull`',
  });
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
