import type { Architecture } from '../models/architecture.ts';
import { familyOf } from './complete-model.ts';
import type { ShapeNotes } from './read-notes.ts';

/** The work of an image as the row states it, where it does; the registry's for the rest. */
export function statedSample(model: Architecture, notes: ShapeNotes): Architecture {
  const known = model.sample;
  const macs = notes.macs ?? known?.macs ?? 0;
  const scaled = known === null ? null : (known.activations * macs) / known.macs;
  const activations = notes.activations ?? scaled ?? usualActivations(macs);
  return { ...model, sample: { macs, activations } };
}

/** Passes of a diffusion model for an image with guidance: with the text and without it. */
const GUIDED = 2;
/** What diffusers' pipelines of Stable Diffusion take unless told (`num_inference_steps`). */
const USUAL_STEPS = 50;

/**
 * A diffusion model that makes whole images: so many denoising steps, each with guidance (Ho,
 * Salimans, arXiv:2207.12598). The decoder of the latents is left out: about two passes of a UNet.
 */
export function wholeImage(model: Architecture, notes: ShapeNotes): Architecture {
  if (model.sample === null) return model;
  const steps = notes.steps ?? USUAL_STEPS;
  const passes = GUIDED * steps;
  const { macs, activations } = model.sample;
  return {
    ...model,
    layers: model.layers * steps,
    sample: { macs: macs * passes, activations: activations * passes },
  };
}

/**
 * A network of which only the multiply-adds are known hands on about as many numbers as others of
 * its size: 2.5 M at 1.8 G (ResNet-18), 11 M at 4.1 G (ResNet-50), 23 M at 11.6 G (ResNet-152),
 * 6.7 M at 0.3 G (MobileNetV2); a square root through them.
 */
function usualActivations(macs: number): number {
  return 11e6 * Math.sqrt(macs / 4.1e9);
}

/** Convolutions and matrices of a network that the row does not describe: ResNet-50's. */
const USUAL_LAYERS = 54;

/** A network of which the row gives the work of an image: its layers are not known. */
export function networkOfParams(name: string, params: number): Architecture {
  const family = familyOf(name);
  return {
    name,
    family: family === 'decoder' ? 'convolution' : family,
    layers: USUAL_LAYERS,
    hidden: 0,
    heads: 0,
    kvHeads: 0,
    headDim: 0,
    feedForward: 0,
    gated: false,
    vocab: 0,
    experts: 1,
    expertsPerToken: 1,
    routedLayers: 0,
    sharedFeedForward: 0,
    params,
    activeParams: params,
    matmulParams: params,
    embeddingParams: 0,
    expertParams: 0,
    cachePerToken: 0,
    window: null,
    sample: null,
  };
}
