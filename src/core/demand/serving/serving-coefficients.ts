import type { Coefficients, Prior } from '../calibration/fitted-model.ts';

/** What physics does not give of serving, for one device and engine; units at `BASE`. */
export type ServingCoefficients = { readonly [name in Base]: number };

type Base =
  | 'memory'
  | 'reach'
  | 'cache'
  | 'arithmetic'
  | 'attention'
  | 'traffic'
  | 'launch'
  | 'routed'
  | 'eager'
  | 'tile'
  | 'reduce'
  | 'link'
  | 'network'
  | 'step'
  | 'request'
  | 'first'
  | 'late'
  | 'burst';

/**
 * Shares of what the sheets say, latencies in seconds. Where no paper is named, the figure is what
 * people who tune these engines reckon with, and its spread is wide.
 */
const BASE: Readonly<Record<Base, readonly [mid: number, spread: number]>> = {
  // Of the memory's rate: weights (aiconfigurator, systems/*.yaml: 0.8).
  memory: [0.8, 0.1],
  // Bytes/s that kernels of one token read at most, whatever the memory gives: llama.cpp alone, whose
  // decoding takes 41 to 53 % of an A100's or H100's rate and 74 % of others' (ESTIMATION).
  reach: [1.5e12, 0.4],
  // Of the memory's rate: keys and values, gathered from pages (Kwon et al., arXiv:2309.06180).
  cache: [0.5, 0.3],
  // Of the achievable-matmul ceiling: 50 to 65 % of the peak at ceilings near 80 %.
  arithmetic: [0.75, 0.15],
  // Of the 16-bit peak: FlashAttention forward, causal (Dao, arXiv:2307.08691, figure 5).
  attention: [0.4, 0.3],
  // Of the bytes that the operations between products read and write: what fusion leaves.
  traffic: [0.7, 0.5],
  // Seconds of a layer in which kernels start and drain: about 12 of 3 µs (aiconfigurator).
  launch: [35e-6, 0.15],
  // The same, more, of a layer with routed experts: gate, top-k, sort, scatter, gather.
  routed: [35e-6, 0.3],
  // How much longer the host takes to start them one by one, as prefills do: no graph fits all sizes.
  eager: [6, 0.5],
  // Tokens of half a tile, which each expert that is reached computes in vain.
  tile: [64, 0.5],
  // Seconds of an all-reduce of a few kilobytes among four devices on a switch (nccl-tests).
  reduce: [10e-6, 0.25],
  // Of a link's rate: 70 to 85 % of large messages (ESTIMATION), less of some megabytes.
  link: [0.65, 0.3],
  // Seconds more of an exchange that leaves the machine (aiconfigurator: 10 µs one way).
  network: [25e-6, 0.7],
  // Seconds of a step in which the scheduler and the sampler run, and more for each request.
  step: [0.8e-3, 0.5],
  request: [15e-6, 0.4],
  // Seconds until a request's prompt is read, tokenized and scheduled.
  first: [50e-3, 0.6],
  // Of the others' prefills: what delays the tokens of one request, and its first token.
  late: [0.55, 0.3],
  burst: [0.2, 0.7],
};

type Factor = readonly [mid: number, spread: number];

/**
 * Of generations, on memory and arithmetic; those without a reason to be unlike the rest are 1, and
 * those that are not here keep the common value. Graphics memory gives more of its rate than
 * stacked memory does, and processors less, whose cores share it (STREAM: 90, 80 and 70 %, from
 * memory). Apple's peak has no tensor cores in it and is easier to reach; processors' matrix units
 * are harder to feed.
 */
const GENERATIONS: Readonly<
  Record<string, { readonly memory: Factor; readonly arithmetic: Factor }>
> = {
  ampere: { memory: [1, 0.12], arithmetic: [1, 0.2] },
  'ampere-small': { memory: [1.1, 0.12], arithmetic: [1, 0.2] },
  ada: { memory: [1.1, 0.12], arithmetic: [1, 0.2] },
  hopper: { memory: [1, 0.12], arithmetic: [1, 0.2] },
  blackwell: { memory: [1, 0.12], arithmetic: [1, 0.2] },
  'blackwell-small': { memory: [1.1, 0.12], arithmetic: [1, 0.2] },
  cdna3: { memory: [1, 0.12], arithmetic: [1, 0.2] },
  tpu: { memory: [1, 0.12], arithmetic: [1, 0.2] },
  neuron: { memory: [1, 0.12], arithmetic: [1, 0.2] },
  apple: { memory: [1, 0.12], arithmetic: [1.3, 0.2] },
  x86: { memory: [0.85, 0.2], arithmetic: [0.7, 0.4] },
  amx: { memory: [0.85, 0.2], arithmetic: [0.7, 0.4] },
};

