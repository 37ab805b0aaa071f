import { isRecord } from '../config/config-fields.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import {
  badHeader,
  HEADER_BYTES_MAX,
  PARAMS_MAX,
  product,
  truncated,
  type WeightCounts,
  WeightTally,
} from './weight-counts.ts';

const FORMAT = 'safetensors';

/** Bytes before the JSON: its length. */
const PREFIX = 8;

/** Bits of one number. Source: github.com/huggingface/safetensors, tensor.rs, Dtype. */
const BITS: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** What the weights of several files are, told by `model.safetensors.index.json`. */
export type ShardIndex = {
  readonly weightBytes: number;
  /** Null where the index does not say it (as before transformers 4.52). */
  readonly params: number | null;
  /** Names of the files, each once. */
  readonly shards: readonly string[];
  readonly tensors: number;
};

/**
 * Counts the tensors of a safetensors file from its first bytes: eight with the length of the header
 * (little-endian), then the header, a JSON object from names to type, shape and place. Packed
 * weights (of GPTQ, or two fp4 in a byte) count as the integers that they are packed in.
 * Source: github.com/huggingface/safetensors, README, "Format".
 *
 * @param bytes The file, or as much of it as the header needs.
 * Errors: `spec.bad-value` for another file, one cut off, a header over 100 MB, and tensors whose
 * type, shape and place do not fit together.
 */
export function readSafetensorsHeader(bytes: Uint8Array): WeightCounts {
  const tensors = Object.entries(readJson(bytes)).filter(([name]) => name !== '__metadata__');
  const tally = new WeightTally();
  const places: [begin: number, end: number][] = [];
  for (const [name, tensor] of tensors) places.push(countTensor(name, tensor, tally));
  checkPlaces(places);
  return tally.counts();
}

function readJson(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length < PREFIX) throw truncated(FORMAT, { given: bytes.length, needed: PREFIX });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > HEADER_BYTES_MAX)
    throw badHeader(FORMAT, `its header would be ${length} bytes, over ${HEADER_BYTES_MAX}`);
  if (length < 2) throw badHeader(FORMAT, `its header would be ${length} bytes`);
  const needed = PREFIX + length;
  if (bytes.length < needed) throw truncated(FORMAT, { given: bytes.length, needed });
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes.subarray(PREFIX, needed)));
  } catch {
    throw badHeader(FORMAT, 'its header is no JSON');
  }
  if (!isRecord(json)) throw badHeader(FORMAT, 'its header is no JSON object');
  return json;
}

function countTensor(name: string, tensor: unknown, tally: WeightTally): [number, number] {
  const shown = `tensor "${name.slice(0, 80)}"`;
  if (!isRecord(tensor)) throw badHeader(FORMAT, `${shown} is no object`);
  const { dtype: type, shape, data_offsets: place } = tensor;
  if (typeof type !== 'string' || !Object.hasOwn(BITS, type))
    throw badHeader(FORMAT, `${shown} has a type that is not known`);
  const params = Array.isArray(shape) ? product(shape) : null;
  if (params === null) throw badHeader(FORMAT, `${shown} has no shape`);
  const [begin, end] = Array.isArray(place) ? (place as unknown[]) : [];
  if (!isSize(begin) || !isSize(end) || begin > end)
    throw badHeader(FORMAT, `${shown} has no place`);
  const bytes = (params * BITS[type]!) / 8;
  if (end - begin !== bytes)
    throw badHeader(FORMAT, `${shown} takes ${end - begin} bytes, its shape needs ${bytes}`);
  tally.add({ type, params, bytes });
  return [begin, end];
}

/** The format allows neither gaps nor overlaps. */
function checkPlaces(places: [begin: number, end: number][]): void {
  let reached = 0;
  for (const [begin, end] of places.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (begin !== reached)
      throw badHeader(FORMAT, `its tensors leave a gap or overlap at byte ${begin}`);
    reached = end;
  }
}

/**
 * Reads the index of weights in several files.
 * Errors: `spec.bad-value` for JSON that is none.
 */
export function readSafetensorsIndex(json: unknown): ShardIndex {
  const format = 'model.safetensors.index.json';
  const metadata = isRecord(json) ? json['metadata'] : undefined;
  const files = isRecord(json) ? json['weight_map'] : undefined;
  if (!isRecord(metadata) || !isRecord(files))
    throw badHeader(format, 'it has no metadata or no weight_map');
  const weightBytes = metadata['total_size'];
  const params = metadata['total_parameters'] ?? null;
  if (!isSize(weightBytes)) throw badHeader(format, 'its total_size is no size');
  if (params !== null && (!isSize(params) || params > PARAMS_MAX))
    throw badHeader(format, 'its total_parameters is no count');
  const shards = Object.values(files);
  if (!shards.every((shard) => typeof shard === 'string'))
    throw badHeader(format, 'its weight_map names no files');
  return { weightBytes, params, shards: [...new Set(shards)], tensors: shards.length };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
