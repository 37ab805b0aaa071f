import type { Architecture } from '../models/architecture.ts';

/** A product of an [tokens × inner] with an [inner × outer] matrix, as often as a token needs it. */
export type Product = {
  readonly inner: number;
  readonly outer: number;
  /** Tokens that a product sees, of each that enters the layer: experts see k/E of them each. */
  readonly tokens: number;
  /** How many of them, each with weights of its own, all tokens together need. */
  readonly copies: number;
  readonly isRouted: boolean;
};

/**
 * The products of one layer on one of `tensorParallel` devices, of which experts are split once
 * more. Megatron's split: the first products by columns, the second by rows (Shoeybi et al.,
 * arXiv:1909.08053, section 3). What of a layer is neither expert nor feed-forward counts as one
 * product in and one out, as wide as its parameters: so do latent attention, state-space layers and
 * the dense layers of a mixture of experts.
 */
export function layerProducts(
  model: Architecture,
  kind: 'dense' | 'routed',
  { tensorParallel, expertParallel }: { tensorParallel: number; expertParallel: number },
): readonly Product[] {
  const { hidden, experts, expertsPerToken, sharedFeedForward, feedForward } = model;
  const width = mixerParams(model) / hidden / tensorParallel;
  const mixer = [product(hidden, MIXER_IN * width), product((1 - MIXER_IN) * width, hidden)];
  if (experts === 1) return [...mixer, ...blockOf(model, hidden, feedForward / tensorParallel)];
  if (kind === 'dense') return mixer;
  const local = Math.max(1, experts / expertParallel);
  // Each of the ranks sends its tokens' copies; each expert gets its share of all of them.
  const routed = blockOf(model, expertHidden(model), feedForward / tensorParallel).map((one) => ({
    ...one,
    tokens: expertsPerToken / local,
    copies: local,
    isRouted: true,
  }));
  const shared =
    sharedFeedForward > 0 ? blockOf(model, hidden, sharedFeedForward / tensorParallel) : [];
  return [...mixer, product(hidden, experts), ...routed, ...shared];
}

/** Query, key and value against the output projection, of full attention: 3 to 1, of grouped less. */
const MIXER_IN = 0.6;

/** Width that experts work in: less than the model's where tokens are made narrower for them. */
export function expertHidden(model: Architecture): number {
  const { expertParams, routedLayers, experts, feedForward } = model;
  return expertParams / (routedLayers * experts * matricesOf(model) * feedForward);
}

/** Parameters of a layer, on average, that tokens pass beside experts and feed-forward. */
function mixerParams(model: Architecture): number {
  const { hidden, layers, vocab, matmulParams, routedLayers, experts, expertsPerToken } = model;
  const { feedForward, sharedFeedForward, expertParams } = model;
  const block = (width: number) => matricesOf(model) * hidden * width;
  const rest = matmulParams - vocab * hidden;
  if (experts === 1) return Math.max(2 * hidden * hidden, rest / layers - block(feedForward));
  const active = (expertParams * expertsPerToken) / experts;
  const inRouted = active + routedLayers * (block(sharedFeedForward) + hidden * experts);
  return Math.max(2 * hidden * hidden, (rest - inRouted) / layers);
}

function matricesOf({ gated }: Architecture): number {
  return gated ? 3 : 2;
}

function blockOf({ gated }: Architecture, hidden: number, width: number): readonly Product[] {
  return [product(hidden, gated ? 2 * width : width), product(width, hidden)];
}

function product(inner: number, outer: number): Product {
  return { inner, outer, tokens: 1, copies: 1, isRouted: false };
}
