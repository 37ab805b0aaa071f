import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerLine } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import { finishWork } from './finish-work.ts';

const HALF_HOURS = { billingIncrementS: 1800 };

describe('finishing what a solver leaves undone', () => {
  it('lets machines work longer within what they are paid for, and leaves the full ones alone', () => {
    const lines = [line({ hours: 0.5 }), line({ option: 1, hours: 0.75 - 1e-8 })];
    const [full, other] = finishWork(problem(2), 0, lines);
    assert.deepEqual(full, lines[0]);
    assert.ok(Math.abs(other!.hours - 0.75) < 1e-12);
  });

  it('is shared in proportion to how long they work', () => {
    const lines = [line({ hours: 0.4 - 1e-9 }), line({ option: 1, hours: 0.2 })];
    const hours = finishWork(problem(0.8), 0, lines).map((one) => one.hours);
    assert.ok(Math.abs(hours[0]! / hours[1]! - lines[0]!.hours / lines[1]!.hours) < 1e-12);
    assert.ok(Math.abs(hours[0]! + 2 * hours[1]! - 0.8) < 1e-12);
  });

  it('does not run beyond the window, nor make up for work that is really missing', () => {
    const inWindow = problem(2, { deadlineS: 2700 });
    const late = [line({ hours: 0.5 }), line({ option: 1, hours: 0.75 - 1e-8 })];
    assert.ok(finishWork(inWindow, 0, late).every(({ hours }) => hours <= 0.75));
    const half = [line({ hours: 0.4 })];
    assert.deepEqual(finishWork(problem(0.8), 0, half), half);
  });
});

/** One task by the hour on two offers, the second twice as fast, paid by the half hour. */
function problem(units: number, limits: { readonly deadlineS?: number } = {}) {
  const options = [
    { offer: 0, throughput: 1 },
    { offer: 1, throughput: 2 },
  ];
  return buildProblem({
    limits: { deadlineS: null, budgetMicros: null, nanosPerHourMax: null, ...limits },
    offers: [buildOffer(HALF_HOURS), buildOffer(HALF_HOURS)],
    tasks: [buildTask({ work: { kind: 'divisible', per: 'hour', units, options } })],
  });
}

function line(parts: Partial<AnswerLine>): AnswerLine {
  return { task: 0, option: 0, machines: 1, hours: 1, startS: 0, shares: null, ...parts };
}
