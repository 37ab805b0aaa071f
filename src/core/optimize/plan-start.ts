import { asMicros, showMicros, showRate } from '../../base/money.ts';
import { formatDuration, SECOND_MS, SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import { wayCost } from '../match/hire-cost.ts';
import type { Hired } from './plan-of.ts';

/** Of each task that had better wait for a cheaper hour: until when, and what that saves. */
export function waitsOf(hired: readonly Hired[]): Pick<Plan, 'waits'> {
  const waits = hired.flatMap(({ problem: { index, candidates }, lines: [line] }) => {
    const startS = line?.candidate.startS ?? 0;
    if (line === undefined || startS === 0) return [];
    const earliestS = Math.min(...candidates.map((way) => way.startS ?? 0));
    if (startS === earliestS || line.hours === null) return [];
    const soonest = candidates.filter((way) => (way.startS ?? 0) === earliestS);
    const costs = soonest.map((way) => wayCost(way, way.hours!.mid));
    const saved = Math.min(...costs) - wayCost(line.candidate, line.hours);
    return [{ task: index, startS, earliestS, savedMicros: asMicros(saved) }];
  });
  return waits.length === 0 ? {} : { waits };
}

/** The same in words, a line each. */
export function waitWords({ waits = [], allocations }: Plan): readonly string[] {
  return waits.map(({ task, startS, earliestS, savedMicros }) => {
    const name = allocations.find((line) => line.task === task)?.taskName ?? 'the task';
    const than = earliestS === 0 ? 'now' : `in ${inWords(earliestS)}`;
    const less = `${showMicros(savedMicros)} less than the best that begins ${than}`;
    return `  ${name} begins in ${inWords(startS)}: ${less}`;
  });
}

/** The prices that come while a line runs. */
export function laterWords({ startS = 0, hours, laterPrices = [] }: PlanAllocation): string {
  const endS = hours === null ? Infinity : startS + hours * SECONDS_PER_HOUR;
  const during = laterPrices.filter(({ fromS }) => fromS < endS);
  return during.map(({ nanosPerHour }) => `, then ${showRate(nanosPerHour)}/h`).join('');
}

/** Seconds from now. */
export function inWords(startS: number): string {
  return formatDuration(startS * SECOND_MS);
}
