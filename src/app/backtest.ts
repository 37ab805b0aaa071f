import { KedgeError } from '../base/errors.ts';
import { type Rate, showMicros } from '../base/money.ts';
import { formatDuration, HOUR_MS, SECOND_MS } from '../base/time.ts';
import { adaptivePolicy } from '../core/optimize/spot/adaptive-policy.ts';
import {
  evenStarts,
  playTrace,
  startsEvery,
  type Tally,
  tally,
  windowTicks,
} from '../core/optimize/spot/backtest.ts';
import { greedy } from '../core/optimize/spot/greedy.ts';
import { HAZARDS } from '../core/optimize/spot/hazard-parameters.ts';
import { readTraces } from '../core/optimize/spot/read-traces.ts';
import type { WindowOutcome } from '../core/optimize/spot/simulate-window.ts';
import type { SpotJob, SpotPolicy } from '../core/optimize/spot/spot-job.ts';
import { availabilityOf, type Trace } from '../core/optimize/spot/trace.ts';
import { eagerProgress, uniformProgress } from '../core/optimize/spot/uniform-progress.ts';

export type BacktestRequest = {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly job: SpotJob;
  /** How many machines must be had at once; null for as many as the trace asked for, or one. */
  readonly need: number | null;
  /** Ticks from the start of one window to the next; null for `WINDOWS`, evenly. */
  readonly startEvery: number | null;
};

/**
 * By policy; `optimum` is what knows all beforehand, and the eager Uniform Progress is the one that
 * leaves on-demand as soon as spot comes.
 */
type Policy = 'greedy' | 'uniformProgress' | 'uniformProgressEager' | 'kedge' | 'optimum';
type Tallies = Readonly<Record<Policy, Tally>>;

type TraceReport = {
  readonly name: string;
  readonly tickS: number;
  readonly need: number;
  /** The share of its ticks at which spot could be had. */
  readonly availability: number;
  readonly windows: number;
  /** Null where no window fits. */
  readonly policies: Tallies | null;
};

/** The job that was played. */
export type BacktestTerms = {
  readonly schema: 'kedge.backtest/v1';
  readonly workHours: number;
  readonly deadlineHours: number;
  readonly changeoverHours: number;
  readonly onDemandNanosPerHour: Rate;
};

/** What `kedge backtest` prints. */
export type BacktestReport = BacktestTerms & {
  readonly spotNanosPerHour: Rate;
  readonly traces: readonly TraceReport[];
  readonly overall: { readonly windows: number; readonly policies: Tallies };
};

export const WINDOWS = 12;

/**
 * What a job would have cost in windows of each trace: by greedy, by Uniform Progress in two readings,
 * by Kedge's policy, and at best. Errors: `trace.invalid`, also when no window fits any trace.
 */
export function backtest(request: BacktestRequest): BacktestReport {
  const { job } = request;
  const policies = [greedy, uniformProgress, eagerProgress, adaptivePolicy(HAZARDS)];
  const traces = request.files.flatMap(({ name, text }) => readTraces(name, text));
  const played = traces.map((trace) => playOne(request, trace, policies));
  const fitting = played.filter(({ report }) => report.windows > 0);
  if (fitting.length === 0) throw tooShort(job, traces);
  return {
    schema: 'kedge.backtest/v1',
    workHours: job.workMs / HOUR_MS,
    deadlineHours: job.deadlineMs / HOUR_MS,
    changeoverHours: job.changeoverMs / HOUR_MS,
    onDemandNanosPerHour: job.onDemandNanosPerHour,
    spotNanosPerHour: job.spotNanosPerHour,
    traces: played.map(({ report }) => report),
    overall: {
      windows: fitting.reduce((sum, { report }) => sum + report.windows, 0),
      policies: talliesOf(fitting.map(({ outcomes }) => outcomes)),
    },
  };
}

