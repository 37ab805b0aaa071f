import { baseline, type Limit, lowerMs, lowerRatio, lowerS } from '../limit.ts';

const onceUsd = { unit: 'USD', better: 'lower', tolerance: 0, runs: 'once' } as const;
const median200 = 'median of 200 problems, above the exact optimum';
const percent = { unit: '%', better: 'lower', tolerance: 0 } as const;
const NEAR_OPTIMUM = 'product budget: within 1 % of the optimum (median), in 2 s';
const SPOT_CLOSES = 'product budget: of the way from the better of both to the optimum';
const SPOT_BEATS = 'product budget: below greedy and below Uniform Progress in every cell';
const worst4 = 'worst of 4 deadlines, 11 traces × 12 windows, by greedy and Uniform Progress';
const worst4Eager = 'the same, where it leaves on-demand as soon as spot comes';
const closed = { unit: '%', better: 'higher', tolerance: 0 } as const;
const coverGap = {
  unit: '%',
  better: 'lower',
  tolerance: 0,
  origin: 'product budget: many tasks on shared offers, proven by the checker',
} as const;

/** Every figure of the optimizer, by its name. */
export const OPTIMIZE_LIMITS = {
  'cover.one': {
    ...lowerMs,
    limit: 50,
    runs: 'worst of 20 seeds × 5 classes, 1 task × 5,000 offers, presolve and search, warm',
    origin: 'product budget: a plan in the time it takes to blink',
  },
  'cover.one-gap': {
    ...percent,
    limit: 0.01,
    runs: 'worst of the same',
    origin: 'product budget: proven to 1e-4',
  },
  'cover.one-highs': {
    ...lowerS,
    ...baseline,
    runs: 'median of 5 classes, one seed each: HiGHS on the bare model, to the same gap',
  },
  'cover.10x2000-soon': { ...coverGap, limit: 0.5, runs: 'worst of 20 seeds × 5 classes, 10 s' },
  'cover.10x2000': { ...coverGap, limit: 0.1, runs: 'worst of 20 seeds × 5 classes, 60 s' },
  'cover.50x500-soon': { ...coverGap, limit: 0.5, runs: 'worst of 20 seeds × 5 classes, 10 s' },
  'cover.50x500': { ...coverGap, limit: 0.1, runs: 'worst of 20 seeds × 5 classes, 60 s' },
  'cover.100x1000-soon': { ...coverGap, limit: 0.5, runs: 'worst of 20 seeds × 5 classes, 10 s' },
  'cover.100x1000': { ...coverGap, limit: 0.1, runs: 'worst of 20 seeds × 5 classes, 60 s' },
  'dag.narrow': {
    ...lowerS,
    limit: 1,
    runs: 'worst of 20 seeds × 4 classes × 2 sizes, search and check',
    origin: 'product budget: a pipeline of treewidth 3 while its user waits',
  },
  'dag.narrow-gap': {
    ...percent,
    limit: 0,
    runs: 'worst of the same',
    origin: 'product budget: exact',
  },
  'dag.general': {
    ...lowerS,
    limit: 10,
    runs: 'worst of 20 seeds × 2 classes × 2 sizes, search and check',
    origin: 'product budget of a hard problem',
  },
  'dag.general-gap': {
    ...percent,
    limit: 1,
    runs: 'worst of the same',
    origin: 'product budget of a hard problem',
  },
  'dag.spread-narrow': {
    ...lowerS,
    limit: 1,
    runs: 'worst of 20 seeds × 4 classes × 2 sizes, each option in a region of its own',
    origin: 'product budget: a pipeline of treewidth 3 while its user waits',
  },
  'dag.spread-general': {
    ...lowerS,
    limit: 10,
    runs: 'worst of 20 seeds × 2 classes × 2 sizes, each option in a region of its own',
    origin: 'product budget of a hard problem',
  },
  'dag.spread-general-gap': {
    ...percent,
    limit: 1,
    runs: 'worst of the same',
    origin: 'product budget of a hard problem',
  },
  'dag.in-time': {
    ...lowerS,
    limit: 2,
    runs: 'worst of 20 seeds, chains of 20 that must take half of their time, search and check',
    origin: 'two for each of 24 points of a frontier, in a minute and a half at worst',
  },
  'dag.one-hot': { ...lowerS, ...baseline, runs: 'median of 2 classes × 3 seeds, 10 tasks, 60 s' },
  'dag.vs-one-hot': {
    ...lowerRatio,
    limit: 0.2,
    runs: 'worst of the same, ours by theirs',
    origin: 'the structure must be worth a searcher of its own',
  },
  'dag.chain': {
    ...lowerMs,
    limit: 1000,
    runs: 'median of 15, 20 tasks with data between them, after 2 that warm the caches',
    origin: 'product budget; SkyPilot takes 31 s and more',
  },
  'dag.chain-skypilot': { ...lowerMs, ...baseline, runs: 'once' },
  'routes.intra-aws': {
    ...onceUsd,
    limit: 58.01,
    origin: 'product budget: what one exact directed Steiner tree costs',
  },
  'routes.inter-agz': {
    ...onceUsd,
    limit: 162.06,
    origin: 'product budget: what one exact directed Steiner tree costs',
  },
  'routes.trees-gap': {
    ...percent,
    limit: 1,
    runs: 'worst of 20 seeds × 4 classes, 6 destinations',
    origin: 'several trees are worth about so much: without a proof nobody could tell',
  },
  'routes.pairs-gap': {
    ...percent,
    limit: 1,
    runs: 'worst of 20 seeds, in 0.7 of the time of the cheapest',
    origin: 'several trees are worth about so much: without a proof nobody could tell',
  },
  'routes.time': {
    ...lowerS,
    limit: 20,
    runs: 'worst of all of these',
    origin: 'product budget of a multicast',
  },
  'mix.published': {
    ...onceUsd,
    limit: 6.7,
    origin: 'product budget: what the sliced mix of its authors costs',
  },
  'mix.time': {
    ...lowerS,
    limit: 1,
    runs: 'worst of 20 seeds × 5 classes to a gap of 1e-4, search and check, warm',
    origin: 'a mix while its user waits',
  },
  'mix.exact-time': {
    ...lowerS,
    limit: 11,
    runs: 'worst of the same to a gap of 0 in 10 s, search and check',
    origin: 'product budget of a hard problem, and its check',
  },
  'mix.gap': {
    ...percent,
    limit: 0.01,
    runs: 'worst of the same',
    origin: 'no cheaper mix is worth looking for',
  },
  'mix.sliced': {
    ...lowerS,
    ...baseline,
    runs: 'median of the same, slice factor 4, 10 s at most',
  },
  'mix.vs-sliced': {
    ...lowerRatio,
    tolerance: 0,
    limit: 0.1,
    runs: 'worst of the same, ours by theirs',
    origin: 'product budget: ten times faster',
  },
  'mix.cost-vs-sliced': {
    ...lowerRatio,
    tolerance: 0,
    limit: 1,
    runs: 'worst of the same, and of factors 1, 2 and 8 for 2 seeds × 5 classes',
    origin: 'product budget: never costlier',
  },
  'mix.lbfgs': {
    ...percent,
    limit: 1,
    runs: 'median of 200 problems, above the proven optimum',
    origin: 'product budget of a searcher that proves nothing',
  },
  'mix.lbfgs-time': { ...lowerS, limit: 2, runs: 'worst of the same', origin: 'product budget' },
  'balance.median': {
    ...percent,
    limit: 0.01,
    runs: 'median of 600, above the exact optimum of small cases',
    origin: 'product budget is 1 %, and these are smooth',
  },
  'balance.worst': {
    ...percent,
    limit: 1,
    runs: 'worst of the same',
    origin: 'a local optimum must not cost more than a measurement tells',
  },
  'balance.time': {
    ...lowerS,
    limit: 3,
    runs: 'worst of 20 problems × 2 goals, 12 kinds × 100 buckets',
    origin: 'far less than a replica takes to start',
  },
  'balance.vs-proportional': {
    ...lowerRatio,
    tolerance: 0,
    limit: 1,
    runs: 'worst of the same, latency by latency',
    origin: 'a balancer that knows more must never do worse',
  },
  'spot.closed-0.02': { ...closed, limit: 80, runs: worst4, origin: SPOT_CLOSES },
  'spot.closed-eager-0.02': { ...closed, limit: 80, runs: worst4Eager, origin: SPOT_CLOSES },
  'spot.closed-0.1': { ...closed, limit: 55, runs: worst4, origin: SPOT_CLOSES },
  'spot.closed-eager-0.1': { ...closed, limit: 55, runs: worst4Eager, origin: SPOT_CLOSES },
  'spot.closed-0.2': { ...closed, limit: 35, runs: worst4, origin: SPOT_CLOSES },
  'spot.closed-eager-0.2': { ...closed, limit: 35, runs: worst4Eager, origin: SPOT_CLOSES },
  'spot.closed-0.5': { ...closed, limit: 20, runs: worst4, origin: SPOT_CLOSES },
  'spot.closed-eager-0.5': { ...closed, limit: 20, runs: worst4Eager, origin: SPOT_CLOSES },
  'spot.vs-better': {
    ...lowerRatio,
    tolerance: 0,
    limit: 1,
    runs: 'worst of 16 cells of 11 traces × 12 windows, by the better of two others',
    origin: SPOT_BEATS,
  },
  'spot.worst-trace': {
    ...percent,
    limit: 5,
    runs: 'worst of 16 cells × 11 traces, above the better of two others',
    origin: 'product budget of a policy that must not be a gamble',
  },
  'spot.misses': {
    ...lowerRatio,
    tolerance: 0,
    limit: 0,
    runs: 'of 2,112 windows × 5 policies',
    origin: 'product budget: no deadline is missed',
  },
  'spot.sure': {
    ...closed,
    limit: null,
    runs: 'worst of 16 cells: 2,000 samples of traces, those it is cheaper in',
    origin: 'a bootstrap clustered by trace, to tell luck from more',
  },
  'spot.zones': {
    ...lowerRatio,
    tolerance: 0,
    limit: 1,
    runs: 'worst of 8 cells of 5 pairs of zones × 12 windows, by the best zone alone',
    origin: 'product budget: another zone to go to must never cost anything',
  },
  'spot.table': {
    ...lowerS,
    limit: 1,
    runs: 'worst of 4, processor time, 92 h in ticks of ten minutes',
    origin: 'product budget: made once, while a run starts',
  },
  'problem.read': {
    ...lowerMs,
    limit: 500,
    runs: 'median of 15, 100 tasks × 1,000 offers',
    origin: 'product budget: a stored problem is read well under a second',
  },
  'problem.print': { ...lowerMs, ...baseline, runs: 'median of 15, the same' },
  'problem.solve': {
    ...lowerMs,
    limit: 500,
    runs: 'median of 15 new processes, 1 task × 60 offers, after 2 that warm the caches',
    origin: 'product budget of `kedge plan`, P95',
  },
  'genetic.cover': { ...percent, limit: 1, runs: median200, origin: NEAR_OPTIMUM },
  'genetic.coupled': { ...percent, limit: 1, runs: median200, origin: NEAR_OPTIMUM },
  'genetic.hours': { ...percent, limit: 1, runs: median200, origin: NEAR_OPTIMUM },
  'genetic.placement': { ...percent, limit: 1, runs: median200, origin: NEAR_OPTIMUM },
  'genetic.serving': { ...percent, limit: 1, runs: median200, origin: NEAR_OPTIMUM },
  'genetic.slowest': {
    ...lowerS,
    limit: 2,
    runs: 'slowest of the same 1,000 problems',
    origin: NEAR_OPTIMUM,
  },
} as const satisfies Record<string, Limit>;
