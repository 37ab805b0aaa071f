import type { DiffusionTransformerShape } from '../diffusion-transformer.ts';
import type { UnetShape } from '../unet.ts';

/**
 * Denoisers; text encoders and decoders of latents are models of their own.
 * Sources: unet/config.json and transformer/config.json of each id on huggingface.co; Rombach et al.
 * arXiv:2112.10752; SDXL 2307.01952, table 1; DiT 2212.09748, table 1; PixArt 2310.00426; Stable
 * Diffusion 3 2403.03206; Wan 2503.20314, table 1; HunyuanVideo 2412.03603, table 1; Flux:
 * github.com/black-forest-labs/flux, util.py.
 */
const STABLE_DIFFUSION: UnetShape = {
  kind: 'unet',
  id: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  channels: [320, 640, 1280, 1280],
  depths: [1, 1, 1, 0],
  middleDepth: 1,
  blocks: 2,
  textWidth: 768,
  textTokens: 77,
  headDim: 160,
  inputChannels: 4,
  outputChannels: 4,
  size: 64,
  conditionWidth: 0,
};

const STABLE_DIFFUSION_2 = { ...STABLE_DIFFUSION, textWidth: 1024, headDim: 64 };

const XL: UnetShape = {
  ...STABLE_DIFFUSION,
  id: 'stabilityai/stable-diffusion-xl-base-1.0',
  channels: [320, 640, 1280],
  depths: [0, 2, 10],
  middleDepth: 10,
  textWidth: 2048,
  headDim: 64,
  size: 128,
  conditionWidth: 2816,
};

export const UNETS: readonly UnetShape[] = [
  STABLE_DIFFUSION,
  { ...STABLE_DIFFUSION, id: 'CompVis/stable-diffusion-v1-4' },
  { ...STABLE_DIFFUSION_2, id: 'stabilityai/stable-diffusion-2-base' },
  { ...STABLE_DIFFUSION_2, id: 'stabilityai/stable-diffusion-2-1', size: 96 },
  { ...STABLE_DIFFUSION_2, id: 'stabilityai/stable-diffusion-2-inpainting', inputChannels: 9 },
  XL,
  {
    ...XL,
    id: 'stabilityai/stable-diffusion-xl-refiner-1.0',
    channels: [384, 768, 1536, 1536],
    depths: [0, 4, 4, 0],
    middleDepth: 4,
    textWidth: 1280,
    conditionWidth: 2560,
  },
];

/** 256 × 256 pixels, latents of an eighth, patches of 2 × 2; a table of 1,000 classes and none. */
function dit(id: string, layers: number, hidden: number, heads: number): DiffusionTransformerShape {
  return {
    kind: 'diffusion-transformer',
    id,
    layers,
    joint: false,
    singleLayers: 0,
    hidden,
    heads,
    feedForward: 4 * hidden,
    attendsToText: false,
    modulation: 'layer',
    queryKeyNorm: 'none',
    textWidth: 0,
    textTokens: 0,
    patchIn: 16,
    patchOut: 32,
    tokens: 256,
    otherParams: 1001 * hidden,
  };
}

/** 81 frames of 480 × 832: latents of a quarter of the frames, patches of 2 × 2. */
function wan(id: string, layers: number, hidden: number, heads: number, feedForward: number) {
  return {
    ...dit(id, layers, hidden, heads),
    feedForward,
    attendsToText: true,
    modulation: 'shared',
    queryKeyNorm: 'whole',
    textWidth: 4096,
    textTokens: 512,
    patchIn: 64,
    patchOut: 64,
    tokens: 21 * 30 * 52,
    otherParams: 0,
  } satisfies DiffusionTransformerShape;
}

/** 1024 × 1024 pixels; pooled text of 2048. Version 3.5 has norms of queries and keys. */
function stableDiffusion3(
  id: string,
  layers: number,
  queryKeyNorm: 'none' | 'head',
): DiffusionTransformerShape {
  const hidden = 64 * layers;
  return {
    ...dit(id, layers, hidden, layers),
    joint: true,
    queryKeyNorm,
    textWidth: 4096,
    textTokens: 333,
    patchIn: 64,
    patchOut: 64,
    tokens: 4096,
    otherParams: 2049 * hidden + (hidden + 1) * hidden,
  };
}

const FLUX: DiffusionTransformerShape = {
  ...dit('black-forest-labs/FLUX.1-dev', 19, 3072, 24),
  joint: true,
  singleLayers: 38,
  queryKeyNorm: 'head',
  textWidth: 4096,
  textTokens: 512,
  patchIn: 64,
  patchOut: 64,
  tokens: 4096,
  // Pooled text of 768 and the guidance scale, two matrices each.
  otherParams: (769 + 257 + 2 * 3073) * 3072,
};

export const DIFFUSION_TRANSFORMERS: readonly DiffusionTransformerShape[] = [
  dit('facebook/DiT-S-2-256', 12, 384, 6),
  dit('facebook/DiT-B-2-256', 12, 768, 12),
  dit('facebook/DiT-L-2-256', 24, 1024, 16),
  dit('facebook/DiT-XL-2-256', 28, 1152, 16),
  {
    ...wan('PixArt-alpha/PixArt-XL-2-1024-MS', 28, 1152, 16, 4608),
    queryKeyNorm: 'none',
    textTokens: 120,
    patchIn: 16,
    patchOut: 32,
    tokens: 4096,
  },
  stableDiffusion3('stabilityai/stable-diffusion-3-medium', 24, 'none'),
  stableDiffusion3('stabilityai/stable-diffusion-3.5-large', 38, 'head'),
  FLUX,
  { ...FLUX, id: 'black-forest-labs/FLUX.1-schnell', otherParams: (769 + 3073) * 3072 },
  wan('Wan-AI/Wan2.1-T2V-1.3B', 30, 1536, 12, 8960),
  wan('Wan-AI/Wan2.1-T2V-14B', 40, 5120, 40, 13824),
];