function playOne(
  { job, need: asked, startEvery }: BacktestRequest,
  trace: Trace,
  policies: readonly SpotPolicy[],
): { readonly report: TraceReport; readonly outcomes: Outcomes } {
  const need = asked ?? trace.asked ?? 1;
  const available = availabilityOf(trace, need);
  const { name, tickMs } = trace;
  const span = { from: 0, to: available.length, ticks: windowTicks(job, tickMs) };
  const starts = startEvery === null ? evenStarts(span, WINDOWS) : startsEvery(span, startEvery);
  const outcomes = playTrace(job, { tickMs, available }, { starts, policies });
  const report: TraceReport = {
    name,
    tickS: tickMs / SECOND_MS,
    need,
    availability: available.reduce((sum, one) => sum + one, 0) / available.length,
    windows: starts.length,
    policies: starts.length === 0 ? null : talliesOf([outcomes]),
  };
  return { report, outcomes };
}

/** In the order of the policies, then of the windows. */
type Outcomes = readonly (readonly WindowOutcome[])[];

function talliesOf(traces: readonly Outcomes[]): Tallies {
  const of = (policy: number): Tally => tally(traces.flatMap((outcomes) => outcomes[policy]!));
  return {
    greedy: of(0),
    uniformProgress: of(1),
    uniformProgressEager: of(2),
    kedge: of(3),
    optimum: of(4),
  };
}

function tooShort({ deadlineMs }: SpotJob, traces: readonly Trace[]): KedgeError {
  const longest = Math.max(...traces.map(({ tickMs, counts }) => tickMs * counts.length));
  const message = `no window of ${formatDuration(deadlineMs)} fits: the longest trace has ${formatDuration(longest)}`;
  return new KedgeError('trace.invalid', message, {
    hint: 'give longer traces, or a job with an earlier deadline',
  });
}

export type BacktestTable = {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** In the order of the columns of costs; the eager one only in wide tables. */
const SHOWN: readonly (readonly [Policy, string])[] = [
  ['greedy', 'GREEDY'],
  ['uniformProgress', 'UNIFORM'],
  ['kedge', 'KEDGE'],
  ['optimum', 'OPTIMUM'],
];
const SHOWN_WIDE = SHOWN.toSpliced(2, 0, ['uniformProgressEager', 'EAGER']);

/** The report as a table: mean costs, and of the distance to the optimum what Kedge saves. */
export function backtestTable(report: BacktestReport, wide: boolean): BacktestTable {
  const shown = wide ? SHOWN_WIDE : SHOWN;
  const more = wide ? ['MISSES', 'PREEMPTIONS'] : [];
  const all = { name: 'all', ...report.overall };
  return {
    headings: ['WINDOWS', ...shown.map(([, heading]) => heading), 'CLOSED', ...more, 'TRACE'],
    rows: [...report.traces, all].map((row) => cells(row, shown, wide)),
  };
}

function cells(
  row: { readonly name: string; readonly windows: number; readonly policies: Tallies | null },
  shown: typeof SHOWN,
  wide: boolean,
): string[] {
  const { name, windows, policies } = row;
  const costs = shown.map(([policy]) =>
    policies === null ? '-' : showMicros(policies[policy].meanCostMicros),
  );
  const each = (of: (tallied: Tally) => number): string =>
    policies === null ? '-' : shown.map(([policy]) => of(policies[policy])).join('/');
  return [
    String(windows),
    ...costs,
    policies === null ? '-' : closedWords([policies.greedy, policies.uniformProgress], policies),
    ...(wide ? [each(({ misses }) => misses), each(({ preemptions }) => preemptions)] : []),
    policies === null ? `${name} (too short)` : name,
  ];
}

/** Of the distance between the best of others and the optimum. */
export function closedWords(
  others: readonly Tally[],
  { kedge, optimum }: Readonly<Record<'kedge' | 'optimum', Tally>>,
): string {
  const best = Math.min(...others.map(({ meanCostMicros }) => meanCostMicros));
  const distance = best - optimum.meanCostMicros;
  if (distance <= 0) return '-';
  return `${Math.round((100 * (best - kedge.meanCostMicros)) / distance)}%`;
}
