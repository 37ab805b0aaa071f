import type { Goal } from '../../spec/task.ts';
import { ONE_STEP, PASSES, type Requirement } from './requirement.ts';

/** What carbon a machine emits must be known where it counts: unknown is not none. */
export function carbonRequirements(goal: Goal): readonly Requirement[] {
  return carbonCounts(goal) ? [KNOWN] : [];
}

/** Whether what is minimized depends on what machines emit. */
export function carbonCounts({ minimize, worth }: Goal): boolean {
  return minimize === 'carbon' || (worth?.microsPerKilogram ?? 0) > 0;
}

const KNOWN: Requirement = {
  code: 'unknown-carbon',
  distance: ({ gramsPerHour }) => (gramsPerHour === undefined ? ONE_STEP : PASSES),
  words: () => ({
    reason: 'nobody says how much CO2e it emits',
    have: null,
    need: 'grams an hour',
    fix: 'state it in offers: {name, price, grams_per_hour}, or minimize something else',
  }),
};
