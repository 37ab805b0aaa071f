import { baseline, type Limit } from '../limit.ts';

const lower = { unit: '%', better: 'lower', tolerance: 0 } as const;
const higher = { unit: '%', better: 'higher', tolerance: 0 } as const;
const lowerX = { unit: 'x', better: 'lower', tolerance: 0 } as const;
const REACH = 'product budget: better than estimators that need no profiling';
const SURE = 'product budget: an interval that says 80 % holds as often';
const TELLS = 'product budget: intervals say where they are unsure';
const ofFamilies = 'median of the medians of sources left out, of eight rows or more';
const p90OfFamilies = 'median of their 90th percentiles';
const biasOfFamilies = 'median of their middle errors, with their signs';
const shown = { limit: null, origin: 'shown beside its error' } as const;

/** Of one quantity: its error on sources that no fit saw, its 90th percentile, its bias. */
function errorLimits<N extends string>(name: N, limit: number, p90: number | null) {
  const tail = p90 === null ? shown : { limit: p90, origin: REACH };
  return {
    [`demand.${name}`]: { ...lower, limit, runs: ofFamilies, origin: REACH },
    [`demand.${name}-p90`]: { ...lower, ...tail, runs: p90OfFamilies },
    [`demand.${name}-bias`]: { ...lower, ...shown, runs: biasOfFamilies },
  } as { readonly [key in `demand.${N}` | `demand.${N}-p90` | `demand.${N}-bias`]: Limit };
}

const insideRuns = 'share of rows inside intervals that did not see their source';

/** Of the intervals of one quantity: neither too narrow nor too wide, and worth their width. */
function intervalLimits<N extends string>(name: N) {
  return {
    [`demand.${name}-inside`]: { ...higher, limit: 75, runs: insideRuns, origin: SURE },
    [`demand.${name}-inside-most`]: { ...lower, limit: 88, runs: insideRuns, origin: SURE },
    [`demand.${name}-score`]: {
      ...lowerX,
      limit: 1,
      runs: 'mean interval score by that of equal widths that hold as often',
      origin: TELLS,
    },
  } as {
    readonly [key in `demand.${N}-inside` | `demand.${N}-inside-most` | `demand.${N}-score`]: Limit;
  };
}

/** Every figure of the estimate, by its name. */
export const DEMAND_LIMITS = {
  ...errorLimits('training', 15, 35),
  'demand.constant-mfu': {
    ...lower,
    ...baseline,
    runs: 'the same, one MFU by device and precision',
  },
  'demand.training-vs-mfu': {
    ...lowerX,
    limit: 0.5,
    runs: 'the two errors, one by the other',
    origin: 'product budget: half the error of the rule that everybody uses',
  },
  ...errorLimits('experts', 20, null),
  ...errorLimits('generation', 25, null),
  ...errorLimits('tpot', 20, null),
  ...errorLimits('offline', 25, null),
  ...errorLimits('images', 30, null),
  ...errorLimits('memory', 10, 20),
  'demand.states': { ...lower, limit: 1, runs: ofFamilies, origin: REACH },
  'demand.cache': { ...lower, limit: 1, runs: ofFamilies, origin: REACH },
  'demand.false-fits': {
    ...lowerX,
    limit: 0,
    runs: 'rows that ran out of memory and were said to fit',
    origin: 'product budget: nobody pays for a machine that is too small',
  },
  'demand.false-refusals': {
    ...lower,
    limit: 5,
    runs: 'share of rows that ran and were said not to fit',
    origin: 'product budget: what runs is offered',
  },
  ...errorLimits('hours', 25, null),
  'demand.hours-inside': { ...higher, limit: 70, runs: insideRuns, origin: SURE },
  ...intervalLimits('training'),
  ...intervalLimits('tpot'),
  ...intervalLimits('ttft'),
  ...intervalLimits('images'),
  'demand.measured': {
    ...lowerX,
    limit: 0.667,
    runs: 'median of the sources that ran a task on several devices',
    origin: 'product budget: what one measurement takes off the error on other devices',
  },
  'demand.measured-near': {
    ...lowerX,
    ...shown,
    runs: 'the same, devices of the same generation',
  },
  'demand.measured-far': { ...lowerX, ...shown, runs: 'the same, devices of another' },
  'demand.questions': {
    unit: '/s',
    better: 'higher',
    tolerance: 0,
    limit: 1000,
    runs: 'median of 7, layouts of a model, a kind of device and a number of them, warm',
    origin: 'product budget: one core answers a thousand questions a second',
  },
} as const satisfies Record<string, Limit>;
