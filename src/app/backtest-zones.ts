import { KedgeError } from '../base/errors.ts';
import { type Rate, showMicros, showRate } from '../base/money.ts';
import { HOUR_MS, SECOND_MS } from '../base/time.ts';
import {
  evenStarts,
  startsEvery,
  type Tally,
  tally,
  windowTicks,
} from '../core/optimize/spot/backtest.ts';
import { playZones } from '../core/optimize/spot/backtest-zones.ts';
import { HAZARDS } from '../core/optimize/spot/hazard-parameters.ts';
import { readTraces } from '../core/optimize/spot/read-traces.ts';
import { availabilityOf, type Trace } from '../core/optimize/spot/trace.ts';
import type { ZonesJob } from '../core/optimize/spot/zones-job.ts';
import {
  type BacktestRequest,
  type BacktestTable,
  type BacktestTerms,
  closedWords,
  WINDOWS,
} from './backtest.ts';

export type ZonesRequest = Omit<BacktestRequest, 'job'> & {
  /** A price for each zone, in the order of the traces; or one, that is that of all. */
  readonly job: ZonesJob;
};

type ZonesGroup = {
  readonly zones: readonly {
    readonly name: string;
    readonly spotNanosPerHour: Rate;
    /** Kedge's policy as if there were no other zone; null where no window fits. */
    readonly alone: Tally | null;
  }[];
  readonly tickS: number;
  readonly need: number;
  readonly windows: number;
  /** Null where no window fits. */
  readonly policies: Readonly<Record<'kedge' | 'optimum', Tally>> | null;
};

/** What `kedge backtest --zones` prints. */
export type ZonesReport = BacktestTerms & {
  readonly groups: readonly ZonesGroup[];
};

/**
 * What a job would have cost that may run in any of several zones, and in each alone. Traces of one
 * region of a CSV file are zones of one job, and so are all traces in JSON; their first ticks are
 * taken to be at the same time. Errors: `trace.invalid`, also when no traces belong together, their
 * ticks are unlike or prices are too few.
 */
export function backtestZones(request: ZonesRequest): ZonesReport {
  const { job } = request;
  const traces = request.files.flatMap(({ name, text }) => readTraces(name, text));
  const groups = [...Map.groupBy(traces, ({ region }) => region).values()].filter(
    (zones) => zones.length > 1,
  );
  if (groups.length === 0) {
    throw new KedgeError('trace.invalid', 'no two traces are zones of one region', {
      hint: 'give a JSON file for each zone, or a CSV file with several zones of a region',
    });
  }
  return {
    schema: 'kedge.backtest/v1',
    workHours: job.workMs / HOUR_MS,
    deadlineHours: job.deadlineMs / HOUR_MS,
    changeoverHours: job.changeoverMs / HOUR_MS,
    onDemandNanosPerHour: job.onDemandNanosPerHour,
    groups: groups.map((zones) => playGroup(request, zones)),
  };
}

function playGroup(request: ZonesRequest, traces: readonly Trace[]): ZonesGroup {
  const [first] = traces as [Trace];
  const { tickMs } = first;
  const unlike = traces.find((trace) => trace.tickMs !== tickMs);
  if (unlike !== undefined) {
    throw new KedgeError('trace.invalid', `${first.name} and ${unlike.name} have unlike ticks`);
  }
  const need = request.need ?? first.asked ?? 1;
  const prices = pricesFor(request.job, traces);
  const job = { ...request.job, spotNanosPerHour: prices };
  const available = traces.map((trace) => availabilityOf(trace, need));
  const ticks = windowTicks(job, tickMs);
  const span = { from: 0, to: Math.min(...available.map(({ length }) => length)), ticks };
  const { startEvery } = request;
  const starts = startEvery === null ? evenStarts(span, WINDOWS) : startsEvery(span, startEvery);
  const played =
    starts.length === 0 ? null : playZones(job, { tickMs, available }, { starts, ticks }, HAZARDS);
  return {
    zones: traces.map(({ name }, zone) => ({
      name,
      spotNanosPerHour: prices[zone]!,
      alone: played === null ? null : tally(played.alone[zone]!),
    })),
    tickS: tickMs / SECOND_MS,
    need,
    windows: starts.length,
    policies:
      played === null ? null : { kedge: tally(played.kedge), optimum: tally(played.optimum) },
  };
}

function pricesFor({ spotNanosPerHour }: ZonesJob, traces: readonly Trace[]): readonly Rate[] {
  if (spotNanosPerHour.length === 1) return traces.map(() => spotNanosPerHour[0]!);
  if (spotNanosPerHour.length === traces.length) return spotNanosPerHour;
  const names = traces.map(({ name }) => name).join(', ');
  const message = `${spotNanosPerHour.length} prices of spot for ${traces.length} zones: ${names}`;
  throw new KedgeError('trace.invalid', message, { hint: 'give one price, or one for each zone' });
}

/** A line for each zone alone, and one for all of them together. */
export function zonesTable(report: ZonesReport): BacktestTable {
  return {
    headings: ['WINDOWS', 'SPOT', 'KEDGE', 'OPTIMUM', 'CLOSED', 'ZONE'],
    rows: report.groups.flatMap(groupRows),
  };
}

function groupRows({ zones, windows, policies }: ZonesGroup): string[][] {
  const alone = zones.map(({ name, spotNanosPerHour, alone: one }) => [
    String(windows),
    showRate(spotNanosPerHour),
    one === null ? '-' : showMicros(one.meanCostMicros),
    '-',
    '-',
    one === null ? `${name} (too short)` : name,
  ]);
  if (policies === null) return alone;
  const { kedge, optimum } = policies;
  const closed = closedWords(
    zones.map(({ alone: one }) => one!),
    { kedge, optimum },
  );
  const costs = [kedge, optimum].map(({ meanCostMicros }) => showMicros(meanCostMicros));
  return [...alone, [String(windows), '-', ...costs, closed, `any of the ${zones.length}`]];
}
