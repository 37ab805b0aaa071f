import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, rateFromUsd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import { buildInlineOffer, buildTask, buildTaskFile } from '../../spec/build-for-tests.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import type { Task } from '../../spec/task.ts';
import type { Certificate } from './model/task-problem.ts';
import { planFor } from './plan-for-tests.ts';
import { type Evidence, verifyPlan } from './verify-plan.ts';

const GOAL = buildTask().goal;
const COVER: Partial<Task> = {
  offers: [buildInlineOffer('cpu', 1, 10), buildInlineOffer('gpu', 5, 5)],
  work: { units: 110, per: 'machine', throughput: { cpu: 10, gpu: 100 } },
};
const WHOLE: Partial<Task> = {
  work: { hours: 10, on: null },
  goal: { ...GOAL, deadlineMs: 12 * HOUR_MS, budgetMicros: asMicros(100e6), spot: 'forbid' },
};

async function good(task: Partial<Task>): Promise<{ plan: Plan; evidence: Evidence }> {
  const offers = [{ available: 2 }, { id: 'other', nanosPerHour: rateFromUsd(9) }];
  const { plan, solved } = await planFor([task], offers);
  const evidence = { file: buildTaskFile([buildTask(task)]), solved };
  assert.deepEqual(verifyPlan(plan, evidence), []);
  return { plan, evidence };
}

describe('the check of a plan trusts nothing that the searcher says', () => {
  const lies: readonly {
    readonly what: string;
    readonly task: Partial<Task>;
    readonly lie: Partial<PlanAllocation>;
    readonly found: RegExp;
  }[] = [
    {
      what: 'another price',
      task: WHOLE,
      lie: { nanosPerHour: rateFromUsd(7) },
      found: /another price/,
    },
    { what: 'another cost', task: WHOLE, lie: { costMicros: asMicros(1) }, found: /and costs/ },
    { what: 'an offer that is none', task: WHOLE, lie: { offerId: 'x' }, found: /no candidate/ },
    { what: 'more than there is', task: WHOLE, lie: { count: 3 }, found: /2 can be had/ },
    { what: 'shorter hours', task: WHOLE, lie: { hours: 9 }, found: /no way that carries it/ },
    {
      what: 'hours past the deadline',
      task: WHOLE,
      lie: { hours: 13 },
      found: /past its deadline/,
    },
    { what: 'spot', task: WHOLE, lie: { spot: true }, found: /spot is forbidden/ },
    { what: 'too few machines', task: COVER, lie: { count: 0 }, found: /units are done/ },
  ];
  for (const { what, task, lie, found } of lies) {
    it(`finds ${what}`, async () => {
      const { plan, evidence } = await good(task);
      const [first, ...rest] = plan.allocations;
      const tampered = { ...plan, allocations: [{ ...first!, ...lie }, ...rest] };
      assert.match(verifyPlan(tampered, evidence).join('\n'), found);
    });
  }

  it('finds a total that is not the sum, a bound that is not proven, a gap that is not theirs', async () => {
    const { plan, evidence } = await good(WHOLE);
    const check = (lie: Partial<Plan>): string => verifyPlan({ ...plan, ...lie }, evidence).join();
    assert.match(check({ costMicros: asMicros(1) }), /the plan costs 80000000, not 1/);
    const bound = { micros: asMicros(79e6), proof: 'enumeration' as const };
    assert.match(check({ bound }), /80000000 micros are proven/);
    assert.match(check({ gap: 0.1 }), /the gap is 0, not 0\.1/);
    assert.match(check({ bound: null }), /a cost without a bound/);
  });

  it('finds a plan that is dearer than its proven bound says', async () => {
    const { plan, evidence } = await good(COVER);
    const claimed = { ...plan, bound: { micros: plan.costMicros!, proof: 'duals' as const } };
    const price = (of: number, per: number): Certificate => ({
      proof: 'duals',
      price: { of, per },
    });
    for (const certificate of [price(0, 1), price(1, 1000), price(1e9, 1)]) {
      const solved = evidence.solved.map((one) => ({
        ...one,
        solution: { ...one.solution, certificate },
      }));
      assert.match(verifyPlan(claimed, { ...evidence, solved }).join(), /are proven/);
    }
  });

  it('finds a cheaper place by the hour where nothing tells the time', async () => {
    const { plan, evidence } = await good({});
    const other = evidence.solved[0]!.problem.candidates[1]!.offer;
    const lie = { ...plan.allocations[0]!, offerId: other.id, nanosPerHour: other.nanosPerHour };
    const found = verifyPlan({ ...plan, allocations: [lie] }, evidence);
    assert.match(found.join(), /costs less an hour/);
  });
});
