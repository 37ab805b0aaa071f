import { charge, type Micros, showMicros } from '../../base/money.ts';
import { type EpochMs, formatDuration, HOUR_MS } from '../../base/time.ts';
import type { Bill } from '../../spec/bill.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Run } from '../../spec/run.ts';

/** Less of a bill than this share goes without saying. */
const ROUNDING_TOLD = 0.05;

type Told = {
  readonly run: Run;
  readonly plan: Plan;
  readonly bill: Bill;
  readonly now: EpochMs;
};

/** What it costs against its plan, and what of that bought no result. */
export function explainCost(told: Told): readonly string[] {
  const { bill } = told;
  if (bill.lines.length === 0) return [];
  const planned = bill.plannedMicros === null ? '' : `; planned: ${showMicros(bill.plannedMicros)}`;
  const estimate = bill.estimated ? ' (an estimate)' : '';
  const verb = told.run.state === 'ended' ? 'cost' : 'has cost';
  const total = `It ${verb} ${showMicros(bill.costMicros)}${estimate}${planned}.`;
  const parts = [roundingWords(told), retryWords(told), lengthWords(told)];
  return [total, ...parts.filter((text) => text !== null)];
}

/** What is billed beyond the seconds that were used, by increments and minimums. */
function roundingWords({ bill, now }: Told): string | null {
  const extra = bill.lines.reduce((sum, line) => {
    const usedMs = Math.max(0, (line.endedAt ?? now) - line.startedAt);
    const used = charge(line.nanosPerHour, { of: usedMs, per: HOUR_MS });
    return sum + Math.max(0, line.costMicros - used);
  }, 0) as Micros;
  if (extra === 0 || extra < bill.costMicros * ROUNDING_TOLD) return null;
  return `${showMicros(extra)} of that is time billed and not used, by the provider's increment.`;
}

function retryWords({ run, bill }: Told): string | null {
  const lost = run.attempts.filter((one) => one.state === 'ended' && one.outcome !== 'succeeded');
  const last = run.attempts.at(-1);
  const spent = lost.filter((attempt) => attempt !== last);
  const micros = bill.lines
    .filter((line) => {
      return spent.some(
        (one) => one.allocation === line.allocation && one.attempt === line.attempt,
      );
    })
    .reduce((sum, { costMicros }) => sum + costMicros, 0) as Micros;
  if (micros === 0) return null;
  const attempts = spent.length === 1 ? 'an attempt' : `${spent.length} attempts`;
  return `${showMicros(micros)} of that went into ${attempts} before the last.`;
}

/** Only of one that is over: what goes on may still be as long as was planned. */
function lengthWords({ run, plan }: Told): string | null {
  if (plan.hours === null || run.startedAt === null || run.endedAt === null) return null;
  const tookMs = run.endedAt - run.startedAt;
  const plannedMs = plan.hours * HOUR_MS;
  if (plannedMs <= 0 || Math.abs(tookMs - plannedMs) < plannedMs / 10) return null;
  return `It took ${formatDuration(tookMs)}; planned were ${formatDuration(plannedMs)}.`;
}
