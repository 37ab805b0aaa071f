import { type Architecture, type SampleWork, WITHOUT_TOKENS } from './architecture.ts';

/**
 * The denoiser of a latent diffusion model (Rombach et al., arXiv:2112.10752, appendix E; SDXL:
 * arXiv:2307.01952, table 1): residual blocks and transformers at falling, then rising resolution,
 * with a skip from each block on the way down to its like on the way up.
 */
export type UnetShape = {
  readonly kind: 'unet';
  readonly id: string;
  /** Channels of each resolution, each half the one before. */
  readonly channels: readonly number[];
  /** Transformer layers after each residual block, by resolution; 0 for none. */
  readonly depths: readonly number[];
  readonly middleDepth: number;
  /** Residual blocks of each resolution on the way down; one more on the way up. */
  readonly blocks: number;
  /** Width of the text that attention looks at. */
  readonly textWidth: number;
  readonly textTokens: number;
  /** Width of heads. */
  readonly headDim: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Latents on a side: an eighth of the pixels. */
  readonly size: number;
  /** Width of the pooled conditions that are added to the time step (SDXL); 0 for none. */
  readonly conditionWidth: number;
};

/** What has been walked so far. */
type Tally = { params: number; macs: number; written: number; layers: number };

type Walk = { readonly shape: UnetShape; readonly tally: Tally; readonly timeWidth: number };

export function countUnet(shape: UnetShape): Architecture {
  const tally = { params: 0, macs: 0, written: 0, layers: 0 };
  const first = shape.channels[0]!;
  const walk = { shape, tally, timeWidth: 4 * first };
  matrix(tally, { from: first, to: walk.timeWidth, rows: 1 });
  matrix(tally, { from: walk.timeWidth, to: walk.timeWidth, rows: 1 });
  if (shape.conditionWidth > 0) {
    matrix(tally, { from: shape.conditionWidth, to: walk.timeWidth, rows: 1 });
    matrix(tally, { from: walk.timeWidth, to: walk.timeWidth, rows: 1 });
  }
  convolution(tally, { from: shape.inputChannels, to: first, side: shape.size });
  goUp(walk, goDown(walk));
  tally.params += 2 * first;
  convolution(tally, { from: first, to: shape.outputChannels, side: shape.size });
  return architecture(shape, tally);
}

function architecture(shape: UnetShape, tally: Tally): Architecture {
  const hidden = shape.channels.at(-1)!;
  const sample: SampleWork = { macs: tally.macs, activations: tally.written };
  return {
    ...WITHOUT_TOKENS,
    name: shape.id,
    family: 'diffusion',
    layers: tally.layers,
    hidden,
    heads: hidden / shape.headDim,
    kvHeads: hidden / shape.headDim,
    headDim: shape.headDim,
    feedForward: 4 * hidden,
    gated: true,
    params: tally.params,
    activeParams: tally.params,
    matmulParams: tally.params,
    sample,
  };
}

/** Returns the channels of each skip, in the order they were left. */
function goDown(walk: Walk): number[] {
  const { channels, depths, blocks, size } = walk.shape;
  const skips = [channels[0]!];
  let from = channels[0]!;
  for (const [level, to] of channels.entries()) {
    const side = size / 2 ** level;
    for (let block = 0; block < blocks; block++) {
      residual(walk, { from, to, side });
      transformer(walk, { channels: to, depth: depths[level]!, side });
      skips.push(to);
      from = to;
    }
    if (level === channels.length - 1) break;
    convolution(walk.tally, { from: to, to, side: side / 2 });
    skips.push(to);
  }
  const side = size / 2 ** (channels.length - 1);
  residual(walk, { from, to: from, side });
  transformer(walk, { channels: from, depth: walk.shape.middleDepth, side });
  residual(walk, { from, to: from, side });
  return skips;
}

function goUp(walk: Walk, skips: number[]): void {
  const { channels, depths, blocks, size } = walk.shape;
  let from = channels.at(-1)!;
  for (let level = channels.length - 1; level >= 0; level--) {
    const to = channels[level]!;
    const side = size / 2 ** level;
    for (let block = 0; block <= blocks; block++) {
      residual(walk, { from: from + skips.pop()!, to, side });
      transformer(walk, { channels: to, depth: depths[level]!, side });
      from = to;
    }
    if (level > 0) convolution(walk.tally, { from: to, to, side: 2 * side });
  }
}

type Step = { readonly from: number; readonly to: number; readonly side: number };

/** Two convolutions with group norms, the time step added between them, a shortcut of 1 × 1. */
function residual(walk: Walk, step: Step): void {
  const { from, to, side } = step;
  walk.tally.params += 2 * from + 2 * to;
  convolution(walk.tally, step);
  matrix(walk.tally, { from: walk.timeWidth, to, rows: 1 });
  convolution(walk.tally, { from: to, to, side });
  if (from !== to) matrix(walk.tally, { from, to, rows: side ** 2 });
}

/** Self-attention, attention to the text, a GeGLU block of four times the width; in and out. */
function transformer(
  walk: Walk,
  step: { readonly channels: number; readonly depth: number; readonly side: number },
): void {
  const { channels: width, depth, side } = step;
  if (depth === 0) return;
  const { tally } = walk;
  const { textWidth, textTokens } = walk.shape;
  const rows = side ** 2;
  tally.params += 2 * width;
  matrix(tally, { from: width, to: width, rows });
  for (let layer = 0; layer < depth; layer++) {
    tally.layers += 1;
    tally.params += 6 * width;
    matrix(tally, { from: width, to: 3 * width, rows, plain: true });
    attention(tally, { width, rows, keys: rows });
    matrix(tally, { from: width, to: width, rows });
    matrix(tally, { from: width, to: width, rows, plain: true });
    matrix(tally, { from: textWidth, to: 2 * width, rows: textTokens, plain: true });
    attention(tally, { width, rows, keys: textTokens });
    matrix(tally, { from: width, to: width, rows });
    matrix(tally, { from: width, to: 8 * width, rows });
    matrix(tally, { from: 4 * width, to: width, rows });
  }
  matrix(tally, { from: width, to: width, rows });
}

function convolution(tally: Tally, { from, to, side }: Step): void {
  tally.params += 9 * from * to + to;
  tally.macs += 9 * from * to * side ** 2;
  tally.written += to * side ** 2;
}

function matrix(
  tally: Tally,
  of: {
    readonly from: number;
    readonly to: number;
    readonly rows: number;
    /** Without bias. */
    readonly plain?: boolean;
  },
): void {
  tally.params += of.from * of.to + (of.plain === true ? 0 : of.to);
  tally.macs += of.from * of.to * of.rows;
  tally.written += of.to * of.rows;
}

/** Scores and what they weigh; no parameters, and one output of the width. */
function attention(
  tally: Tally,
  of: { readonly width: number; readonly rows: number; readonly keys: number },
): void {
  tally.macs += 2 * of.width * of.rows * of.keys;
  tally.written += of.width * of.rows;
}
