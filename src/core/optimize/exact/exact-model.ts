import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { LinearModel } from '../../../ports/solver.ts';
import type { Problem } from '../model/problem.ts';
import { blockParts } from './block-parts.ts';
import { choiceParts } from './choice-parts.ts';
import { type CouplingRows, couplingRows } from './coupling-rows.ts';
import { divisibleParts } from './divisible-parts.ts';
import { hourlyRows } from './hourly-rows.ts';
import { LinearBuilder, type Term, times } from './linear-builder.ts';
import type { NeedRow, Part, TaskParts, TaskScope } from './part.ts';
import { servingParts } from './serving-parts.ts';
import { spreadRows } from './spread-rows.ts';
import { isTimed, timeRows, windowOf } from './time-rows.ts';
import { transferRows } from './transfer-rows.ts';

/*
 * Problem: min C(T, S) as in model/problem.ts, with everything that it may ask for.
 * Method: a mixed-integer linear model. A choice is one of its binary columns; divisible work
 * counts machines or billing increments; serving counts machines and shares out buckets; transfers
 * are flows between regions; starts are sums of durations, without a large constant.
 * Complexity: columns: options, + serving options × buckets, + transfers × regions².
 * Reference: transfers as the linearized product of two choices: Adams, Sherali, A tight
 * linearization and an algorithm for zero-one quadratic programming problems (1986).
 */

export type ExactModel = {
  /** Without costs: what is minimized are the stages, one after the other. */
  readonly model: LinearModel;
  readonly stages: readonly (readonly Term[])[];
  readonly parts: readonly Part[];
  readonly needRows: readonly (readonly NeedRow[])[];
  readonly coupling: CouplingRows;
  /** False where some row is on the safe side, so that there may be answers that it forbids. */
  readonly isExact: boolean;
};

const GRAMS_PER_KILOGRAM = 1000;

export function exactModel(problem: Problem): ExactModel {
  const builder = new LinearBuilder();
  const timed = isTimed(problem);
  const made = problem.tasks.map((_, task) => partsOf(builder, problem, { task, timed }));
  const parts = made.flatMap((one) => one.parts);
  const transfers = transferRows(builder, problem, parts);
  const moved = transfers.flatMap(({ micros }) => micros);
  const coupling = couplingRows(builder, problem, { parts, transfers });
  spreadRows(builder, problem, parts);
  const isHourlyExact = hourlyRows(builder, problem, parts);
  const durations = made.map(({ duration }) => duration);
  const end = timed ? timeRows(builder, problem, { parts, transfers, durations }) : [];
  const micros = [...parts.flatMap((part) => part.micros), ...moved];
  return {
    model: builder.build(),
    stages: stagesOf(problem, { micros, end, grams: gramsOf(problem, parts) }),
    parts,
    needRows: made.map((one) => one.needRows),
    coupling,
    isExact: isHourlyExact && made.every((one) => one.isExact),
  };
}

type Made = TaskParts & { readonly duration: number | null; readonly isExact: boolean };

function partsOf(
  builder: LinearBuilder,
  problem: Problem,
  { task, timed }: { readonly task: number; readonly timed: boolean },
): Made {
  const scope: TaskScope = { builder, problem, task, windowS: windowOf(problem, task) };
  const { work } = problem.tasks[task]!;
  const plain = { duration: null, isExact: true };
  switch (work.kind) {
    case 'choice':
      return { ...choiceParts(scope), ...plain };
    case 'serving':
      return { ...servingParts(scope), ...plain };
    case 'divisible':
      if (!timed || work.per === 'machine') return { ...divisibleParts(scope), ...plain };
      return blockParts(scope);
  }
}

/** What is minimized first, and then. */
function stagesOf(
  { objective }: Problem,
  { micros, end, grams }: Record<'micros' | 'end' | 'grams', readonly Term[]>,
): readonly (readonly Term[])[] {
  switch (objective.minimize) {
    case 'cost':
      return [micros];
    case 'time':
      return [end, micros];
    case 'carbon':
      return [grams, micros];
    case 'weighted': {
      const { microsPerHour, microsPerKilogram } = objective;
      const time = times(end, microsPerHour / SECONDS_PER_HOUR);
      return [[...micros, ...time, ...times(grams, microsPerKilogram / GRAMS_PER_KILOGRAM)]];
    }
  }
}

function gramsOf({ offers }: Problem, parts: readonly Part[]): readonly Term[] {
  return parts.flatMap(({ offer, machineHours }) =>
    times(machineHours, offers[offer]!.gramsPerHour ?? 0),
  );
}
