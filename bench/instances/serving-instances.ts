import { asRate } from '../../src/base/money.ts';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import { between } from './between.ts';

/**
 * Mixes of GPUs for one model with 16-bit weights of 7 or 8 billion parameters: requests in 10 × 10
 * buckets, of input × output tokens. How fast a type takes a bucket is drawn from a roofline: the
 * prompt is bound by arithmetic, each further token by reading the weights, which as many requests
 * share as the memory has room for. The classes say what makes them hard:
 *
 * - `uncorrelated`: price and speed have nothing to do with each other.
 * - `proportional`: price ≈ throughput ± 2 %, in every bucket: any type is about as good as any.
 * - `duplicated`: a third as many different types, each several times, of which few can be had.
 * - `tight`: as prices are (about by speed), with few of each type, and a quota over half of them.
 * - `catalog`: devices and prices of real rows, given to the generator.
 */
export const SERVING_CLASSES = [
  'uncorrelated',
  'proportional',
  'duplicated',
  'tight',
  'catalog',
] as const;
export type ServingClass = (typeof SERVING_CLASSES)[number];

/** What a machine with GPUs can do, and what it costs. */
export type ServingRow = {
  readonly usdPerHour: number;
  readonly memoryGib: number;
  readonly gigabytesPerS: number;
  readonly teraflops: number;
};

/** Upper ends of the buckets: chats at one end, long documents at the other. */
const INPUT_TOKENS = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];
const OUTPUT_TOKENS = [16, 32, 64, 128, 256, 384, 512, 768, 1024, 2048];
/** Types, and machines that the load needs, from a small service to a large one. */
const TYPES = [4, 12] as const;
const MACHINES = [2, 40] as const;
/** Of a layer's keys and values for each token (Llama 3 8B), and of the weights. */
const CACHE_BYTES = 131_072;
const WEIGHT_BYTES = 16e9;
const PARAMETERS = 8e9;
/** Shares of the sheet's figures that serving engines reach, and requests at once (vLLM's default). */
const ARITHMETIC = 0.5;
const BANDWIDTH = 0.7;
const BATCH_MAX = 256;
const MEMORY_SHARE = 0.9;
/** By what factor a measurement may differ from the roofline; where nothing is related, by more. */
const NOISE = 1.1;
const NOISE_UNCORRELATED = 2;
const COPIES = 3;
/** What a quota leaves of the machines in it, and what there is of each type, in loads of its own. */
const QUOTA_SHARE = 0.6;
const TIGHT_SHARE = [0.15, 0.5] as const;

/** A problem of which one type could be had to carry all. The same problem for the same seed. */
export function servingInstance(
  kind: ServingClass,
  { seed, rows = [] }: { readonly seed: number; readonly rows?: readonly ServingRow[] },
): Problem {
  const random = seededRandom(seed * 1_000_003 + SERVING_CLASSES.indexOf(kind));
  const count = TYPES[0] + Math.floor(random() * (TYPES[1] - TYPES[0] + 1));
  const types = drawTypes(kind, count, { random, rows });
  const weights = drawWeights(random);
  const rates = ratesFor(types, weights, logBetween(random, ...MACHINES));
  const alone = types.map(({ throughputs }) => machinesAlone(throughputs, rates));
  const available = alone.map((machines) => {
    if (kind === 'tight') return Math.max(1, Math.ceil(machines * between(random, ...TIGHT_SHARE)));
    return kind === 'duplicated' ? 1 + Math.floor(random() * 4) : null;
  });
  const quota = available.reduce<number>((sum, one, type) => sum + (type % 2 ? 0 : one!), 0);
  const isTight = kind === 'tight';
  return buildProblem({
    name: `${kind} mix of ${count} ${seed}`,
    pools: isTight ? [{ id: 'quota', per: 'machine', limit: Math.ceil(quota * QUOTA_SHARE) }] : [],
    offers: types.map(({ usdPerHour }, type) =>
      buildOffer({
        id: `type ${type}`,
        nanosPerHour: asRate(Math.round(usdPerHour * 1e4) * 100_000),
        // The last one can be had without end, so that there is always an answer.
        available: type === types.length - 1 ? null : available[type]!,
        uses: isTight && type % 2 === 0 && type < types.length - 1 ? [{ pool: 0, amount: 1 }] : [],
      }),
    ),
    tasks: [
      buildTask({
        work: {
          kind: 'serving',
          hours: 1,
          rates,
          options: types.map(({ throughputs }, offer) => ({ offer, throughputs })),
        },
      }),
    ],
  });
}

