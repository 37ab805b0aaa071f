import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, asRate } from '../../../base/money.ts';
import type { Problem } from '../model/problem.ts';
import { answerOf, brokenLimit } from './answer-of.ts';
import { choiceCost } from './placement.ts';
import { placementOf } from './placement-of.ts';
import { triangle } from './random-pipelines-for-tests.ts';

/** Two tasks of an hour at a and b; the second takes 7 GB from the first, over one gigabit a second. */
const pipeline: Problem = {
  ...triangle,
  tasks: triangle.tasks.slice(0, 2),
  transfers: [{ from: 0, to: 1, gigabytes: 7 }],
  routes: triangle.routes.map((route) => ({ ...route, gigabitsPerSecond: 1 })),
  apart: [],
};

describe('an answer of chosen options', () => {
  it('begins each task when what it takes has come', () => {
    const starts = (chosen: readonly number[]): readonly number[] =>
      answerOf(pipeline, chosen).lines.map(({ startS }) => startS);
    assert.deepEqual(starts([0, 0]), [0, 3600]);
    assert.deepEqual(starts([0, 1]), [0, 3656]);
  });

  it('names the first limit that it breaks', () => {
    const broken = (parts: Partial<Problem>): string | null => {
      const problem = { ...pipeline, ...parts };
      return brokenLimit(problem, answerOf(problem, [0, 1]), 1_000_000);
    };
    const { limits, offers, tasks } = pipeline;
    assert.equal(broken({}), null);
    assert.match(broken({ limits: { ...limits, deadlineS: 7255 } })!, /deadline of all/);
    assert.equal(broken({ limits: { ...limits, deadlineS: 7256 } }), null);
    assert.match(broken({ limits: { ...limits, budgetMicros: asMicros(1) } })!, /budget/);
    const late = { ...tasks[1]!, limits: { ...limits, deadlineS: 7000 } };
    assert.match(broken({ tasks: [tasks[0]!, late] })!, /deadline of a task/);
    assert.match(broken({ limits: { ...limits, nanosPerHourMax: asRate(1) } })!, /cost an hour/);
    const none = offers.map((offer) => ({ ...offer, available: 0 }));
    assert.match(broken({ offers: none })!, /what is available of x/);
    const pools = [{ id: 'quota', per: 'machine' as const, limit: 1 }];
    const using = offers.map((offer) => ({ ...offer, uses: [{ pool: 0, amount: 1 }] }));
    assert.match(broken({ offers: using, pools })!, /limit of quota/);
  });
});

describe('the places of a pipeline', () => {
  it('leave no transfer to a task that cannot pay for it', () => {
    const transfer = 7 * 20_000;
    const alone = pipeline.offers[0]!.nanosPerHour / 1000;
    const costWith = (budget: number): number => {
      const limits = { ...pipeline.limits, budgetMicros: asMicros(budget) };
      const tasks = [pipeline.tasks[0]!, { ...pipeline.tasks[1]!, limits }];
      const apart = [{ tasks: [0, 1], by: 'region' as const }];
      const { placement, start } = placementOf({ ...pipeline, tasks, apart });
      return start === null ? Infinity : choiceCost(placement, start);
    };
    assert.equal(costWith(alone + transfer), 2 * alone + transfer);
    assert.equal(costWith(alone + transfer - 1), Infinity);
  });
});
