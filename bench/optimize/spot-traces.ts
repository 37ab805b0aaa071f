import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rateFromUsd } from '../../src/base/money.ts';
import { HOUR_MS } from '../../src/base/time.ts';
import { readTraces } from '../../src/core/optimize/spot/read-traces.ts';
import type { SpotJob } from '../../src/core/optimize/spot/spot-job.ts';
import { availabilityOf } from '../../src/core/optimize/spot/trace.ts';

/** Where the traces lie: they are not ours to publish. */
export const TRACES =
  process.env['KEDGE_TRACES'] ??
  join(import.meta.dirname, '../../../shared/data/prices/ts_spot_availability_traces.csv');
export const WINDOWS = 12;
const TRACE_DAYS_MIN = 11;
const WORK_HOURS = 48;

/** A trace's availability, and from which tick on its second half begins. */
export type Half = {
  readonly tickMs: number;
  readonly available: Uint8Array;
  readonly from: number;
  readonly region: string | null;
};

export function secondHalves(): Half[] {
  return readTraces(TRACES, readFileSync(TRACES, 'utf8'))
    .filter(({ tickMs, counts }) => tickMs * counts.length >= TRACE_DAYS_MIN * 24 * HOUR_MS)
    .map((trace) => {
      const available = availabilityOf(trace, trace.asked ?? 1);
      const from = Math.floor(available.length / 2);
      return { tickMs: trace.tickMs, available, from, region: trace.region };
    });
}

export function jobOf(deadlineHours: number, changeoverHours: number): SpotJob {
  return {
    workMs: WORK_HOURS * HOUR_MS,
    deadlineMs: deadlineHours * HOUR_MS,
    changeoverMs: Math.round(changeoverHours * HOUR_MS),
    onDemandNanosPerHour: rateFromUsd(3.06),
    spotNanosPerHour: rateFromUsd(0.9731),
  };
}
