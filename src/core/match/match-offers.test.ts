import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { microsFromUsd, rateFromUsd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import { buildOffer, buildResources, buildTask } from '../../spec/build-for-tests.ts';
import type { RefusalCode } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Task } from '../../spec/task.ts';
import { estimateDemand } from '../demand/estimate-demand.ts';
import { matchOffers } from './match-offers.ts';

const GOAL = buildTask().goal;
const PLACEMENT = buildTask().placement;

function match(task: Partial<Task>, offers: readonly Partial<Offer>[], launchableOnly = false) {
  const whole = buildTask(task);
  return matchOffers({
    task: whole,
    demand: estimateDemand(whole),
    offers: offers.map(buildOffer),
    launchableOnly,
  });
}

function only(task: Partial<Task>, offer: Partial<Offer>, launchableOnly = false) {
  const { candidates, refusals } = match(task, [offer], launchableOnly);
  assert.equal(candidates.length, 0, 'the offer was taken');
  assert.equal(refusals.length, 1);
  return refusals[0]!;
}

describe('matching: what an offer lacks is told with its number and what would let it in', () => {
  const cases: readonly {
    readonly code: RefusalCode;
    readonly task: Partial<Task>;
    readonly offer: Partial<Offer>;
    readonly have: number | string | null;
    readonly need: number | string;
    readonly fix: RegExp;
    /** The task after the fix was made, which must let the offer in. */
    readonly fixed: Partial<Task>;
  }[] = [
    {
      code: 'accelerator-mismatch',
      task: resources({ accelerators: [{ name: 'A100', count: 8 }] }),
      offer: {},
      have: 'H100',
      need: 'A100',
      fix: /accelerators: H100:8/,
      fixed: resources({ accelerators: [{ name: 'H100', count: 8 }] }),
    },
    {
      code: 'accelerator-too-few',
      task: resources({ accelerators: [{ name: 'H100', count: 8 }] }),
      offer: { acceleratorCount: 4 },
      have: 4,
      need: 8,
      fix: /H100:4/,
      fixed: resources({ accelerators: [{ name: 'H100', count: 4 }] }),
    },
    {
      code: 'cpus-too-few',
      task: resources({ cpus: { value: 128, atLeast: true } }),
      offer: {},
      have: 96,
      need: 128,
      fix: /cpus: 96\+/,
      fixed: resources({ cpus: { value: 96, atLeast: true } }),
    },
    {
      code: 'cpus-mismatch',
      task: resources({ cpus: { value: 8, atLeast: false } }),
      offer: {},
      have: 96,
      need: 8,
      fix: /cpus: 8\+/,
      fixed: resources({ cpus: { value: 8, atLeast: true } }),
    },
    {
      code: 'memory-too-small',
      task: resources({ memoryGib: { value: 2048, atLeast: true } }),
      offer: {},
      have: 1024,
      need: 2048,
      fix: /memory: 1024\+/,
      fixed: resources({ memoryGib: { value: 1024, atLeast: true } }),
    },
    {
      code: 'unknown-memory',
      task: resources({ memoryGib: { value: 1, atLeast: true } }),
      offer: { memoryGib: null },
      have: null,
      need: 1,
      fix: /leave out memory/,
      fixed: {},
    },
    {
      code: 'unknown-cpus',
      task: resources({ cpus: { value: 1, atLeast: true } }),
      offer: { vcpus: null },
      have: null,
      need: 1,
      fix: /leave out cpus/,
      fixed: {},
    },
    {
      code: 'instance-mismatch',
      task: resources({ instanceType: 'small' }),
      offer: {},
      have: 'big',
      need: 'small',
      fix: /instance_type: big/,
      fixed: resources({ instanceType: 'big' }),
    },
    {
      code: 'place-not-allowed',
      task: { placement: { ...PLACEMENT, allow: ['aws', 'gcp/europe-*'] } },
      offer: {},
      have: 'acme/eu-1',
      need: 'aws, gcp/europe-*',
      fix: /add acme\/eu-1 to placement\.allow/,
      fixed: { placement: { ...PLACEMENT, allow: ['aws', 'gcp/europe-*', 'acme/eu-1'] } },
    },
    {
      code: 'place-denied',
      task: { placement: { ...PLACEMENT, deny: ['acme'] } },
      offer: {},
      have: 'acme/eu-1',
      need: 'a place outside of acme',
      fix: /take acme\/eu-1 out of placement\.deny/,
      fixed: { placement: { ...PLACEMENT, deny: [] } },
    },
    {
      code: 'unknown-region',
      task: { placement: { ...PLACEMENT, residency: 'EU' } },
      offer: {},
      have: 'eu-1',
      need: 'EU',
      fix: /leave out placement\.residency/,
      fixed: {},
    },
    {
      code: 'residency-violated',
      task: { placement: { ...PLACEMENT, residency: 'EU' } },
      offer: { provider: 'aws', region: 'us-east-1', place: 'aws/us-east-1' },
      have: 'US',
      need: 'EU',
      fix: /residency: US/,
      fixed: { placement: { ...PLACEMENT, residency: 'US' } },
    },
    {
      code: 'spot-forbidden',
      task: { goal: { ...GOAL, spot: 'forbid' } },
      offer: { spot: true },
      have: 'spot',
      need: 'on demand',
      fix: /goal: \{spot: allow\}/,
      fixed: { goal: { ...GOAL, spot: 'allow' } },
    },
    {
      code: 'spot-required',
      task: { goal: { ...GOAL, spot: 'require' } },
      offer: { spot: false },
      have: 'on demand',
      need: 'spot',
      fix: /goal: \{spot: allow\}/,
      fixed: { goal: { ...GOAL, spot: 'allow' } },
    },
    {
      code: 'hourly-cost-too-high',
      task: { ...resources({ maxNanosPerHour: rateFromUsd(10) }), numNodes: 2 },
      offer: {},
      have: 16,
      need: 10,
      fix: /max_hourly_cost: 16/,
      fixed: { ...resources({ maxNanosPerHour: rateFromUsd(16) }), numNodes: 2 },
    },
    {
      code: 'deadline-too-short',
      task: { work: { hours: 12, on: null }, goal: { ...GOAL, deadlineMs: 10 * HOUR_MS } },
      offer: {},
      have: 12,
      need: 10,
      fix: /goal\.deadline: 12h/,
      fixed: { work: { hours: 12, on: null }, goal: { ...GOAL, deadlineMs: 12 * HOUR_MS } },
    },
    {
      code: 'budget-too-small',
      task: { work: { hours: 12, on: null }, goal: { ...GOAL, budgetMicros: microsFromUsd(90) } },
      offer: {},
      have: 96,
      need: 90,
      fix: /goal\.budget: \$96/,
      fixed: { work: { hours: 12, on: null }, goal: { ...GOAL, budgetMicros: microsFromUsd(96) } },
    },
    {
      code: 'capacity-too-small',
      task: { numNodes: 3 },
      offer: { available: 2 },
      have: 2,
      need: 3,
      fix: /num_nodes: 2/,
      fixed: { numNodes: 2 },
    },
    {
      code: 'throughput-unknown',
      task: { work: { hours: 12, on: { name: 'A100', count: 8 } } },
      offer: {},
      have: 'H100:8',
      need: 'A100:8',
      fix: /throughput\} with an entry for H100/,
      fixed: { work: { units: 1, per: 'hour', throughput: { H100: 1 } } },
    },
  ];
  for (const { code, task, offer, have, need, fix, fixed } of cases) {
    it(`${code}: and the fix, once made, lets the offer in`, () => {
      const refusal = only(task, offer);
      assert.equal(refusal.code, code);
      assert.deepEqual([refusal.have, refusal.need], [have, need]);
      assert.match(refusal.fix, fix);
      assert.equal(match(fixed, [offer]).candidates.length, 1);
    });
  }

  it('not-launchable: a place without a driver, where the task is to be started', () => {
    assert.equal(only({}, { launchable: false }, true).code, 'not-launchable');
    assert.equal(match({}, [{ launchable: true }], true).candidates.length, 1);
  });

  it('an offer that lacks two things is told both', () => {
    const asked = {
      accelerators: [{ name: 'H100', count: 16 }],
      memoryGib: { value: 4096, atLeast: true },
    };
    const { fix } = only(resources(asked), {});
    assert.match(fix, /H100:8.*; and memory: 1024\+/);
  });
});

