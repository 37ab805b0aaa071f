import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateFromUsd } from '../../base/money.ts';
import { buildOffer, buildResources, buildTask } from '../../spec/build-for-tests.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Task } from '../../spec/task.ts';
import { estimateDemand } from '../demand/estimate-demand.ts';
import { matchOffers } from './match-offers.ts';

const GOAL = buildTask().goal;

function match(parts: Partial<Task>, offers: readonly Partial<Offer>[]) {
  const task = buildTask(parts);
  const demand = estimateDemand(task);
  return matchOffers({ task, demand, offers: offers.map(buildOffer), launchableOnly: false });
}

describe('matching: laws', () => {
  const offer = fc.record({
    id: fc.uuid(),
    provider: fc.constantFrom('aws', 'gcp', 'acme'),
    accelerator: fc.constantFrom('H100', 'A100', null),
    acceleratorCount: fc.constantFrom(1, 2, 4, 8),
    vcpus: fc.option(fc.integer({ min: 1, max: 128 })),
    memoryGib: fc.option(fc.integer({ min: 1, max: 2048 })),
    spot: fc.boolean(),
    nanosPerHour: fc.integer({ min: 1, max: 1e5 }).map((cents) => rateFromUsd(cents / 100)),
  });
  const task = fc.record({
    resources: fc.array(
      fc
        .record({
          accelerators: fc.subarray([
            { name: 'H100', count: 4 },
            { name: 'A100', count: 2 },
          ]),
          cpus: fc.option(
            fc.record({ value: fc.integer({ min: 1, max: 99 }), atLeast: fc.boolean() }),
          ),
          memoryGib: fc.option(
            fc.record({ value: fc.integer({ min: 1, max: 999 }), atLeast: fc.boolean() }),
          ),
        })
        .map(buildResources),
      { minLength: 1, maxLength: 3 },
    ),
    goal: fc.constantFrom('allow' as const, 'forbid' as const).map((spot) => ({ ...GOAL, spot })),
  });
  const offers = fc.uniqueArray(offer, { maxLength: 30, selector: ({ id }) => id });

  it('every offer is a candidate or is counted in one refusal', () => {
    fc.assert(
      fc.property(task, offers, (asked, all) => {
        const { candidates, refusals } = match(asked, all);
        const refused = refusals.reduce((sum, refusal) => sum + refusal.offers, 0);
        const taken = new Set(candidates.map(({ offer: { id } }) => id)).size;
        assert.equal(taken + refused, all.length);
      }),
    );
  });

  it('the order of offers never matters', () => {
    fc.assert(
      fc.property(task, offers, (asked, all) => {
        const one = match(asked, all);
        const other = match(asked, all.toReversed());
        assert.deepEqual(other.refusals, one.refusals);
        assert.deepEqual(new Set(other.candidates), new Set(one.candidates));
      }),
    );
  });

  it('what is not known never satisfies', () => {
    fc.assert(
      fc.property(task, offers, (asked, all) => {
        for (const {
          offer: { vcpus },
        } of match(asked, all).candidates) {
          if (vcpus === null) assert.ok(asked.resources.some(({ cpus }) => cpus === null));
        }
      }),
    );
  });
});
