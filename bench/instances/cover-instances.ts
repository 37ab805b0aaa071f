import { asRate } from '../../src/base/money.ts';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem, ProblemOffer } from '../../src/core/optimize/model/problem.ts';
import { between } from './between.ts';

/**
 * Covering plans as people might have them: `per: machine`, whole machines, so many of each offer.
 * The classes say what makes them hard:
 *
 * - `uncorrelated`: price and throughput have nothing to do with each other; a few offers are by
 *   far the best.
 * - `proportional`: price ≈ throughput ± 2 %: every offer is about as good as every other.
 * - `duplicated`: a fiftieth as many different offers, each many times.
 * - `tight`: proportional, and each of ten providers has a quota of which nearly all is needed.
 * - `catalog`: prices and devices of real rows, given to the generator.
 */
export const COVER_CLASSES = [
  'uncorrelated',
  'proportional',
  'duplicated',
  'tight',
  'catalog',
] as const;
export type CoverClass = (typeof COVER_CLASSES)[number];

export type CoverSize = { readonly tasks: number; readonly offers: number };

/** A real row: dollars an hour of a machine, and what it can do, in any unit. */
export type CatalogRow = { readonly usdPerHour: number; readonly speed: number };

type Kind = { readonly usdPerHour: number; readonly speed: number; readonly available: number };

const PROVIDERS = 10;
/** Of all that the offers could do together, the tasks need this share, as little as this. */
const NEED_SHARE = [0.05, 0.3] as const;
/** What a quota leaves over of what its provider has. */
const QUOTA_SHARE = 0.35;
const TIGHT_NEED_SHARE = 0.3;
const COPIES = 50;
const AVAILABLE_MAX = 20;
/** How unlike tasks are: what a machine does for one of them is its speed times up to this, or over it. */
const TASK_FACTOR = 2;

/** The same problem for the same seed. `rows` are needed for `catalog` alone. */
export function coverInstance(
  kind: CoverClass,
  { tasks, offers }: CoverSize,
  { seed, rows = [] }: { readonly seed: number; readonly rows?: readonly CatalogRow[] },
): Problem {
  const random = seededRandom(seed * 1_000_003 + COVER_CLASSES.indexOf(kind));
  const kinds = drawKinds(kind, offers, { random, rows });
  const isTight = kind === 'tight';
  const machines = kinds.reduce((sum, one) => sum + one.available, 0);
  const pools = Array.from({ length: isTight ? PROVIDERS : 0 }, (_, index) => ({
    id: `quota ${index}`,
    per: 'machine' as const,
    limit: Math.floor((machines * QUOTA_SHARE) / PROVIDERS),
  }));
  const together = kinds.reduce((sum, one) => sum + one.speed * one.available, 0);
  const share = isTight ? TIGHT_NEED_SHARE : between(random, ...NEED_SHARE);
  return buildProblem({
    name: `${kind} ${tasks}x${offers} ${seed}`,
    offers: kinds.map((one, index) => offerOf(one, index, isTight)),
    pools,
    tasks: Array.from({ length: tasks }, () =>
      buildTask({
        work: {
          kind: 'divisible',
          per: 'machine',
          units: Math.ceil((share * together) / tasks),
          options: kinds.map(({ speed }, offer) => ({
            offer,
            throughput: tasks === 1 ? speed : Math.ceil(speed * factor(random)),
          })),
        },
      }),
    ),
  });
}

function drawKinds(
  kind: CoverClass,
  count: number,
  { random, rows }: { readonly random: Random; readonly rows: readonly CatalogRow[] },
): readonly Kind[] {
  const draw = (): Kind => {
    const available = 1 + Math.floor(random() * AVAILABLE_MAX);
    if (kind === 'catalog') {
      const row = rows[Math.floor(random() * rows.length)]!;
      return { ...row, speed: Math.max(1, Math.round(row.speed)), available };
    }
    const speed = 10 + Math.floor(random() * 990);
    const usdPerHour =
      kind === 'uncorrelated'
        ? between(random, 0.1, 40)
        : (speed / 25) * between(random, 0.98, 1.02);
    return { speed, usdPerHour, available };
  };
  if (kind !== 'duplicated') return Array.from({ length: count }, draw);
  const originals = Array.from({ length: Math.ceil(count / COPIES) }, draw);
  return Array.from({ length: count }, (_, index) => originals[index % originals.length]!);
}

function offerOf({ usdPerHour, available }: Kind, index: number, isTight: boolean): ProblemOffer {
  const provider = index % PROVIDERS;
  return buildOffer({
    id: `offer ${index}`,
    provider: `provider ${provider}`,
    nanosPerHour: asRate(Math.round(usdPerHour * 1e6) * 1000),
    available,
    uses: isTight ? [{ pool: provider, amount: 1 }] : [],
  });
}

function factor(random: Random): number {
  return TASK_FACTOR ** between(random, -1, 1);
}