type Type = { readonly usdPerHour: number; readonly throughputs: readonly number[] };

function drawTypes(
  kind: ServingClass,
  count: number,
  { random, rows }: { readonly random: Random; readonly rows: readonly ServingRow[] },
): readonly Type[] {
  const draw = (): Type => {
    if (kind === 'proportional') return proportionalType(random);
    const row =
      kind === 'catalog' ? rows[Math.floor(random() * rows.length)]! : drawRow(kind, random);
    const noise = kind === 'uncorrelated' ? NOISE_UNCORRELATED : NOISE;
    const throughputs = throughputsOf(row).map((one) => one * logBetween(random, 1 / noise, noise));
    return { usdPerHour: row.usdPerHour, throughputs };
  };
  if (kind !== 'duplicated') return Array.from({ length: count }, draw);
  const originals = Array.from({ length: Math.ceil(count / COPIES) }, draw);
  return Array.from({ length: count }, (_, index) => originals[index % originals.length]!);
}

/** The same device in another size: twice as dear and, give or take, twice as fast. */
function proportionalType(random: Random): Type {
  const size = logBetween(random, 0.5, 12);
  const base: ServingRow = { usdPerHour: 1, memoryGib: 48, gigabytesPerS: 900, teraflops: 180 };
  return {
    usdPerHour: size * between(random, 0.98, 1.02),
    throughputs: throughputsOf(base).map((one) => one * size * between(random, 0.98, 1.02)),
  };
}

function drawRow(kind: ServingClass, random: Random): ServingRow {
  const gigabytesPerS = logBetween(random, 300, 8000);
  const teraflops = gigabytesPerS * logBetween(random, 0.1, 0.4);
  const fair = gigabytesPerS / 900 + teraflops / 400;
  return {
    memoryGib: [24, 40, 48, 80, 96, 141, 192][Math.floor(random() * 7)]!,
    gigabytesPerS,
    teraflops,
    usdPerHour:
      kind === 'uncorrelated' ? logBetween(random, 0.5, 8) : fair * logBetween(random, 0.7, 1.4),
  };
}

/** Requests a second of each bucket, which one machine can take alone; 0 where none has room. */
function throughputsOf(row: ServingRow): readonly number[] {
  return INPUT_TOKENS.flatMap((input) =>
    OUTPUT_TOKENS.map((output) => {
      const room = row.memoryGib * 2 ** 30 * MEMORY_SHARE - WEIGHT_BYTES;
      const batch = Math.min(BATCH_MAX, Math.floor(room / (CACHE_BYTES * (input + output))));
      if (batch < 1) return 0;
      const prompt = (2 * PARAMETERS * input) / (ARITHMETIC * row.teraflops * 1e12);
      const bytes = WEIGHT_BYTES / batch + CACHE_BYTES * (input + output / 2);
      const answer = (output * bytes) / (BANDWIDTH * row.gigabytesPerS * 1e9);
      return 1 / (prompt + answer);
    }),
  );
}

/** Two humps of sizes, as chats beside documents, and a twentieth of anything. */
function drawWeights(random: Random): readonly number[] {
  const humps = [0, 1].map(() => ({ input: random() * 9, output: random() * 9, share: random() }));
  return INPUT_TOKENS.flatMap((_, input) =>
    OUTPUT_TOKENS.map((__, output) => {
      const near = humps.reduce((sum, hump) => {
        const distance = (input - hump.input) ** 2 + (output - hump.output) ** 2;
        return sum + hump.share * Math.exp(-distance / 6);
      }, 0);
      return (near + 0.05 * random()) * between(random, 0.5, 1.5);
    }),
  );
}

/** Rates for which so many machines of the last type would do, rounded as measurements are. */
function ratesFor(
  types: readonly Type[],
  weights: readonly number[],
  machines: number,
): readonly number[] {
  const last = types.at(-1)!.throughputs;
  // What the last type has no room for is not asked.
  const possible = weights.map((weight, bucket) => (last[bucket]! > 0 ? weight : 0));
  const scale = machines / machinesAlone(last, possible);
  return possible.map((weight) => Number((weight * scale).toPrecision(6)));
}

function machinesAlone(throughputs: readonly number[], rates: readonly number[]): number {
  return rates.reduce((sum, rate, bucket) => {
    const throughput = throughputs[bucket]!;
    return throughput > 0 ? sum + rate / throughput : sum;
  }, 0);
}

function logBetween(random: Random, low: number, high: number): number {
  return low * (high / low) ** random();
}
