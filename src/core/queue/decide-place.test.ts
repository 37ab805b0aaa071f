import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildAllocation, buildPlan } from '../../spec/build-for-tests.ts';
import { amountsWords, decidePlace } from './decide-place.ts';
import { placeRequest, poolOf, spanOf } from './place-request.ts';
import { amounts, capacity, holder, poolState, waiter } from './queue-for-tests.ts';

describe('whether an attempt has room', () => {
  const own = waiter('own', { amounts: amounts(2) });

  it('says what it lacks, how much of that there is, and how many have it', () => {
    const held = [
      holder('a', { amounts: amounts(4) }),
      holder('a', { amounts: amounts(2.5), attempt: 2 }),
      holder('b', { amounts: amounts(2) }),
    ];
    assert.deepEqual(decidePlace(capacity(10))(poolState({ held, waiting: [own] }), own), {
      placed: false,
      reason: 'waits for 2 vCPUs on this machine: 8.5 of 10 in use by 2 runs',
    });
  });

  it('of memory and devices too', () => {
    const has = { memoryMib: 32 * 1024, gpusByName: { H100: 8 } };
    const held = [
      holder('a', { amounts: amounts(0, { memoryMib: 31_000, gpusByName: { H100: 7 } }) }),
    ];
    const reasonOf = (needs: Parameters<typeof amounts>[1]) => {
      const one = waiter('own', { amounts: amounts(1, needs) });
      const verdict = decidePlace(capacity(10, has))(poolState({ held, waiting: [one] }), one);
      return verdict.placed ? null : verdict.reason;
    };
    assert.equal(
      reasonOf({ memoryMib: 8192 }),
      'waits for 8 GiB of memory on this machine: 30.3 of 32 in use by 1 run',
    );
    assert.equal(
      reasonOf({ gpusByName: { H100: 2 } }),
      'waits for 2 × H100 on this machine: 7 of 8 in use by 1 run',
    );
  });

  it('one that may not pass says so, though there is room for it', () => {
    const held = [holder('a', { amounts: amounts(5) })];
    const waiting = [waiter('wide', { amounts: amounts(8) }), own];
    assert.deepEqual(decidePlace(capacity(10))(poolState({ held, waiting }), own), {
      placed: false,
      reason: 'waits its turn on this machine: it may not hold up those ahead',
    });
  });

  it('one far back in the line does not start, whatever is free', () => {
    const waiting = [waiter('first')];
    assert.deepEqual(decidePlace(capacity(10))(poolState({ waiting }), own), {
      placed: false,
      reason: 'waits its turn on this machine: many are ahead of it',
    });
  });

  it('what is needed is told in the words of the task file', () => {
    const needs = amounts(0.5, { memoryMib: 1536, gpusByName: { H100: 1 } });
    assert.equal(amountsWords(needs), '0.5 vCPUs, 1.5 GiB of memory, 1 × H100');
    assert.equal(amountsWords(amounts(1)), '1 vCPU');
  });
});

describe('what an attempt asks of its place', () => {
  const reserves = { pool: 'machine:ada', ...amounts(2, { memoryMib: 1024 }) };
  const id = { allocation: 0, attempt: 1 };

  it('nothing, where the place hands nothing out', () => {
    const line = buildAllocation();
    const asked = { line, plan: buildPlan(), priority: 0, capacity: capacity(10) };
    assert.equal(placeRequest(id, asked), null);
    assert.equal(poolOf(line, [capacity(10)]), null);
    assert.equal(poolOf(buildAllocation({ reserves }), []), null);
  });

  it('all machines of a gang at once, and never more than there is', () => {
    const line = buildAllocation({ reserves, count: 3 });
    const asked = { line, plan: buildPlan(), priority: 7 };
    const has = { memoryMib: 2048 };
    const request = placeRequest(id, { ...asked, capacity: capacity(10, has) });
    assert.deepEqual(request?.amounts, amounts(6, { memoryMib: 2048 }));
    assert.deepEqual([request?.priority, request?.span], [7, null]);
  });

  it('a machine that was renamed since the plan was made is still the machine', () => {
    const line = buildAllocation({ reserves: { ...reserves, pool: 'machine:old' } });
    assert.equal(poolOf(line, [capacity(10)])?.pool, 'machine:ada');
  });

  it('for as long as the plan says, with its interval', () => {
    const interval = { costLowMicros: 0, costHighMicros: 0, hoursLow: 1, hoursHigh: 4 } as never;
    const plan = { ...buildPlan([{ hours: 1 }, { hours: 1 }]), hours: 2, interval };
    const span = { lowMs: 1_800_000, midMs: 3_600_000, highMs: 7_200_000 };
    assert.deepEqual(spanOf(plan.allocations[0]!, plan), span);
  });
});
