import { existsSync } from 'node:fs';
import { seededRandom } from '../../src/base/rng.ts';
import { HOUR_MS } from '../../src/base/time.ts';
import { adaptivePolicy } from '../../src/core/optimize/spot/adaptive-policy.ts';
import { evenStarts, playTrace, windowTicks } from '../../src/core/optimize/spot/backtest.ts';
import { planSpot } from '../../src/core/optimize/spot/decide.ts';
import { greedy } from '../../src/core/optimize/spot/greedy.ts';
import { HAZARDS } from '../../src/core/optimize/spot/hazard-parameters.ts';
import type { SpotJob } from '../../src/core/optimize/spot/spot-job.ts';
import { eagerProgress, uniformProgress } from '../../src/core/optimize/spot/uniform-progress.ts';
import { type Figure, figureOf } from '../figure.ts';
import type { FigureName } from '../limits.ts';
import { type Half, jobOf, secondHalves, TRACES, WINDOWS } from './spot-traces.ts';
import { playInZones } from './spot-zones.ts';

const DEADLINE_HOURS = [52, 56, 70, 92];
const CHANGEOVER_HOURS = [0.02, 0.1, 0.2, 0.5] as const;
const RESAMPLES = 2000;
const TICK_MS = HOUR_MS / 6;
const PERCENT = 100;

type Policy = 'greedy' | 'uniform' | 'eager' | 'kedge' | 'optimum';
const OTHERS: readonly Policy[] = ['greedy', 'uniform', 'eager'];
/** Mean dollars of a trace's windows, by policy. */
type TraceMeans = Readonly<Record<Policy, number>>;
type Cell = { readonly traces: readonly TraceMeans[]; readonly misses: number };

/**
 * The policy on the second half of each trace of availability of 11 days or more, whose first half
 * it was fitted on, in twelve windows each: every deadline × changeover. Nothing where the traces
 * are not.
 */
export function benchSpot(machine: string): Promise<Figure[]> {
  if (!existsSync(TRACES)) {
    process.stderr.write('skipped: set KEDGE_TRACES to a CSV file of spot availability\n');
    return Promise.resolve([]);
  }
  const halves = secondHalves();
  const cells = CHANGEOVER_HOURS.map((changeover) =>
    DEADLINE_HOURS.map((deadline) => cellOf(jobOf(deadline, changeover), halves)),
  );
  const all = cells.flat();
  const zones = playInZones(halves);
  const least = (values: readonly number[]): number => Math.min(...values);
  const largest = (values: readonly number[]): number => Math.max(...values);
  const figure = (name: FigureName, values: readonly number[], of: typeof least): Figure =>
    figureOf(name, values, of, machine);
  return Promise.resolve([
    ...CHANGEOVER_HOURS.flatMap((changeover, index) => {
      const closed = cells[index]!.map((cell) => closedPercent(cell, ['greedy', 'uniform']));
      const byEager = cells[index]!.map((cell) => closedPercent(cell, ['greedy', 'eager']));
      return [
        figure(`spot.closed-${changeover}`, closed, least),
        figure(`spot.closed-eager-${changeover}`, byEager, least),
      ];
    }),
    figure('spot.vs-better', all.map(vsBetter), largest),
    figure('spot.worst-trace', all.map(worstTrace), largest),
    figure(
      'spot.misses',
      [[...all, ...zones].reduce((sum, { misses }) => sum + misses, 0)],
      largest,
    ),
    figure('spot.sure', all.map(surePercent), least),
    figure(
      'spot.zones',
      zones.map(({ vsBest }) => vsBest),
      largest,
    ),
    figure('spot.table', tableSeconds(), largest),
  ]);
}

function cellOf(job: SpotJob, halves: readonly Half[]): Cell {
  const policies = [greedy, uniformProgress, eagerProgress, adaptivePolicy(HAZARDS)];
  let misses = 0;
  const traces = halves.map(({ tickMs, available, from }) => {
    const span = { from, to: available.length, ticks: windowTicks(job, tickMs) };
    const starts = evenStarts(span, WINDOWS);
    const outcomes = playTrace(job, { tickMs, available }, { starts, policies });
    misses += outcomes.flat().filter(({ isMissed }) => isMissed).length;
    const mean = (index: number): number =>
      outcomes[index]!.reduce((sum, { costMicros }) => sum + costMicros / 1e6, 0) / starts.length;
    return {
      greedy: mean(0),
      uniform: mean(1),
      eager: mean(2),
      kedge: mean(3),
      optimum: mean(4),
    };
  });
  return { traces, misses };
}

function meanOf({ traces }: Cell, policy: Policy): number {
  return traces.reduce((sum, means) => sum + means[policy], 0) / traces.length;
}

/** Of the distance between the better of two others and the optimum. */
function closedPercent(cell: Cell, others: readonly Policy[]): number {
  const better = Math.min(...others.map((policy) => meanOf(cell, policy)));
  const distance = better - meanOf(cell, 'optimum');
  return (PERCENT * (better - meanOf(cell, 'kedge'))) / distance;
}

function vsBetter(cell: Cell): number {
  return meanOf(cell, 'kedge') / meanOf(cell, betterOf(cell));
}

function betterOf(cell: Cell): Policy {
  return OTHERS.reduce((best, one) => (meanOf(cell, one) < meanOf(cell, best) ? one : best));
}

/** Percent above the best of the others on that trace. */
function worstTrace({ traces }: Cell): number {
  const above = traces.map(
    (means) => means.kedge / Math.min(...OTHERS.map((one) => means[one])) - 1,
  );
  return PERCENT * Math.max(...above);
}

/** Of samples of traces, drawn with replacement, those in which the policy is cheaper. */
function surePercent(cell: Cell): number {
  const better = betterOf(cell);
  const saved = cell.traces.map((means) => means[better] - means.kedge);
  const random = seededRandom(1);
  let cheaper = 0;
  for (let sample = 0; sample < RESAMPLES; sample++) {
    let sum = 0;
    for (let draw = 0; draw < saved.length; draw++) {
      sum += saved[Math.floor(random() * saved.length)]!;
    }
    if (sum > 0) cheaper++;
  }
  return (PERCENT * cheaper) / RESAMPLES;
}

/** Of the largest cell, by its processor time. */
function tableSeconds(): number[] {
  return CHANGEOVER_HOURS.map((changeover) => {
    const before = process.cpuUsage();
    planSpot(jobOf(Math.max(...DEADLINE_HOURS), changeover), TICK_MS);
    return process.cpuUsage(before).user / 1e6;
  });
}
