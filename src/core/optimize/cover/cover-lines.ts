import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { DivisibleWork, Problem, ProblemOffer } from '../model/problem.ts';
import type { CoverItem } from './cover-items.ts';

/** So many machines of an option for so long each. */
type Hired = { readonly option: number; readonly machines: number; readonly hours: number };

/** What was bought of one option. */
type Bought = { wholes: number; rests: number; untilDeadline: number };

/**
 * A cover as lines of an answer: as few machines as the deadline allows, and their hours such that
 * each line is billed for what was bought.
 */
export function coverLines(
  problem: Problem,
  given: {
    readonly task: number;
    readonly work: DivisibleWork;
    readonly deadlineS: number;
    readonly bought: readonly (readonly [CoverItem, number])[];
  },
): readonly AnswerLine[] {
  const { task, work, deadlineS } = given;
  const hired = [...boughtByOption(given.bought)].flatMap(([option, some]): readonly Hired[] => {
    if (work.per === 'machine') return [{ option, machines: some.wholes, hours: 1 }];
    return hourLines(problem.offers[work.options[option]!.offer]!, { option, some, deadlineS });
  });
  return trimmed(hired, work).map((line) => ({ ...line, task, startS: 0, shares: null }));
}

function boughtByOption(
  bought: readonly (readonly [CoverItem, number])[],
): ReadonlyMap<number, Bought> {
  const byOption = new Map<number, Bought>();
  for (const [{ option, kind }, count] of bought) {
    const some = byOption.get(option) ?? { wholes: 0, rests: 0, untilDeadline: 0 };
    if (kind === 'rest') some.rests += count;
    else if (kind === 'until-deadline') some.untilDeadline += count;
    else some.wholes += count;
    byOption.set(option, some);
  }
  return new Map([...byOption].sort(([a], [b]) => a - b));
}

/** Wholes first, since a cut-off increment costs as much and does less. */
function hourLines(
  { billingIncrementS: increment, available }: ProblemOffer,
  given: { readonly option: number; readonly some: Bought; readonly deadlineS: number },
): readonly Hired[] {
  const { option, some, deadlineS } = given;
  const untilDeadlineHours = Math.floor(deadlineS) / SECONDS_PER_HOUR;
  if (some.untilDeadline > 0) {
    return [{ option, machines: some.untilDeadline, hours: untilDeadlineHours }];
  }
  const each = Math.floor(deadlineS / increment);
  const room = each === 0 ? 0 : each * (available ?? Infinity);
  const wholes = Math.min(room, some.wholes + some.rests);
  const rests = some.wholes + some.rests - wholes;
  const hoursOf = (increments: number): number => (increments * increment) / SECONDS_PER_HOUR;
  if (rests > 0) {
    const others = wholes / Math.max(1, each) - rests;
    return [
      { option, machines: rests, hours: untilDeadlineHours },
      { option, machines: others, hours: hoursOf(each) },
    ].filter(({ machines }) => machines > 0);
  }
  const machines = each === Infinity ? 1 : Math.ceil(wholes / each);
  const least = Math.floor(wholes / machines);
  const longer = wholes - least * machines;
  return [
    { option, machines: longer, hours: hoursOf(least + 1) },
    { option, machines: machines - longer, hours: hoursOf(least) },
  ].filter((line) => line.machines > 0 && line.hours > 0);
}

/** A single line works as long as the work takes, though its last increment is billed whole. */
function trimmed(
  lines: readonly Hired[],
  { per, units, options }: DivisibleWork,
): readonly Hired[] {
  const [only] = lines;
  if (lines.length !== 1 || only === undefined || per === 'machine') return lines;
  const needed = units / (options[only.option]!.throughput * only.machines);
  return [{ ...only, hours: Math.min(only.hours, needed) }];
}
