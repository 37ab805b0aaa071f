import { type Rate, usdPerUnit } from '../../base/money.ts';
import { HOUR_MS, SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Candidate } from '../../spec/match.ts';
import type { Goal, Resources } from '../../spec/task.ts';
import { dearestRate } from './dearest-rate.ts';
import { wayCost } from './hire-cost.ts';
import { PASSES, type Requirement } from './requirement.ts';
import { TOO_LARGE } from './too-large.ts';

/**
 * What a goal asks of one way to use an offer. Deadline and budget hold at the upper end of the
 * 80 % interval, so nine times out of ten. Divisible work has no hours yet: how many machines share
 * it is the optimizer's choice, and so are its limits.
 */
export function wayRequirements(
  goal: Goal,
  { maxNanosPerHour }: Pick<Resources, 'maxNanosPerHour'>,
): readonly Requirement<Candidate>[] {
  const { deadlineMs, budgetMicros } = goal;
  return [
    TOO_LARGE,
    CAPACITY,
    ...(maxNanosPerHour === null ? [] : [hourlyCost(maxNanosPerHour)]),
    ...(deadlineMs === null ? [] : [deadline(deadlineMs / HOUR_MS)]),
    ...(budgetMicros === null ? [] : [budget(budgetMicros)]),
  ];
}

const CAPACITY: Requirement<Candidate> = {
  code: 'capacity-too-small',
  distance: ({ offer, machines }) => {
    const { available } = offer;
    return available === null || available >= machines ? PASSES : (machines - available) / machines;
  },
  words: ({ offer, machines }) => ({
    reason: `${offer.available} can be had, ${machines} are needed at once`,
    have: offer.available,
    need: machines,
    fix: `num_nodes: ${offer.available}`,
  }),
};

function deadline(hours: number): Requirement<Candidate> {
  const hoursOf = ({ hours: taken, startS = 0 }: Candidate): number =>
    startS / SECONDS_PER_HOUR + (taken?.high ?? 0);
  return {
    code: 'deadline-too-short',
    distance: (way) => (hoursOf(way) <= hours ? PASSES : hoursOf(way) / hours - 1),
    words: (way) => ({
      reason: `it may take ${hoursText(hoursOf(way))}${waits(way)}, the deadline is ${hoursText(hours)}`,
      have: rounded(hoursOf(way)),
      need: rounded(hours),
      fix: `goal.deadline: ${roundedUp(hoursOf(way))}h`,
    }),
  };
}

function budget(micros: number): Requirement<Candidate> {
  const costOf = (way: Candidate): number => {
    const { hours } = way;
    if (hours === null || TOO_LARGE.distance(way) > PASSES) return 0;
    return wayCost(way, hours.high);
  };
  return {
    code: 'budget-too-small',
    distance: (way) => (costOf(way) <= micros ? PASSES : costOf(way) / micros - 1),
    words: (way) => {
      const have = costOf(way) / 1e6;
      return {
        reason: `it may cost $${have.toFixed(2)}, the budget is $${(micros / 1e6).toFixed(2)}`,
        have,
        need: micros / 1e6,
        fix: `goal.budget: $${Math.ceil(have * 100) / 100}`,
      };
    },
  };
}

function waits({ spotRun }: Candidate): string {
  return spotRun === undefined ? '' : ' with its waits for spot';
}

function hoursText(hours: number): string {
  return `${rounded(hours)} h`;
}

function rounded(hours: number): number {
  return Number(hours.toPrecision(3));
}

/** So that the stated fix lets the offer in. */
function roundedUp(hours: number): number {
  return Math.ceil(hours * 10) / 10;
}

/** Of all machines that the way hires at once. */
function hourlyCost(maxNanosPerHour: Rate): Requirement<Candidate> {
  const costOf = (way: Candidate): number => dearestRate(way) * way.machines;
  return {
    code: 'hourly-cost-too-high',
    distance: (way) =>
      costOf(way) <= maxNanosPerHour ? PASSES : costOf(way) / maxNanosPerHour - 1,
    words: (way) => {
      const have = usdPerUnit(costOf(way) as Rate);
      const need = usdPerUnit(maxNanosPerHour);
      return {
        reason: `it costs $${have} an hour, at most $${need} is allowed`,
        have,
        need,
        fix: `max_hourly_cost: ${have}`,
      };
    },
  };
}
