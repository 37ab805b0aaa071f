import type { SampleCoefficients } from './sample-coefficients.ts';
import type { SampleScope } from './sample-scope.ts';

/** Seconds of one update, or of one batch where nothing is trained. */
export type SampleSeconds = {
  readonly arithmetic: number;
  readonly memory: number;
  /** The pass, of arithmetic and memory together, or of starting kernels where that takes longer. */
  readonly passes: number;
  /** The update and what is around it. */
  readonly update: number;
  /** Summing gradients up, as far as nothing hides it. */
  readonly exchange: number;
  readonly total: number;
};

/** Forward, gradients of activations, gradients of weights. */
export const TRAINING_PASSES = 3;
/** Bytes of a parameter that an update reads and writes: weight, gradient, two moments in fp32. */
export const UPDATE_BYTES = 28;

/**
 * A roofline of the whole pass: arithmetic at the peak of its format, activations through memory;
 * the two overlap in part. A pass takes at least as long as its kernels take to start (Williams et
 * al., CACM 2009; kernels as in sample-work.ts).
 */
export function sampleSeconds(scope: SampleScope, at: SampleCoefficients): SampleSeconds {
  const { trains, isCompiled, passes, params, devices, device } = scope;
  const arithmetic = arithmeticSeconds(scope, at);
  const bandwidth = memoryRate(scope, at);
  const memory = trafficBytes(scope, at) / bandwidth + streamedSeconds(scope);
  const hidden = isCompiled ? at.pipelined : at.serial;
  const kernels = scope.kernels * (trains ? TRAINING_PASSES : 1) * fusedShare(scope, at);
  const roofline =
    Math.max(arithmetic, memory) + hidden * Math.min(arithmetic, memory) + kernels * at.gap;
  const slowed = devices > 1 && device.domain > 1 ? 1 + at.shared : 1;
  const starting = isCompiled ? 0 : kernels * at.launch;
  const pass = softMax(roofline * slowed, starting);
  const around = trains ? at.step * (isCompiled ? at.tuned : 1) : 0;
  const update = around + (trains ? (params * UPDATE_BYTES) / bandwidth : 0);
  const exchange = trains ? exposedExchange(scope, at, pass) : 0;
  const total = passes * pass + update + exchange;
  return { arithmetic, memory, passes: passes * pass, update, exchange, total };
}

/** The longer of two, and somewhat more where both are alike, since neither hides the other in full. */
function softMax(one: number, other: number): number {
  return Math.cbrt(one ** 3 + other ** 3);
}

/** The part of a text's longest length that is no padding: nearly all of a short one. */
function filledShare({ skipsPadding, tokens }: SampleScope, at: SampleCoefficients): number {
  if (!skipsPadding || tokens === null || tokens <= SHORT_TEXT) return 1;
  return at.filled ** (Math.log(tokens / SHORT_TEXT) / Math.log(LONG_TEXT / SHORT_TEXT));
}

const SHORT_TEXT = 128;
const LONG_TEXT = 512;

/** Of the kernels and crossings of a framework, those that are left. */
export function fusedShare({ isCompiled, trains }: SampleScope, at: SampleCoefficients): number {
  if (!isCompiled) return 1;
  return trains ? at.fusedTraining : at.fusedForward;
}

function arithmeticSeconds(scope: SampleScope, at: SampleCoefficients): number {
  const { device, format, work, trains, batch } = scope;
  const flops = 2 * work.macs * filledShare(scope, at) * batch * (trains ? TRAINING_PASSES : 1);
  const isNarrow = format === 'int8' || format === 'fp8' || format === 'fp4';
  const ceiling = isNarrow ? device.narrowCeiling : device.ceiling;
  const shape = scope.isConvolutional ? at.convolutions : 1;
  const share = hasMatrixUnits(scope) ? at.products * shape * ceiling : at.vector;
  return flops / (device.peak[format] * share);
}

/** fp32 of a GPU runs on its vector units; a device that knows nothing else, on what it has. */
export function hasMatrixUnits({ device, format }: SampleScope): boolean {
  return format !== 'fp32' || device.kind !== 'gpu';
}

/** Bytes a second; on-chip memory keeps up with the arithmetic. */
function memoryRate({ device, format }: SampleScope, at: SampleCoefficients): number {
  const { memoryBytesPerS } = device;
  if (Number.isFinite(memoryBytesPerS)) return memoryBytesPerS * at.memory;
  return device.peak[format] * at.onChip;
}

function trafficBytes(scope: SampleScope, at: SampleCoefficients): number {
  const { work, trains, batch, params } = scope;
  const filled = filledShare(scope, at);
  const crossings = (trains ? at.training : at.forward) * fusedShare(scope, at);
  const own = scope.isConvolutional ? crossings : crossings * at.blocks;
  const numbers = (work.activations + at.scores * work.scores) * filled * own;
  const isOnChip = scope.device.memoryGib === 0;
  const weights = isOnChip ? 0 : params * (trains ? TRAINING_PASSES : 1);
  return (numbers * batch + weights) * scope.bytes;
}

/** On-chip memory of parts that have no other: Edge TPU 8 MB at 4 TOPS, Hailo-8 about 40 at 26. */
export const CHIP_BYTES_PER_OP = 1.5e-6;

/** Weights that a part without memory of its own cannot keep come over its link with each batch. */
function streamedSeconds({ device, format, params, bytes }: SampleScope): number {
  if (device.memoryGib > 0) return 0;
  const streamed = params * bytes - device.peak[format] * CHIP_BYTES_PER_OP;
  return Math.max(0, streamed) / device.linkBytesPerS;
}

/**
 * Gradients summed up over all devices: within machines by the fast links, between them each device
 * its part (a ring each: 2·bytes; Patarasuk, Yuan, JPDC 2009), less what the backward pass hides.
 */
function exposedExchange(scope: SampleScope, at: SampleCoefficients, pass: number): number {
  const { devices, device } = scope;
  if (devices === 1) return 0;
  const { bytes, inside, machines } = exchangeOf(scope);
  const within = (2 * bytes * (inside - 1)) / inside / (device.linkBytesPerS * at.link);
  const between =
    (2 * (bytes / inside) * (machines - 1)) / machines / (device.networkBytesPerS * at.network);
  return Math.max(0, within + between - at.overlap * BACKWARD * pass);
}

/** Of a training pass. */
export const BACKWARD = 2 / 3;

/** Bytes of the gradients, and among how many devices of how many machines they are summed up. */
export function exchangeOf({ devices, device, params, isCompiled }: SampleScope) {
  const inside = Math.min(devices, device.domain);
  return { bytes: params * (isCompiled ? 2 : 4), inside, machines: Math.ceil(devices / inside) };
}
