import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { SolverStart } from '../../../ports/solver.ts';
import type { Answer, AnswerLine } from '../model/answer.ts';
import type { Part } from './part.ts';

/**
 * An answer as values of whole columns, from which the solver completes the others. Of blocks
 * nothing is said: there are many ways to make them up.
 */
export function startOfAnswer(parts: readonly Part[], { lines }: Answer): SolverStart {
  const byOption = Map.groupBy(lines, ({ task, option }) => `${task} ${option}`);
  const pairs = parts.flatMap((part) =>
    valuesOf(part, byOption.get(`${part.task} ${part.option}`) ?? []),
  );
  return { columns: pairs.map(([column]) => column), values: pairs.map(([, value]) => value) };
}

function valuesOf({ hired }: Part, lines: readonly AnswerLine[]): readonly [number, number][] {
  const machines = lines.reduce((sum, line) => sum + line.machines, 0);
  switch (hired.kind) {
    case 'choice':
      return [[hired.column, Math.min(1, lines.length)]];
    case 'machines':
    case 'serving':
      return [[hired.column, machines]];
    case 'blocks':
      return [];
    case 'increments': {
      const { increments, untilEnd, incrementS, each } = hired;
      let [wholes, cut] = [0, 0];
      for (const line of lines) {
        const used = Math.ceil((line.hours * SECONDS_PER_HOUR) / incrementS - 1e-9);
        if (used > each && untilEnd !== null) cut += line.machines;
        else wholes += line.machines * used;
      }
      const values: [number, number][] = [];
      if (increments !== null) values.push([increments, wholes]);
      if (untilEnd !== null) values.push([untilEnd, cut]);
      return values;
    }
  }
}
