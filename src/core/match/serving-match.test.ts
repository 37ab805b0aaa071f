import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../../base/money.ts';
import { buildOffer, buildTask } from '../../spec/build-for-tests.ts';
import type { Demand, Layout } from '../../spec/demand.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Serving, Task } from '../../spec/task.ts';
import { buildModel } from '../demand/build-for-tests.ts';
import { matchOffers } from './match-offers.ts';

const SERVING: Serving = {
  requestsPerSecond: 10,
  inputTokens: 100,
  outputTokens: 100,
  ttftMs: null,
  tpotMs: null,
  precision: 'bf16',
};

function serve(parts: Partial<Serving>, task: Partial<Task> = {}): Task {
  return buildTask({ kind: 'serve', serving: { ...SERVING, ...parts }, ...task });
}

function stated(...throughputs: readonly Readonly<Record<string, number>>[]): Partial<Serving> {
  const sizes = throughputs.map((throughput) => ({
    share: 1 / throughputs.length,
    inputTokens: null,
    outputTokens: null,
    throughput,
  }));
  return { mix: { sizes, concurrency: null, utilizationMax: 1, latency: 'mean' } };
}

function match(task: Task, offers: readonly Partial<Offer>[], layouts: readonly Layout[] = []) {
  const demand: Demand = {
    basis: layouts.length > 0 ? 'model' : 'resources',
    numNodes: 1,
    resources: task.resources,
    resourcesOrdered: false,
    work: task.work,
    flops: null,
    layouts,
    notes: [],
  };
  return matchOffers({ task, demand, offers: offers.map(buildOffer), launchableOnly: false });
}

function layout(devices: number, requestsPerSecond: readonly number[]): Layout {
  return {
    accelerator: 'H100',
    acceleratorMemoryGib: 80,
    devices,
    tensorParallel: devices,
    dataParallel: 1,
    training: null,
    memoryBytesPerDevice: { low: 1, mid: 1, high: 1 },
    fits: true,
    hours: null,
    tokensPerSecond: { low: 1, mid: 1, high: 1 },
    serves: { requestsPerSecond, concurrency: 10 },
  };
}

describe('matching a service whose speed the user states', () => {
  it('gives one machine of each offer, with what it does of each size', () => {
    const task = serve(stated({ H100: 2 }, { 'H100:8': 9, L4: 1 }));
    const { candidates } = match(task, [
      {},
      { id: 'small', accelerator: 'L4', acceleratorCount: 1 },
    ]);
    assert.deepEqual(
      candidates.map(({ machines, hours, serves }) => [machines, hours, serves]),
      [
        [1, null, { requestsPerSecond: [16, 9], concurrency: 1 }],
        [1, null, { requestsPerSecond: [0, 1], concurrency: 1 }],
      ],
    );
  });

  it('refuses an offer of which no size has a throughput, and says which key would let it in', () => {
    const { refusals } = match(serve(stated({ L4: 1 })), [{}]);
    assert.deepEqual(
      [refusals[0]!.code, refusals[0]!.fix],
      ['throughput-unknown', 'add H100 to serving.throughput, or to that of a size of serving.mix'],
    );
  });

  it('is up for the hours that the work says', () => {
    const task = serve(stated({ H100: 2 }), { work: { hours: 720, on: null } });
    assert.equal(match(task, [{}]).candidates[0]!.hours!.mid, 720);
  });

  it('refuses what would take more machines than anybody has, or more money', () => {
    const many = match(serve({ ...stated({ H100: 1e-6 }), requestsPerSecond: 10 }), [{}]);
    assert.equal(many.refusals[0]!.code, 'too-large');
    const dear = { nanosPerHour: rateFromUsd(100_000) };
    const costly = match(serve({ ...stated({ H100: 1 }), requestsPerSecond: 1000 }), [dear]);
    assert.equal(costly.refusals[0]!.code, 'too-large');
  });
});

describe('matching a service that was estimated', () => {
  const model = buildModel({ params: 8e9 });

  it('fills a machine with replicas of each layout', () => {
    const { candidates } = match(serve({}, { model }), [{}], [layout(1, [3]), layout(4, [20])]);
    assert.deepEqual(
      candidates.map(({ serves }) => serves),
      [
        { requestsPerSecond: [24], concurrency: 80 },
        { requestsPerSecond: [40], concurrency: 20 },
      ],
    );
  });

  it('tells how each replica is split', () => {
    const spread = {
      ...layout(4, [20]),
      tensorParallel: 1,
      serving: { pipelineParallel: 1, attentionDataParallel: 4, expertParallel: 4 },
    };
    const { candidates } = match(serve({}, { model }), [{}], [layout(1, [3]), spread]);
    const alone = { pipelineParallel: 1, attentionDataParallel: 1, expertParallel: 1 };
    assert.deepEqual(
      candidates.map(({ replica }) => replica),
      [
        { ...alone, devices: 1, tensorParallel: 1 },
        { ...spread.serving, devices: 4, tensorParallel: 1 },
      ],
    );
  });

  it('lays no replica out over machines that are too small for it', () => {
    const { candidates } = match(
      serve({}, { model }),
      [{ acceleratorCount: 2 }],
      [layout(1, [3]), layout(4, [20])],
    );
    assert.deepEqual(
      candidates.map(({ serves }) => serves!.requestsPerSecond),
      [[6]],
    );
  });
});
