import { DEMAND_LIMITS } from './demand/limits.ts';
import { baseline, type Limit, lowerMs, lowerRatio, lowerS } from './limit.ts';
import { OPTIMIZE_LIMITS } from './optimize/limits.ts';

const BUDGET = 'product budget of `kedge plan`: an answer in under half a second';
const MEMORY_BUDGET = 'product budget of `kedge plan`';
/** Measured: 27 ms on two cores of an AMD EPYC; 400 ms is fifteen times that. */
const FIFTEEN_NODES = 'plan.median, on the machine where a bare Node starts in 27 ms';
/** SkyPilot's import alone takes 2.2 s on two cores; the budget of 400 ms is a fifth of it. */
const FIFTH_OF_PEER = 'plan.median against 2.2 s, which is what SkyPilot takes to be imported';
const P99_THROUGHOUT = 'P99 of all, from the first launch to the last end';
const WHILE_BUSY = 'product budget: a busy server answers before its user wonders';
const median15 = 'median of 15, after 2 that warm the caches';
const median5 = 'median of 5, each with an empty compile cache';

/** Every figure that a bench may give, by its name. */
export const LIMITS = {
  'plan.median': { ...lowerMs, limit: 400, runs: median15, origin: BUDGET },
  'plan.p95': { ...lowerMs, limit: 500, runs: 'P95 of the same 15', origin: BUDGET },
  'plan.first': { ...lowerMs, limit: 900, runs: median5, origin: BUDGET },
  'plan.rss': {
    unit: 'MiB',
    better: 'lower',
    tolerance: 0,
    limit: 200,
    runs: 'largest of 3, peak resident memory of the process',
    origin: MEMORY_BUDGET,
  },
  'plan.packed.median': { ...lowerMs, limit: 400, runs: median15, origin: BUDGET },
  'plan.packed.p95': { ...lowerMs, limit: 500, runs: 'P95 of the same 15', origin: BUDGET },
  'plan.packed.first': { ...lowerMs, limit: 900, runs: median5, origin: BUDGET },
  'plan.packed.rss': {
    unit: 'MiB',
    better: 'lower',
    tolerance: 0,
    limit: 200,
    runs: 'largest of 3, peak resident memory of the process',
    origin: MEMORY_BUDGET,
  },
  'plan.node': { ...lowerMs, ...baseline, runs: 'median of 15, `node -e 0`' },
  'plan.vs-node': {
    ...lowerRatio,
    limit: 15,
    runs: 'median of 15 ratios of neighbours',
    origin: FIFTEEN_NODES,
  },
  'plan.skypilot': { ...lowerMs, ...baseline, runs: 'median of 5' },
  'plan.vs-skypilot': {
    ...lowerRatio,
    limit: 0.2,
    runs: 'median of 5 ratios of neighbours',
    origin: FIFTH_OF_PEER,
  },
  'queue.queued': {
    ...lowerS,
    limit: 60,
    runs: 'once, 10,000 runs by 16 users at once',
    origin: 'ten thousand runs are in line within a minute',
  },
  'queue.finished': {
    ...lowerS,
    limit: 480,
    runs: 'once, the same runs',
    origin: 'three times what the place itself takes for them, 160 s',
  },
  'queue.rss': {
    unit: 'MiB',
    better: 'lower',
    tolerance: 0,
    limit: 512,
    runs: 'peak of the server, the same runs',
    origin: 'product budget: 10,000 runs, and room for other things',
  },
  'queue.runs': { ...lowerMs, limit: 100, runs: P99_THROUGHOUT, origin: WHILE_BUSY },
  'queue.show': { ...lowerMs, limit: 100, runs: P99_THROUGHOUT, origin: WHILE_BUSY },
  'queue.why': { ...lowerMs, limit: 100, runs: P99_THROUGHOUT, origin: WHILE_BUSY },
  'up.wall': {
    unit: 's',
    better: 'lower',
    tolerance: 0,
    limit: 30,
    runs: 'median of 3, each in a new installation',
    origin: 'a first run while its user still watches',
  },
  ...OPTIMIZE_LIMITS,
  ...DEMAND_LIMITS,
} as const satisfies Record<string, Limit>;

export type FigureName = keyof typeof LIMITS;
