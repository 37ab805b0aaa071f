/** Number formats of the operands that devices multiply, each at a rate of its own. */
export const FORMATS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8', 'fp4'] as const;

export type Format = (typeof FORMATS)[number];

/** `edge` is a part of a few watts that is a computer of its own or hangs on a small one. */
export const ACCELERATOR_KINDS = ['gpu', 'tpu', 'npu', 'cpu', 'edge'] as const;

export type AcceleratorKind = (typeof ACCELERATOR_KINDS)[number];

/**
 * A part that a task describes since Kedge does not know it; what is left out is inherited. It tells
 * `like`, a rate, or both.
 */
export type AcceleratorDeclaration = {
  /** As the task's offers and resources call it. */
  readonly name: string;
  /** A part that Kedge knows, which has what is not told here. */
  readonly like?: string;
  readonly kind?: AcceleratorKind;
  readonly year?: number;
  /** Of one device. */
  readonly memoryGib?: number;
  readonly memoryBytesPerS?: number;
  /** TFLOP/s without sparsity, by number format. */
  readonly tflops?: { readonly [format in Format]?: number };
  /** Share of the peak that the best large matrix product reaches. */
  readonly ceiling?: number;
  /** To the other devices of its machine, one direction. */
  readonly linkBytesPerS?: number;
  /** To devices of other machines, one direction, each device's share. */
  readonly networkBytesPerS?: number;
  /** Devices that the fast links join. */
  readonly domain?: number;
};
