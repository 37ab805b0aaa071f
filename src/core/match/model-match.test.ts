import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { microsFromUsd, rateFromUsd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import { GIB } from '../../base/units.ts';
import { buildOffer, buildResources, buildTask } from '../../spec/build-for-tests.ts';
import type { Demand, Interval, Layout } from '../../spec/demand.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Task } from '../../spec/task.ts';
import { matchOffers } from './match-offers.ts';

/** Eight devices' worth of work: 80 hours of one H100, in 60 GiB of eight or in 100 of four. */
const around = (mid: number): Interval => ({ low: mid * 0.5, mid, high: mid * 1.5 });
const layout = (devices: number, gib: number, parts: Partial<Layout> = {}): Layout => ({
  accelerator: 'H100',
  acceleratorMemoryGib: 80,
  devices,
  tensorParallel: 1,
  dataParallel: devices,
  training: null,
  memoryBytesPerDevice: around((gib / 1.5) * GIB),
  fits: gib <= 80,
  hours: around(80 / devices),
  tokensPerSecond: around(1000 * devices),
  ...parts,
});

function match(
  offers: readonly Partial<Offer>[],
  { layouts = [layout(4, 100), layout(8, 60), layout(16, 40)], numNodes = 1 }: Partial<Demand> = {},
  parts: Partial<Task> = {},
) {
  const task = buildTask({ kind: 'train', numNodes, ...parts });
  const demand: Demand = {
    basis: 'model',
    numNodes,
    resources: task.resources,
    resourcesOrdered: false,
    work: null,
    flops: null,
    layouts,
    notes: [],
  };
  return matchOffers({ task, demand, offers: offers.map(buildOffer), launchableOnly: false });
}

describe('matching a model: its layouts on the devices of an offer', () => {
  it('takes the layout on as many devices as the machines have, with its time', () => {
    const { candidates } = match([{}]);
    assert.deepEqual(
      candidates.map(({ machines, hours }) => [machines, hours!.mid]),
      [
        [1, 10],
        [2, 5],
      ],
    );
  });

  it('puts small machines together only when the task names its nodes: nobody tells their network', () => {
    const small = { acceleratorCount: 4 };
    assert.equal(match([small]).candidates.length, 0);
    const { candidates } = match([small], { numNodes: 2 });
    assert.deepEqual(
      candidates.map(({ machines, hours }) => [machines, hours!.mid]),
      [[2, 10]],
    );
  });

  it('hires what the task names: devices that were asked for are not multiplied', () => {
    const resources = [buildResources({ accelerators: [{ name: 'H100', count: 8 }] })];
    const { candidates } = match([{}], {}, { resources });
    assert.deepEqual(
      candidates.map(({ machines }) => machines),
      [1],
    );
  });

  it('refuses devices that are too small, with what they have and what would do', () => {
    const [refusal] = match([{ acceleratorCount: 4 }]).refusals;
    assert.deepEqual(
      [refusal!.code, refusal!.have, refusal!.need],
      ['accelerator-memory-too-small', 80, 100],
    );
    assert.match(refusal!.fix, /larger devices/);
  });

  it('believes the offer, not the data sheet: a device with less memory must hold the model too', () => {
    const fitting = match([{ acceleratorMemoryGib: 70 }]).candidates.map(
      ({ machines }) => machines,
    );
    assert.deepEqual(fitting, [1, 2]);
    const half = match([{ acceleratorMemoryGib: 48 }]).candidates.map(({ machines }) => machines);
    assert.deepEqual(half, [2]);
  });

  it('a memory that nobody tells satisfies nothing', () => {
    const { candidates, refusals } = match([{ acceleratorMemoryGib: null }]);
    assert.deepEqual([candidates.length, refusals[0]!.code], [0, 'unknown-accelerator-memory']);
  });

  it('a part of a device is no device to lay a model out on', () => {
    const layouts = [layout(1, 10)];
    const { refusals } = match([{ acceleratorCount: 0.5 }], { layouts });
    assert.deepEqual([refusals[0]!.code, refusals[0]!.need], ['accelerator-too-few', 1]);
  });

  it('a device of which the estimate knows nothing is another device', () => {
    const { refusals } = match([{ accelerator: 'Cerebras' }]);
    assert.equal(refusals[0]!.code, 'accelerator-mismatch');
  });

  it('deadline and budget hold at the upper end of the interval', () => {
    const goal = buildTask().goal;
    const late = match([{}], {}, { goal: { ...goal, deadlineMs: 12 * HOUR_MS } });
    assert.deepEqual(
      late.candidates.map(({ machines, hours }) => [machines, hours!.high]),
      [[2, 7.5]],
    );
    const poor = match([{}], {}, { goal: { ...goal, budgetMicros: microsFromUsd(119) } });
    assert.deepEqual(
      [poor.candidates.length, poor.refusals[0]!.code, poor.refusals[0]!.have],
      [0, 'budget-too-small', 120],
    );
  });
});

describe('matching a service of which nobody says how many requests it gets', () => {
  const serving = {
    ttftMs: null,
    tpotMs: null,
    inputTokens: 100,
    outputTokens: 100,
    precision: 'bf16',
    requestsPerSecond: null,
  } as const;
  const serve: Partial<Task> = { kind: 'serve', serving };

  it('takes machines for one replica, which may span several', () => {
    const machinesFor = (devices: number): readonly number[] => {
      const layouts = [layout(devices, 60, { hours: null, tokensPerSecond: around(1000) })];
      return match([{}], { layouts }, serve).candidates.map(({ machines }) => machines);
    };
    assert.deepEqual([machinesFor(2), machinesFor(16)], [[1], [2]]);
  });

  it('a layout that is too slow for the speed wanted is refused as that, not as too small', () => {
    const slow = layout(8, 60, { fits: false, hours: null });
    const { refusals } = match([{}], { layouts: [slow] }, serve);
    assert.deepEqual([refusals[0]!.code, refusals[0]!.offers], ['throughput-unknown', 1]);
    assert.match(refusals[0]!.reason, /speed that is wanted/);
  });
});

describe('the nearest refusal', () => {
  const asked = { resources: [buildResources({ cpus: { value: 100, atLeast: true } })] };
  const plain = (offers: readonly Partial<Offer>[], parts: Partial<Task>) => {
    const task = buildTask(parts);
    const { resources, work } = task;
    const demand = {
      basis: 'work',
      numNodes: 1,
      resources,
      resourcesOrdered: false,
      work,
    } as const;
    return matchOffers({
      task,
      demand: { ...demand, flops: null, layouts: [], notes: [] },
      offers: offers.map(buildOffer),
      launchableOnly: false,
    }).refusals;
  };

  it('speaks of the offer that lacks least, then of the cheapest', () => {
    const offers = [
      { id: 'far', vcpus: 10, nanosPerHour: rateFromUsd(1) },
      { id: 'near', vcpus: 90, instance: 'near', nanosPerHour: rateFromUsd(9) },
      { id: 'cheap', vcpus: 90, instance: 'cheap', nanosPerHour: rateFromUsd(8) },
    ];
    const [refusal, ...rest] = plain(offers, asked);
    assert.deepEqual([refusal!.instance, refusal!.offers, rest], ['cheap', 3, []]);
  });

  it('comes first, and one that lacks one thing is nearer than one that lacks two', () => {
    const offers = [
      { id: 'two', provider: 'two', vcpus: 99, spot: true },
      { id: 'one', provider: 'one', vcpus: 50 },
    ];
    const goal = { ...buildTask().goal, spot: 'forbid' as const };
    assert.deepEqual(
      plain(offers, { ...asked, goal }).map(({ place }) => place),
      ['acme/eu-1', 'acme/eu-1'],
    );
    assert.equal(plain(offers, { ...asked, goal })[0]!.have, 50);
  });

  it('is one that fails only the deadline, since nobody knows whether others would keep it', () => {
    const late = {
      ...asked,
      work: { hours: 10, on: null },
      goal: { ...buildTask().goal, deadlineMs: HOUR_MS },
    };
    const refusals = plain(
      [
        { provider: 'a', vcpus: 99 },
        { provider: 'b', vcpus: 128 },
      ],
      late,
    );
    assert.equal(refusals[0]!.code, 'deadline-too-short');
  });
});
