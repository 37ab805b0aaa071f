import type { Coefficients, Prior } from '../calibration/fitted-model.ts';

/** What physics does not give of passes over images, sequences and rows, for one device and engine. */
export type SampleCoefficients = { readonly [name in Base]: number };

type Base = keyof typeof BASE;

/** Shares, passes, seconds; where no paper is named, what people who tune such work reckon with. */
const BASE = {
  // Of the achievable-matmul ceiling: the matrices of a transformer.
  products: [0.75, 0.15],
  // Of that, convolutions: fewer channels than matrices are wide.
  convolutions: [0.75, 0.15],
  // Of the fp32 peak without matrix units; near it, since Winograd's convolutions save
  // multiplications (Lavin, Gray, arXiv:1509.09308).
  vector: [0.9, 0.15],
  // Of the memory's rate: long reads and writes.
  memory: [0.8, 0.1],
  // Times that an activation of a convolution crosses memory, forward: written, read, normalized
  // and written, read by the activation function and written, read by the next.
  forward: [5.5, 0.2],
  // The same of a training step: forward, then the gradients of each.
  training: [18, 0.2],
  // Of those crossings, what a transformer has, which normalizes after several matrices.
  blocks: [0.6, 0.2],
  // Of those crossings, what is left after a compiler has fused what it can.
  fusedForward: [0.35, 0.25],
  fusedTraining: [0.5, 0.25],
  // Of attention's scores, the part that goes through memory: none where attention is fused.
  scores: [0.5, 0.5],
  // Of arithmetic and traffic, the shorter: what of it the longer one does not hide, where kernels
  // do one or the other, and where each does both.
  serial: [0.9, 0.15],
  pipelined: [0.4, 0.4],
  // Seconds in which a host starts a kernel, and in which a kernel fills and drains the device.
  launch: [50e-6, 0.4],
  gap: [3e-6, 0.4],
  // Seconds of an update, and of the work around it that nothing hides; less of a compiled one.
  step: [12e-3, 0.6],
  tuned: [0.15, 0.6],
  // Of a text of 512 tokens at most, the part that is no padding.
  filled: [0.55, 0.2],
  // Of the backward pass: behind how much of it gradients are summed up.
  overlap: [0.7, 0.3],
  // Of a network's and of a link's rate: what collectives reach.
  network: [0.6, 0.3],
  link: [0.6, 0.3],
  // Of the time of a pass, lost where several devices share a host.
  shared: [0.06, 0.5],
  // Bytes of on-chip memory for each operation, where a part has no other.
  onChip: [4e-3, 0.5],
} as const satisfies Readonly<Record<string, readonly [mid: number, spread: number]>>;

const NAMES = Object.keys(BASE) as readonly Base[];

/** What devices have in common that shapes such work. */
export const DEVICE_GROUPS = [
  ...(['kepler', 'pascal', 'volta', 'turing', 'ampere', 'ada', 'hopper', 'blackwell'] as const),
  ...(['other-gpu', 'tpu', 'neuron', 'other-npu', 'edge', 'cpu'] as const),
];

export type DeviceGroup = (typeof DEVICE_GROUPS)[number];

/** How far groups of devices differ from each other, around the common value. */
const OF_GROUP: readonly Prior[] = [
  { name: 'products', mid: 1, spread: 0.15 },
  { name: 'vector', mid: 1, spread: 0.2 },
  { name: 'launch', mid: 1, spread: 0.2 },
  { name: 'gap', mid: 1, spread: 0.3 },
];

/**
 * Groups that are known to be unlike the others. Kepler's schedulers must issue two instructions a
 * cycle to keep all of its units busy, which few kernels let them; libraries of the makers that
 * came later are less tuned than cuDNN.
 */
const UNLIKE: { readonly [name: string]: readonly [mid: number, spread: number] } = {
  'vector:kepler': [0.65, 0.2],
  'products:other-gpu': [0.8, 0.2],
  'products:neuron': [0.8, 0.2],
  'products:other-npu': [0.8, 0.2],
  'products:cpu': [0.8, 0.3],
};

export const SAMPLE_PRIORS: readonly Prior[] = [
  ...NAMES.map((name) => ({ name, mid: BASE[name][0], spread: BASE[name][1] })),
  ...DEVICE_GROUPS.flatMap((group) => OF_GROUP.map((prior) => priorOf(prior, group))),
];

function priorOf({ name, mid, spread }: Prior, group: DeviceGroup): Prior {
  const own = UNLIKE[`${name}:${group}`] ?? [mid, spread];
  return { name: `${name}:${group}`, mid: own[0], spread: own[1] };
}

/** Common values, each with the name of a group's factor: fitting and planning ask a million times. */
const FACTORS = Object.fromEntries(
  DEVICE_GROUPS.map((group) => [group, OF_GROUP.map(({ name }) => [name, `${name}:${group}`])]),
) as unknown as Readonly<Record<DeviceGroup, readonly (readonly [Base, string])[]>>;

/** The common values times the factors of a group of devices. */
export function sampleCoefficients(all: Coefficients, group: DeviceGroup): SampleCoefficients {
  const own: { [name in Base]: number } = {
    products: all['products']!,
    convolutions: all['convolutions']!,
    vector: all['vector']!,
    memory: all['memory']!,
    forward: all['forward']!,
    training: all['training']!,
    blocks: all['blocks']!,
    fusedForward: all['fusedForward']!,
    fusedTraining: all['fusedTraining']!,
    scores: all['scores']!,
    serial: all['serial']!,
    pipelined: all['pipelined']!,
    launch: all['launch']!,
    gap: all['gap']!,
    step: all['step']!,
    tuned: all['tuned']!,
    filled: all['filled']!,
    overlap: all['overlap']!,
    network: all['network']!,
    link: all['link']!,
    shared: all['shared']!,
    onChip: all['onChip']!,
  };
  for (const [name, factor] of FACTORS[group]) own[name] *= all[factor] ?? 1;
  return own;
}
