import { type Architecture, architectureOf, type ModelShape } from '../models/architecture.ts';
import { findModel } from '../models/known-models.ts';

/**
 * The registry's architecture of the first name that it has, at an input of so many pixels; at its
 * own input size where `pixels` is null or it takes no images.
 */
export function registeredModel(
  names: readonly string[],
  pixels: number | null,
): Architecture | undefined {
  for (const name of names) {
    const shape = findModel(name);
    if (shape !== undefined) return architectureOf(pixels === null ? shape : sized(shape, pixels));
  }
  return undefined;
}

/** Pixels of an image for each latent or token, along a side: an eighth, then patches of two. */
const LATENT = 8;
const PATCH = 16;
/** A network keeps four times the resolution of such images: its stem has no stride, no pooling. */
const SMALL_PIXELS = 64 * 64;

function sized(shape: ModelShape, pixels: number): ModelShape {
  const side = Math.sqrt(pixels);
  switch (shape.kind) {
    case 'transformer':
      return shape.image === null ? shape : { ...shape, image: { ...shape.image, size: side } };
    case 'unet':
      return { ...shape, size: side / LATENT };
    case 'diffusion-transformer':
      return { ...shape, tokens: pixels / PATCH ** 2 };
    case 'image-network': {
      const kept = pixels <= SMALL_PIXELS ? 16 * pixels : pixels;
      const scale = kept / ownSide(shape.id) ** 2;
      return { ...shape, macs: shape.macs * scale, activations: shape.activations * scale };
    }
    default:
      return shape;
  }
}

/** Pixels on a side that the registry counts a network at, as its publishers do. */
const OWN_SIDES: readonly (readonly [RegExp, number])[] = [
  [/^ultralytics\//, 640],
  [/ssd/, 300],
  [/retinanet/, 800],
  [/inception_v[34]/, 299],
  [/efficientnet_b1/, 240],
  [/efficientnet_b2/, 260],
  [/efficientnet_b3/, 300],
  [/efficientnet_b4/, 380],
  [/efficientnet_b5/, 456],
  [/efficientnet_b7/, 600],
];

function ownSide(id: string): number {
  return OWN_SIDES.find(([pattern]) => pattern.test(id))?.[1] ?? 224;
}
