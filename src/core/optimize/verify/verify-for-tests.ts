import { assert } from '../../../base/assert.ts';
import { asMicros } from '../../../base/money.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { Limits, Problem, ProblemTask } from '../model/problem.ts';
import { answerCost, verifyAnswer } from './verify-answer.ts';

export const NO_LIMITS: Limits = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };

export function line(parts: Partial<AnswerLine>): AnswerLine {
  return { task: 0, option: 0, machines: 1, hours: 1, startS: 0, shares: null, ...parts };
}

export function choice(
  parts: Partial<Extract<ProblemTask['work'], { kind: 'choice' }>['options'][number]> = {},
): ProblemTask['work'] {
  const option = { offer: 0, machines: 1, hours: 1, startS: 0, extraMicros: asMicros(0), ...parts };
  return { kind: 'choice', options: [option] };
}

/** One dollar an hour, ten units an hour. */
export function divisible(
  units: number,
  per: 'hour' | 'machine' = 'hour',
  offers: readonly number[] = [0],
): ProblemTask['work'] {
  return {
    kind: 'divisible',
    per,
    units,
    options: offers.map((offer) => ({ offer, throughput: 10 })),
  };
}

/** The answer of these lines has exactly this one fault. */
export function assertFault(
  problem: Problem,
  lines: readonly Partial<AnswerLine>[],
  fault: RegExp,
): void {
  const faults = verifyAnswer(problem, { lines: lines.map(line) });
  assert(faults.length === 1, `not one fault: ${faults.join('; ')}`);
  assert(fault.test(faults[0]!), `${faults[0]} is not ${fault}`);
}

export function assertGood(problem: Problem, lines: readonly Partial<AnswerLine>[]): void {
  const faults = verifyAnswer(problem, { lines: lines.map(line) });
  assert(faults.length === 0, faults.join('; '));
}

export function cost(problem: Problem, lines: readonly Partial<AnswerLine>[]): number {
  return answerCost(problem, { lines: lines.map(line) });
}
