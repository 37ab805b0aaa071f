import { KedgeError } from '../../../../base/errors.ts';

/** What a file of weights holds, told by its header alone. */
export type WeightCounts = {
  readonly tensors: number;
  /** Numbers of all tensors. */
  readonly params: number;
  /** By the format's own name of the type (`BF16`, `Q4_K`). */
  readonly paramsByType: Readonly<Record<string, number>>;
  /** Of the tensors, without header and padding. */
  readonly weightBytes: number;
};

/** A header beyond this is refused, as the reference of safetensors does. */
export const HEADER_BYTES_MAX = 100_000_000;

/** Beyond this a count is a lie; also, whole numbers stay exact. */
export const PARAMS_MAX = 1e15;

/** Adds tensors up. */
export class WeightTally {
  #tensors = 0;
  #params = 0;
  #weightBytes = 0;
  readonly #byType = new Map<string, number>();

  add(tensor: { readonly type: string; readonly params: number; readonly bytes: number }): void {
    this.#tensors += 1;
    this.#params += tensor.params;
    this.#weightBytes += tensor.bytes;
    this.#byType.set(tensor.type, (this.#byType.get(tensor.type) ?? 0) + tensor.params);
  }

  counts(): WeightCounts {
    return {
      tensors: this.#tensors,
      params: this.#params,
      paramsByType: Object.fromEntries(this.#byType),
      weightBytes: this.#weightBytes,
    };
  }
}

/** Error `spec.bad-value`: a file that is not what it says. */
export function badHeader(format: string, what: string, hint?: string): KedgeError {
  return new KedgeError('spec.bad-value', `this is no ${format} file: ${what}`, {
    hint: hint ?? 'download the file once more, or give the size of the model (model: {params: …})',
  });
}

/** Error `spec.bad-value`: more of the file is needed than was given. */
export function truncated(
  format: string,
  of: { readonly given: number; readonly needed: number },
): KedgeError {
  return new KedgeError(
    'spec.bad-value',
    `the header of this ${format} file ends early: ${of.given} bytes are there, ` +
      `at least ${of.needed} are needed`,
    { hint: 'read more of the file, or download it once more', details: { ...of } },
  );
}

/** The product of a shape; null where it is no shape or more than any model has. */
export function product(shape: readonly unknown[]): number | null {
  let params = 1;
  for (const side of shape) {
    if (typeof side !== 'number' || !Number.isInteger(side) || side < 0) return null;
    params *= side;
    if (params > PARAMS_MAX) return null;
  }
  return params;
}
