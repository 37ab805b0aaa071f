import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, rateFromUsd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import { buildInlineOffer, buildTask } from '../../spec/build-for-tests.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import type { Task } from '../../spec/task.ts';
import type { TaskProblem } from './model/task-problem.ts';
import { planFor } from './plan-for-tests.ts';
import { verifyPlan } from './verify-plan.ts';

const GOAL = buildTask().goal;
const COVER: Partial<Task> = {
  offers: [buildInlineOffer('cpu', 1, 10), buildInlineOffer('gpu', 5, 5)],
  work: { units: 110, per: 'machine', throughput: { cpu: 10, gpu: 100 } },
};
const WHOLE: Partial<Task> = {
  work: { hours: 10, on: null },
  goal: { ...GOAL, deadlineMs: 12 * HOUR_MS, budgetMicros: asMicros(100e6), spot: 'forbid' },
};

type Good = { readonly plan: Plan; readonly problems: readonly TaskProblem[] };

async function good(task: Partial<Task>): Promise<Good> {
  const offers = [{ available: 2 }, { id: 'other', nanosPerHour: rateFromUsd(9) }];
  const planned = await planFor([task], offers);
  assert.deepEqual(verifyPlan(planned.plan, planned.problems), []);
  return planned;
}

/** Hours on spot, and on demand where spot would be too late. */
async function goodOnSpot(): Promise<Good> {
  const goal = { ...GOAL, spot: 'allow' as const, deadlineMs: 36 * HOUR_MS };
  const checkpoint = { path: '/ckpt', intervalMs: HOUR_MS / 4, sizeBytes: null };
  const offers = [{}, { id: 'spot', spot: true, nanosPerHour: rateFromUsd(2) }];
  const planned = await planFor([{ work: { hours: 24, on: null }, goal, checkpoint }], offers);
  assert.deepEqual(verifyPlan(planned.plan, planned.problems), []);
  assert.ok(planned.plan.allocations[0]!.spotRun!.onDemandHours > 0);
  return planned;
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
      const { plan, problems } = await good(task);
      const [first, ...rest] = plan.allocations;
      const tampered = { ...plan, allocations: [{ ...first!, ...lie }, ...rest] };
      assert.match(verifyPlan(tampered, problems).join('\n'), found);
    });
  }

  it('finds hours on spot that are not those expected, not paid, or not told', async () => {
    const { plan, problems } = await goodOnSpot();
    const [line] = plan.allocations;
    const { spotRun, ...silent } = line!;
    const check = (lie: PlanAllocation): string =>
      verifyPlan({ ...plan, allocations: [lie] }, problems).join();
    assert.match(check({ ...line!, spotRun: { ...spotRun!, spotHours: 1 } }), /something else/);
    const free = { ...spotRun!, onDemand: { ...spotRun!.onDemand!, nanosPerHour: rateFromUsd(0) } };
    assert.match(check({ ...line!, spotRun: free }), /something else.*and costs/);
    assert.match(check(silent), /forgets what is expected of spot.*and costs/);
  });

  it('finds a total that is not the sum', async () => {
    const { plan, problems } = await good(WHOLE);
    const lie = { ...plan, costMicros: asMicros(1) };
    assert.match(verifyPlan(lie, problems).join(), /the plan costs 80000000, not 1/);
  });
});