describe('matching: what a request means', () => {
  it('a bare number of CPUs picks that size among machine types, and at least it of my own', () => {
    const eight = resources({ cpus: { value: 8, atLeast: false } });
    const sizes = [{ vcpus: 8 }, { vcpus: 16 }, { vcpus: 16, instance: null }];
    const { candidates } = match(eight, sizes);
    assert.deepEqual(
      candidates.map(({ offer }) => [offer.vcpus, offer.instance]),
      [
        [8, 'big'],
        [16, null],
      ],
    );
  });

  it('a device is asked for in any spelling, and another form factor is another device', () => {
    const asked = resources({ accelerators: [{ name: 'nvidia-h100-80gb', count: 8 }] });
    const { candidates } = match(asked, [{}, { accelerator: 'H100-PCIe' }]);
    assert.deepEqual(
      candidates.map(({ offer }) => offer.accelerator),
      ['H100'],
    );
  });

  it('any alternative will do, but of ordered ones the first that can be had', () => {
    const either = [
      buildResources({ accelerators: [{ name: 'B200', count: 8 }] }),
      buildResources({ accelerators: [{ name: 'A100', count: 8 }] }),
      buildResources({ accelerators: [{ name: 'H100', count: 8 }] }),
    ];
    const offers = [{ accelerator: 'A100' }, {}];
    const any = match({ resources: either }, offers);
    const ordered = match({ resources: either, resourcesOrdered: true }, offers);
    assert.equal(any.candidates.length, 2);
    assert.deepEqual(
      ordered.candidates.map(({ offer }) => offer.accelerator),
      ['A100'],
    );
  });

  it('a throughput is that of the machine by name, of each device by device, cpu without any', () => {
    const throughput = { big: 5, H100: 10, 'A100:8': 30, gpu: 1, tpu: 2, cpu: 3 };
    const offers: Partial<Offer>[] = [
      {},
      { instance: 'other' },
      { instance: 'other', accelerator: 'A100' },
      { instance: 'other', accelerator: 'L4', acceleratorCount: 2 },
      { instance: 'other', accelerator: 'tpu-v6e', acceleratorCount: 4 },
      { instance: 'other', accelerator: null, acceleratorCount: 0 },
    ];
    const { candidates } = match({ work: { units: 1, per: 'hour', throughput } }, offers);
    assert.deepEqual(
      candidates.map((one) => one.throughput),
      [5, 80, 30, 2, 8, 3],
    );
  });

  it('a residency refuses a known place elsewhere as violated, an unknown one as unknown', () => {
    const eu = { placement: { ...PLACEMENT, residency: 'eu' } };
    const offers = [
      { provider: 'aws', region: 'eu-west-1' },
      { provider: 'aws', region: 'us-east-1' },
      { provider: 'aws', region: null },
    ];
    const { candidates, refusals } = match(eu, offers);
    assert.deepEqual(
      candidates.map(({ offer: { region } }) => region),
      ['eu-west-1'],
    );
    const codes = refusals.map(({ code, offers: count }) => `${code} ${count}`);
    assert.deepEqual(codes.toSorted(), ['residency-violated 1', 'unknown-region 1']);
    const unknown = refusals.find(({ code }) => code === 'unknown-region')!;
    assert.equal(unknown.fix, 'leave out placement.residency: what is not known never satisfies');
  });

  it('use_spot of the resources decides where the goal allows both', () => {
    const both = [{ spot: true }, { id: 'b', spot: false }];
    for (const spot of [true, false]) {
      const { candidates } = match(resources({ spot }), both);
      assert.deepEqual(
        candidates.map(({ offer }) => offer.spot),
        [spot],
      );
    }
  });

  it('a place pattern speaks for all that lies below it, and a star for one part', () => {
    const inside = ['gcp/europe-west4/a', 'gcp/europe-west1/a'];
    const places = [
      ...inside,
      'gcp/europe-west4/b',
      'gcp/us-east1/a',
      'gcpx/europe-west4/a',
      'gcp/europe-x/y/a',
    ];
    const offers = places.map((place) => ({ place }));
    const { candidates } = match(
      { placement: { ...PLACEMENT, allow: ['gcp/europe-*/a'] } },
      offers,
    );
    assert.deepEqual(
      candidates.map(({ offer }) => offer.place),
      inside,
    );
  });
});

function resources(parts: Parameters<typeof buildResources>[0]): Partial<Task> {
  return { resources: [buildResources(parts)] };
}
