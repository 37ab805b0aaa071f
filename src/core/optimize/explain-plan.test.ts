import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, rateFromUsd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import { buildAllocation, buildPlan, buildTask } from '../../spec/build-for-tests.ts';
import type { Task } from '../../spec/task.ts';
import { explainPlan } from './explain-plan.ts';
import { planFor } from './plan-for-tests.ts';

const HOURS: Partial<Task> = { name: 'train', work: { hours: 2, on: null } };
const OFFERS = [
  {},
  { id: 'b', provider: 'beta', place: 'beta/us', nanosPerHour: rateFromUsd(10) },
  { id: 'c', provider: 'gamma', place: 'gamma', memoryGib: null, nanosPerHour: rateFromUsd(1) },
];

async function words(task: Partial<Task>, verbose = false): Promise<string> {
  const { plan } = await planFor([task], OFFERS);
  return explainPlan(plan, { verbose, columns: 80 }).join('\n');
}

describe('a plan in words', () => {
  it('says what, for how long, at what price, from which list, and how it is proven', async () => {
    const text = await words(HOURS);
    assert.match(
      text,
      /^train: \$2\.00 in 2h\n {2}1 × gamma big H100:8 for 2h at \$1\.00\/h = \$2\.00/,
    );
    assert.match(text, /\(price: test, 2026-01-01\)/);
    assert.match(text, /proven: no plan costs less than \$2\.00/);
  });

  it('says of spot what is paid of its hours, how often it is interrupted, when to save', async () => {
    const goal = { ...buildTask().goal, spot: 'allow' as const, deadlineMs: 36 * HOUR_MS };
    const checkpoint = { path: '/ckpt', intervalMs: HOUR_MS / 4, sizeBytes: null };
    const task = { work: { hours: 24, on: null }, goal, checkpoint };
    const offers = [{}, { id: 'spot', spot: true, nanosPerHour: rateFromUsd(2) }];
    const { plan } = await planFor([task], offers);
    const text = explainPlan(plan, { verbose: false, columns: 200 }).join('\n');
    assert.match(text, /1 × acme\/eu-1 big H100:8 spot for 1d 12h at \$2\.00\/h = \$/);
    assert.match(
      text,
      /expected: \S+ \S+ paid on spot, .* on demand at \$8\.00\/h, .* of waits, \d+ interruptions, a checkpoint every 15m/,
    );
  });

  it('says what it would cost elsewhere', async () => {
    assert.match(await words(HOURS), /Elsewhere, or faster:\n {2}\$16\.00 {2}2h {2}acme\/eu-1/);
  });

  it('says what was refused, and what would let it in', async () => {
    const resources = buildTask().resources.map((one) => ({
      ...one,
      memoryGib: { value: 64, atLeast: true },
    }));
    const text = await words({ ...HOURS, resources });
    assert.match(text, /Refused: 1 offers/);
    assert.match(
      text.replaceAll(/\s+/g, ' '),
      /gamma big: its price list does not tell .* → leave out memory/,
    );
  });

  it('without hours it says so, and gives no total', async () => {
    const text = await words({ name: 'train' });
    assert.match(text, /^train: \$1\.00 an hour, for as long as it takes/);
    assert.match(text.replaceAll(/\s+/g, ' '), /nothing tells how long it takes/);
  });

  it('a bound that only a solver claims is called claimed, and a gap is named', () => {
    const cost = { costMicros: asMicros(1e6), hours: 1, gap: 0.25 };
    const of = (proof: 'solver' | 'duals'): string =>
      explainPlan(
        { ...buildPlan(), ...cost, bound: { micros: asMicros(75e4), proof } },
        { verbose: false, columns: 80 },
      ).join(' ');
    assert.match(of('solver'), /claimed by the solver: nothing is below \$0\.75/);
    assert.doesNotMatch(of('solver'), /proven/);
    assert.match(of('duals'), /proven within 25 %/);
  });

  it('no line is wider than the terminal, unless a single word is', async () => {
    for (const columns of [40, 80]) {
      const { plan } = await planFor([HOURS], OFFERS);
      for (const line of explainPlan(plan, { verbose: true, columns }).slice(1)) {
        assert.ok(line.length <= columns || !line.includes('→'), line);
      }
    }
  });

  it('a machine that is priced by an estimate is called one', () => {
    const plan = { ...buildPlan(), allocations: [buildAllocation({ estimated: true })] };
    const text = explainPlan(plan, { verbose: false, columns: 80 }).join(' ');
    assert.match(text, /\(estimate: test/);
  });
});
