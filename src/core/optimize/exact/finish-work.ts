import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { windowOf } from './time-rows.ts';

/** Of the work: what a solver may leave undone without saying so, with some to spare. */
const UNDONE_MAX = 1e-5;
/** Of the work: what adding up explains. */
const NOTHING = 1e-12;

/**
 * Lines of one task by the hour in which all of its work is done: what a solver's tolerance left of
 * it is done by the machines in the time that they are paid for, each a little longer, in proportion
 * to how long it works. The same lines where more is undone than a tolerance explains.
 */
export function finishWork(
  problem: Problem,
  task: number,
  lines: readonly AnswerLine[],
): readonly AnswerLine[] {
  const { work } = problem.tasks[task]!;
  if (work.kind !== 'divisible' || work.per !== 'hour') return lines;
  const { units, options } = work;
  const windowS = windowOf(problem, task);
  const perHour = ({ option, machines }: AnswerLine) => options[option]!.throughput * machines;
  const hoursMax = ({ option, hours }: AnswerLine) => {
    const paidS = billedSeconds(problem.offers[options[option]!.offer]!, hours);
    return Math.max(hours, Math.min(paidS, windowS) / SECONDS_PER_HOUR);
  };
  let longer = lines;
  let [open, undone] = [lines.length, undoneBy(longer)];
  while (open > 0 && undone > NOTHING * units && undone < UNDONE_MAX * units) {
    const able = longer.filter((line) => line.hours < hoursMax(line));
    if (able.length === 0) return lines;
    const doing = able.reduce((sum, line) => sum + perHour(line) * line.hours, 0);
    longer = longer.map((line) => ({
      ...line,
      hours: Math.min(hoursMax(line), line.hours * (1 + undone / doing)),
    }));
    [open, undone] = [open - 1, undoneBy(longer)];
  }
  return longer;

  function undoneBy(some: readonly AnswerLine[]): number {
    return units - some.reduce((sum, line) => sum + perHour(line) * line.hours, 0);
  }
}
