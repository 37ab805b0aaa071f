import { SECOND_MS, SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { CoverProblem } from './cover-problem.ts';
import type { DivisibleWork, Line } from './task-problem.ts';

/** What was bought of one candidate. */
type Bought = { wholes: number; rests: number; untilDeadline: number };

/**
 * A cover as lines of a plan: as few machines as the deadline allows, and their hours such that
 * each line is billed for exactly what was bought.
 */
export function coverLines(
  problem: CoverProblem,
  counts: readonly number[],
  given: {
    readonly work: DivisibleWork;
    readonly candidates: readonly Candidate[];
    readonly deadlineMs: number | null;
  },
): readonly Line[] {
  const { work, candidates, deadlineMs } = given;
  const bought = boughtByCandidate(problem, counts);
  const limitS = deadlineMs === null ? Infinity : Math.floor(deadlineMs / SECOND_MS);
  const lines = [...bought].flatMap(([index, some]) => {
    const candidate = candidates[index]!;
    if (work.per === 'machine') return [{ candidate, machines: some.wholes, hours: 1 }];
    return hourLines(candidate, some, limitS);
  });
  return trimmed(lines, work);
}

function boughtByCandidate(
  { items }: CoverProblem,
  counts: readonly number[],
): ReadonlyMap<number, Bought> {
  const bought = new Map<number, Bought>();
  items.forEach(({ candidate, kind }, index) => {
    const count = counts[index]!;
    if (count === 0) return;
    const some = bought.get(candidate) ?? { wholes: 0, rests: 0, untilDeadline: 0 };
    if (kind === 'rest') some.rests += count;
    else if (kind === 'until-deadline') some.untilDeadline += count;
    else some.wholes += count;
    bought.set(candidate, some);
  });
  return bought;
}

/** Wholes first, since a cut-off increment costs as much and does less. */
function hourLines(candidate: Candidate, bought: Bought, limitS: number): readonly Line[] {
  const { billingIncrementS: increment, available } = candidate.offer;
  if (bought.untilDeadline > 0) {
    return [{ candidate, machines: bought.untilDeadline, hours: limitS / SECONDS_PER_HOUR }];
  }
  const each = Math.floor(limitS / increment);
  const room = each === 0 ? 0 : each * (available ?? Infinity);
  const wholes = Math.min(room, bought.wholes + bought.rests);
  const rests = bought.wholes + bought.rests - wholes;
  const hoursOf = (increments: number): number => (increments * increment) / SECONDS_PER_HOUR;
  if (rests > 0) {
    const untilDeadline = { candidate, machines: rests, hours: limitS / SECONDS_PER_HOUR };
    const others = {
      candidate,
      machines: wholes / Math.max(1, each) - rests,
      hours: hoursOf(each),
    };
    return [untilDeadline, others].filter(({ machines }) => machines > 0);
  }
  const machines = each === Infinity ? 1 : Math.ceil(wholes / each);
  const least = Math.floor(wholes / machines);
  const longer = wholes - least * machines;
  return [
    { candidate, machines: longer, hours: hoursOf(least + 1) },
    { candidate, machines: machines - longer, hours: hoursOf(least) },
  ].filter((line) => line.machines > 0 && line.hours > 0);
}

/** A single line works as long as the work takes, though its last increment is billed whole. */
function trimmed(lines: readonly Line[], { per, units }: DivisibleWork): readonly Line[] {
  const [only] = lines;
  if (lines.length !== 1 || only === undefined || per === 'machine') return lines;
  const needed = units / (only.candidate.throughput! * only.machines);
  return [{ ...only, hours: Math.min(only.hours!, needed) }];
}
