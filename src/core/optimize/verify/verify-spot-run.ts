import type { Candidate } from '../../../spec/match.ts';
import type { PlanAllocation } from '../../../spec/plan.ts';
import type { SpotRun } from '../../../spec/spot-run.ts';

/** Relative, of hours in floating point. */
const TOLERANCE = 1e-9;

const PARTS = ['hours', 'workHours', 'spotHours', 'onDemandHours', 'preemptions'] as const;

/**
 * What a line says of spot is what was expected of its way, in proportion to its hours, and what is
 * paid for is no more than those: as sentences, none where all is well.
 */
export function spotProblems(line: PlanAllocation, { spotRun }: Candidate): readonly string[] {
  const told = line.spotRun;
  if (line.hours === null) return told === undefined ? [] : [`${line.offerId} has no hours`];
  if (told === undefined || spotRun === undefined) {
    return told === spotRun ? [] : [`${line.offerId} forgets what is expected of spot`];
  }
  const share = line.hours / spotRun.hours;
  const isOff = PARTS.some((part) => !isNear(told[part], spotRun[part] * share));
  const terms = ({ onDemand, checkpointEveryS }: SpotRun) =>
    JSON.stringify([onDemand, checkpointEveryS]);
  const problems =
    isOff || terms(told) !== terms(spotRun) ? ['expects something else of spot'] : [];
  const paid = told.spotHours + told.onDemandHours;
  if (paid > told.hours * (1 + TOLERANCE)) problems.push('pays for hours that it does not have');
  return problems.map((problem) => `${line.offerId} ${problem}`);
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(other));
}