/**
 * Factors on the common values for engines and generations. llama.cpp starts some 30 unfused
 * kernels a layer, multiplies 512 tokens at a time and unpacks blocks for it; FasterTransformer has
 * no graphs either. An engine of fixed batches has no scheduler, and attention to one new token that
 * is not split along the context (Flash-Decoding: Dao et al., 2023), fuses less, and starts kernels
 * without Python.
 */
const FACTORS: readonly (readonly [name: string, ...Factor])[] = [
  ['launch:llama.cpp', 2.5, 0.5],
  ['launch:fastertransformer', 1.5, 0.5],
  ['launch:neuron', 1, 0.5],
  ['launch:sglang', 1, 0.3],
  ['launch:vllm', 1, 0.3],
  ['launch:trtllm', 1, 0.3],
  ['arithmetic:llama.cpp', 0.6, 0.3],
  ['step:static', 0.3, 0.5],
  ['cache:static', 0.7, 0.3],
  ['traffic:static', 1.5, 0.4],
  ['link:static', 0.7, 0.3],
  ['eager:static', 0.2, 0.5],
  ['burst:sglang', 1, 0.7],
  ['burst:vllm', 1, 0.7],
  ['burst:trtllm', 1, 0.7],
  ...Object.entries(GENERATIONS).flatMap(
    ([generation, { memory, arithmetic }]): [string, number, number][] => [
      [`memory:${generation}`, ...memory],
      [`arithmetic:${generation}`, ...arithmetic],
      [`launch:${generation}`, 1, 0.2],
    ],
  ),
];

export const SERVING_PRIORS: readonly Prior[] = [
  ...Object.entries(BASE).map(([name, [mid, spread]]) => ({ name, mid, spread })),
  ...FACTORS.map(([name, mid, spread]) => ({ name, mid, spread })),
];

const PRIOR_MIDS: Coefficients = Object.fromEntries(
  SERVING_PRIORS.map(({ name, mid }) => [name, mid]),
);

/** The coefficients without any measurement: what a fit starts from. */
export function priorServingCoefficients(): Coefficients {
  return PRIOR_MIDS;
}

/** Engines that work on a fixed batch from its first to its last token. */
const STATIC: ReadonlySet<string> = new Set(['llama.cpp', 'fastertransformer', 'neuron']);

export function isStatic(engine: string): boolean {
  return STATIC.has(engine);
}

/** Common values, each with the name of a factor on it, for a generation and an engine. */
type Factors = readonly (readonly [Base, string])[];

/** Kept, since fitting and planning ask a million times for a few pairs. */
const factorsByScope = new Map<string, Factors>();

function factorsOf(generation: string, engine: string): Factors {
  const key = `${generation} ${engine}`;
  const known = factorsByScope.get(key);
  if (known !== undefined) return known;
  const scopes = isStatic(engine) ? [generation, engine, 'static'] : [generation, engine];
  // Routed layers' kernels and a request's share of a step go with those of the whole.
  const base = (name: Base) => (name === 'routed' ? 'launch' : name === 'request' ? 'step' : name);
  const factors = (Object.keys(BASE) as Base[]).flatMap((name) =>
    scopes
      .map((scope) => [name, `${base(name)}:${scope}`] as const)
      .filter(([, factor]) => factor in PRIOR_MIDS),
  );
  factorsByScope.set(key, factors);
  return factors;
}

/** The common values times the factors of a generation and an engine; those not named are 1. */
export function coefficientsOf(
  all: Coefficients,
  { generation, engine }: { readonly generation: string; readonly engine: string },
): ServingCoefficients {
  const own: { [name in Base]: number } = {
    memory: all['memory']!,
    reach: all['reach']!,
    cache: all['cache']!,
    arithmetic: all['arithmetic']!,
    attention: all['attention']!,
    traffic: all['traffic']!,
    launch: all['launch']!,
    routed: all['routed']!,
    eager: all['eager']!,
    tile: all['tile']!,
    reduce: all['reduce']!,
    link: all['link']!,
    network: all['network']!,
    step: all['step']!,
    request: all['request']!,
    first: all['first']!,
    late: all['late']!,
    burst: all['burst']!,
  };
  for (const [name, factor] of factorsOf(generation, engine)) own[name] *= all[factor]!;
  return own;
}
