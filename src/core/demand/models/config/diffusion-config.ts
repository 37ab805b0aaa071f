import type { ModelShape } from '../architecture.ts';
import type { DiffusionTransformerShape } from '../diffusion-transformer.ts';
import type { ConfigFields } from './config-fields.ts';

const READERS: Readonly<Record<string, (fields: ConfigFields) => ModelShape>> = {
  UNet2DConditionModel: readUnet,
  DiTTransformer2DModel: readDit,
  SD3Transformer2DModel: readStableDiffusion3,
  FluxTransformer2DModel: readFlux,
  WanTransformer3DModel: readWan,
};

/** Reads a denoiser by its class in diffusers; undefined for another class. */
export function readDenoiser(fields: ConfigFields, className: string): ModelShape | undefined {
  return Object.hasOwn(READERS, className) ? READERS[className]!(fields) : undefined;
}

/** Source: UNet2DConditionModel's configuration in diffusers. */
function readUnet(fields: ConfigFields): ModelShape {
  const channels = fields.counts('block_out_channels') ?? [fields.count('block_out_channels')];
  if (channels.length === 0 || channels.length > 12 || channels.includes(0))
    throw fields.bad('block_out_channels must list the channels of one to twelve resolutions');
  const kinds = fields.list('down_block_types');
  if (kinds !== null && kinds.length !== channels.length)
    throw fields.bad(
      `down_block_types lists ${kinds.length} resolutions, ` +
        `block_out_channels ${channels.length}`,
    );
  const given = fields.raw('transformer_layers_per_block');
  const listed = Array.isArray(given) ? fields.counts('transformer_layers_per_block')! : null;
  const each = listed === null ? (fields.optionalCount('transformer_layers_per_block') ?? 1) : 1;
  const depthAt = (level: number): number => listed?.[level] ?? each;
  const attends = (level: number): boolean => kinds === null || /Attn/.test(String(kinds[level]));
  const depths = channels.map((_, level) => (attends(level) ? depthAt(level) : 0));
  if (depths.some((depth) => depth > 1000) || fields.count('layers_per_block') > 1000)
    throw fields.bad('a resolution has more than a thousand layers');
  const heads = fields.raw('attention_head_dim');
  const headCounts = Array.isArray(heads) ? fields.counts('attention_head_dim') : null;
  const perHead = headCounts?.at(-1) ?? fields.optionalCount('attention_head_dim') ?? 8;
  return {
    kind: 'unet',
    id: fields.model,
    channels,
    depths,
    middleDepth: depthAt(channels.length - 1),
    blocks: fields.count('layers_per_block'),
    textWidth: fields.count('cross_attention_dim'),
    textTokens: 77,
    // What diffusers calls the width of heads is their number.
    headDim: Math.max(1, channels.at(-1)! / Math.max(1, perHead)),
    inputChannels: fields.count('in_channels'),
    outputChannels: fields.count('out_channels'),
    size: fields.count('sample_size'),
    conditionWidth: fields.optionalSize('projection_class_embeddings_input_dim') ?? 0,
  };
}

/** What the transformers share: names of sizes, and patches of two by two latents. */
function readTransformer(fields: ConfigFields): DiffusionTransformerShape {
  const heads = fields.count('num_attention_heads');
  const hidden = heads * fields.count('attention_head_dim');
  const side = fields.optionalCount('sample_size') ?? 128;
  const patch = fields.optionalCount('patch_size') ?? 2;
  const inputs = fields.count('in_channels') * patch ** 2;
  const tokens = Math.floor(side / patch) ** 2;
  return {
    kind: 'diffusion-transformer',
    id: fields.model,
    layers: fields.count('num_layers'),
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
    patchIn: inputs,
    patchOut: (fields.optionalCount('out_channels') ?? fields.count('in_channels')) * patch ** 2,
    tokens: Math.max(1, tokens),
    otherParams: 0,
  };
}

function readDit(fields: ConfigFields): ModelShape {
  const shape = readTransformer(fields);
  const classes = fields.optionalCount('num_embeds_ada_norm') ?? 1000;
  return { ...shape, otherParams: (classes + 1) * shape.hidden };
}

function readStableDiffusion3(fields: ConfigFields): ModelShape {
  const shape = readTransformer(fields);
  const { hidden } = shape;
  const pooled = fields.optionalCount('pooled_projection_dim') ?? 2048;
  return {
    ...shape,
    joint: true,
    queryKeyNorm: fields.text('qk_norm') === null ? 'none' : 'head',
    textWidth: fields.count('joint_attention_dim'),
    textTokens: 333,
    otherParams: (pooled + 1) * hidden + (hidden + 1) * hidden,
  };
}

/** Its latents come in patches already, so `patch_size` is 1. */
function readFlux(fields: ConfigFields): ModelShape {
  const shape = readTransformer(fields);
  const { hidden } = shape;
  const pooled = fields.optionalCount('pooled_projection_dim') ?? 768;
  const guidance = fields.flag('guidance_embeds', false) ? 257 + hidden + 1 : 0;
  return {
    ...shape,
    joint: true,
    singleLayers: fields.count('num_single_layers'),
    queryKeyNorm: 'head',
    textWidth: fields.count('joint_attention_dim'),
    textTokens: 512,
    tokens: 4096,
    otherParams: (pooled + 1 + hidden + 1 + guidance) * hidden,
  };
}

/** Patches of 1 × 2 × 2 latents; 81 frames of 480 × 832. */
function readWan(fields: ConfigFields): ModelShape {
  const patch = fields.counts('patch_size') ?? [1, 2, 2];
  const volume = patch.reduce((product, side) => product * side, 1);
  const shape = readTransformer(fields.with('patch_size', 1));
  return {
    ...shape,
    feedForward: fields.count('ffn_dim'),
    attendsToText: true,
    modulation: 'shared',
    queryKeyNorm: 'whole',
    textWidth: fields.count('text_dim'),
    textTokens: 512,
    patchIn: shape.patchIn * volume,
    patchOut: shape.patchOut * volume,
    tokens: 21 * 30 * 52,
  };
}
