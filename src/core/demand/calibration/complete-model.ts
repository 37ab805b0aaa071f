import type { Architecture, ModelFamily } from '../models/architecture.ts';
import type { ShapeNotes } from './read-notes.ts';

/** Parameters of a model, all and those that a token passes. */
export type ModelSizes = { readonly params: number; readonly active: number };

const FAMILIES: readonly (readonly [RegExp, ModelFamily])[] = [
  [/diffusion|\bDiT\b|\bsd(?:xl)?\b|latent/i, 'diffusion'],
  [/bert|electra|\bvit|deit|clip|swin|perceiver|\bbeit|encoder/i, 'encoder'],
  [/dlrm|recommend|wide.?deep|\bncf\b/i, 'recommender'],
  [
    /(?:res|mobile|efficient|dense|squeeze|retina|u-?|shuffle|conv)-?net|resne[xs]t|vgg/i,
    'convolution',
  ],
  [/yolo|ssd\b|inception|regnet|nfnet|alexnet|cnn|dpn\d|hrnet|ghost|mask r/i, 'convolution'],
  [/\bt5\b|\bt5-|whisper|\bbart\b|translation/i, 'encoder-decoder'],
];

/** The family that a model's name speaks of; a decoder where it names none. */
export function familyOf(name: string): ModelFamily {
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? 'decoder';
}

/** Layers and widths of published models: width = 128 × layers (Llama 3 8B, 70B, 405B: 128, 102, 130). */
const WIDTH_OF_LAYER = 128;

/**
 * A model of which only the sizes are stated (and perhaps its experts): N = 12·layers·width²
 * (Kaplan et al., arXiv:2001.08361, table 1) gives the width, heads are 128 wide, one key-value
 * head for four of them.
 */
export function modelOfSizes(name: string, notes: ShapeNotes, sizes: ModelSizes): Architecture {
  const width =
    notes.layers === null
      ? Math.cbrt((sizes.active * WIDTH_OF_LAYER) / 12)
      : Math.sqrt(sizes.active / (12 * notes.layers));
  const hidden = notes.hidden ?? Math.max(128, Math.round(width / 128) * 128);
  const layers = notes.layers ?? Math.max(1, Math.round(sizes.active / (12 * hidden * hidden)));
  const heads = notes.heads ?? Math.max(1, Math.round(hidden / 128));
  const kvHeads = notes.kvHeads ?? (heads % 4 === 0 ? heads / 4 : heads);
  return modelOfShape(name, { ...notes, hidden, layers, heads, kvHeads }, sizes);
}

/**
 * Of E experts with k used for a token, all but k are what the active parameters lack, so that all
 * experts together hold (total − active)·E/(E − k).
 */
function withExperts(base: Architecture, notes: ShapeNotes, sizes: ModelSizes): Architecture {
  const expertsPerToken = notes.expertsPerToken ?? 1;
  const experts = notes.experts ?? Math.round((sizes.params / sizes.active) * expertsPerToken);
  if (experts <= expertsPerToken) return base;
  const inactive = sizes.params - sizes.active;
  const expertParams = Math.min(sizes.params, (inactive * experts) / (experts - expertsPerToken));
  const feedForward = Math.max(1, Math.round(base.feedForward / expertsPerToken));
  return { ...base, experts, expertsPerToken, expertParams, feedForward };
}

/**
 * A transformer whose width is stated, and its layers or its size. What is missing follows from the
 * other: a layer of width d has 12·d² parameters (Narayanan et al., arXiv:2104.04473, eq. 2) unless
 * the size tells a wider feed-forward block. The feed-forward block is the plain one of 4·d where
 * that is within a tenth of what the size leaves, else a gated one.
 */
export function modelOfShape(
  name: string,
  notes: ShapeNotes & { readonly hidden: number },
  sizes: ModelSizes | null,
): Architecture {
  const { hidden } = notes;
  const vocab = notes.vocab ?? DEFAULT_VOCAB;
  const table = vocab * hidden;
  const layers =
    notes.layers ?? Math.max(1, Math.round((sizes!.active - table) / (12 * hidden * hidden)));
  const heads = notes.heads ?? Math.max(1, Math.round(hidden / 128));
  const kvHeads = notes.kvHeads ?? heads;
  const headDim = notes.headDim ?? hidden / heads;
  const attention = 2 * hidden * headDim * (heads + kvHeads);
  const blocks = blockOf({ notes, sizes, layers, attention, table });
  const embeddingParams = blocks.tied ? table : 2 * table;
  const counted = layers * (attention + (blocks.gated ? 3 : 2) * hidden * blocks.feedForward);
  const params = sizes?.active ?? counted + embeddingParams;
  const base: Architecture = {
    name,
    family: familyOf(name),
    layers,
    hidden,
    heads,
    kvHeads,
    headDim,
    vocab,
    feedForward: blocks.feedForward,
    gated: blocks.gated,
    params,
    activeParams: params,
    matmulParams: params - (blocks.tied ? 0 : table),
    embeddingParams,
    experts: 1,
    expertsPerToken: 1,
    routedLayers: 0,
    sharedFeedForward: 0,
    expertParams: 0,
    cachePerToken: 2 * layers * kvHeads * headDim,
    window: null,
    sample: null,
  };
  if (sizes === null || sizes.active === sizes.params) return base;
  const routed = { ...base, params: sizes.params, routedLayers: layers };
  return withExperts(routed, notes, sizes);
}

/** GPT-2's 50,257 rounded up to a multiple of 128 (Narayanan et al., arXiv:2104.04473: 51,200). */
const DEFAULT_VOCAB = 51_200;

type Blocks = { readonly feedForward: number; readonly gated: boolean; readonly tied: boolean };

/** The blocks whose parameters come nearest to the stated size. */
function blockOf(of: {
  readonly notes: ShapeNotes & { readonly hidden: number };
  readonly sizes: ModelSizes | null;
  readonly layers: number;
  readonly attention: number;
  readonly table: number;
}): Blocks {
  const { notes, sizes, layers, attention, table } = of;
  const { hidden } = notes;
  const plain = notes.feedForward ?? 4 * hidden;
  if (sizes === null) return { feedForward: plain, gated: notes.gated ?? false, tied: true };
  const error = (blocks: Blocks): number => {
    const block = (blocks.gated ? 3 : 2) * hidden * blocks.feedForward;
    const counted = layers * (attention + block) + (blocks.tied ? 1 : 2) * table;
    return Math.abs(Math.log(counted / sizes.active));
  };
  const filling = (tied: boolean): number => {
    const left = (sizes.active - (tied ? 1 : 2) * table) / layers - attention;
    return Math.max(1, Math.round(left / (3 * hidden)));
  };
  const candidates = [false, true].flatMap((tied) => [
    { feedForward: plain, gated: false, tied },
    { feedForward: notes.feedForward ?? filling(tied), gated: true, tied },
  ]);
  const allowed = candidates.filter(({ gated }) => notes.gated === null || notes.gated === gated);
  const usual = allowed.find((blocks) => !blocks.gated && error(blocks) < 0.1);
  if (usual !== undefined && notes.feedForward === null) return usual;
  return allowed.reduce((best, next) => (error(next) < error(best) ? next : best));
}
