import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { buildOffer } from '../spec/build-for-tests.ts';
import type { Plan } from '../spec/plan.ts';
import { readTasks } from '../spec/read-tasks.ts';
import { explainPlan, planTasks } from './plan.ts';

const EXAMPLE = readFileSync(new URL('../../examples/chat-mix/task.yaml', import.meta.url), 'utf8');

function plan(text: string, offers: Parameters<typeof planTasks>[0]['offers'] = []): Promise<Plan> {
  return planTasks({
    file: readTasks(text, { file: 'task.yaml' }),
    offers,
    solver: () => assert.fail('no solver is needed'),
    launchableOnly: false,
  });
}

function words(found: Plan): string {
  return explainPlan(found, { verbose: true, columns: 200 }).join('\n');
}

describe('the plan of a service', () => {
  it('hires unlike machines, and says who takes which requests and for how long', async () => {
    const found = await plan(EXAMPLE);
    assert.deepEqual(
      found.allocations.map(({ offerId, count }) => [offerId, count]),
      [
        ['a10g', 2],
        ['a100', 1],
      ],
    );
    assert.deepEqual([found.nanosPerHour, found.bound!.micros, found.gap], [5.69e9, 5.69e6, 0]);
    const [service] = found.serving!;
    assert.ok(service!.utilization <= 0.9 + 1e-6);
    assert.ok(service!.latency!.meanS < service!.latency!.p95S);
    for (const size of [0, 1, 2, 3]) {
      const taken = found.allocations.reduce((sum, { shares }) => sum + shares![size]!, 0);
      assert.ok(Math.abs(taken - 1) < 1e-9);
    }
    assert.match(words(found), /30 requests\/s of 4 sizes: .* on average, 95 % within/);
    assert.match(words(found), /proven: no plan costs less than \$5.69 an hour/);
    assert.match(words(found), /250 → 25 tokens, 15\/s: \d+ % to 2 × a10g/);
  });

  it('at full machines says that waits may never end, and what leaves room', async () => {
    const full = await plan(EXAMPLE.replace('utilization_max: 0.9', 'utilization_max: 1'));
    assert.deepEqual([full.nanosPerHour, full.serving![0]!.latency], [4.68e9, null]);
    assert.match(words(full), /waits may never end; serving.utilization_max: 0.8 leaves room/);
  });

  it('costs what its hours cost, where the task says how long it is up', async () => {
    const found = await plan(`${EXAMPLE}\nwork: {hours: 720}\n`);
    assert.deepEqual([found.hours, found.costMicros], [720, 720 * 5.69e6]);
    assert.equal(found.bound!.micros, found.costMicros);
  });

  it('says what each kind alone would cost', async () => {
    const { alternatives } = await plan(
      `${EXAMPLE}  - {name: b200, price: $9/h, accelerators: B200:1}
`.replaceAll('A10G: ', 'B200: 50, A10G: '),
    );
    assert.deepEqual(
      alternatives.map(({ instance, count, costMicros }) => [instance, count, costMicros]),
      [['b200', 1, null]],
    );
  });

  it('of one size is a mix as well: the rest of a load goes to a smaller machine', async () => {
    const text = `
kind: serve
serving: {requests_per_second: 11, throughput: {H100: 5, L4: 1}}
`;
    const small = {
      id: 'small',
      accelerator: 'L4',
      acceleratorCount: 1,
      nanosPerHour: 1e9 as never,
    };
    const large = { id: 'large', acceleratorCount: 1, nanosPerHour: 4e9 as never };
    const found = await plan(text, [small, large].map(buildOffer));
    assert.deepEqual(
      found.allocations.map(({ offerId, count }) => [offerId, count]),
      [
        ['small', 1],
        ['large', 2],
      ],
    );
  });
});
