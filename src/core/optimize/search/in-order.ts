import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';

/** The lines of tasks that were planned one by one: each begins when all that it needs have ended. */
export function inOrder({ tasks }: Problem, lines: readonly AnswerLine[]): readonly AnswerLine[] {
  const own = Map.groupBy(lines, ({ task }) => task);
  const placed: (readonly AnswerLine[] | undefined)[] = tasks.map(() => undefined);
  const place = (index: number): readonly AnswerLine[] => {
    const known = placed[index];
    if (known !== undefined) return known;
    const ends = tasks[index]!.needs.flatMap(place).map(endS);
    const readyS = Math.max(0, ...ends);
    placed[index] = (own.get(index) ?? []).map((line) =>
      line.startS >= readyS ? line : { ...line, startS: readyS },
    );
    return placed[index];
  };
  return tasks.flatMap((_, index) => place(index));
}

/** Seconds from now. */
export function endS({ startS, hours }: AnswerLine): number {
  return startS + hours * SECONDS_PER_HOUR;
}
