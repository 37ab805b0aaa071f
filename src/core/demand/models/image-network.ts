import { type Architecture, WITHOUT_TOKENS } from './architecture.ts';

/**
 * A convolutional network by its published counts: its layers differ too much from each other for a
 * few widths to tell them.
 */
export type ImageNetworkShape = {
  readonly kind: 'image-network';
  readonly id: string;
  /** Convolutions and matrices. */
  readonly layers: number;
  readonly params: number;
  /** Multiply-adds of one image. */
  readonly macs: number;
  /** Outputs of all convolutions and matrices for one image. */
  readonly activations: number;
};

export function countImageNetwork(shape: ImageNetworkShape): Architecture {
  const { id: name, layers, params, macs, activations } = shape;
  return {
    ...WITHOUT_TOKENS,
    name,
    family: 'convolution',
    layers,
    hidden: 0,
    params,
    activeParams: params,
    matmulParams: params,
    sample: { macs, activations },
  };
}
