import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { KedgeError } from '../../../base/errors.ts';
import { GIB } from '../../../base/units.ts';
import { buildResources, buildTask } from '../../../spec/build-for-tests.ts';
import type { Demand, Interval, Layout } from '../../../spec/demand.ts';
import type { Task, Training } from '../../../spec/task.ts';
import { acceleratorsFor } from '../accelerators/accelerators-for.ts';
import { buildModel, buildServing, buildTraining } from '../build-for-tests.ts';
import { estimateDemand } from '../estimate-demand.ts';
import { measuredDemand } from './measured-demand.ts';
import { readOwnMeasurement } from './read-own-measurement.ts';

const LLAMA = buildModel({ id: 'meta-llama/Llama-3.1-8B' });
const TRAINING = trainingTask();
const SERVICE = buildTask({ kind: 'serve', model: LLAMA, serving: buildServing() });

describe('a training that the user has measured', () => {
  const before = estimateDemand(TRAINING);
  const slower = tokensOn(before, 'H100', 8).mid / 1.4;
  const after = measured(TRAINING, [`tokens_per_second=${slower}`], 'H100:8');

  it('is as fast as measured there, and as sure as a repetition', () => {
    const there = tokensOn(after, 'H100', 8);
    assert.ok(Math.abs(there.mid / slower - 1) < 1e-6);
    assert.ok(width(there) < 0.1);
  });

  it('is slower everywhere, the less the further: other counts, the generation, other devices', () => {
    const moved = [
      ratio(before, after, 'H100', 16),
      ratio(before, after, 'H200', 8),
      ratio(before, after, 'B200', 8),
    ];
    assert.ok(1 / 1.4 < moved[0]!);
    assert.ok(moved[0]! < moved[1]! && moved[1]! < moved[2]! && moved[2]! < 1);
    for (const [name, count] of [
      ['H100', 16],
      ['H200', 8],
      ['B200', 8],
    ] as const)
      assert.ok(width(tokensOn(after, name, count)) < width(tokensOn(before, name, count)));
  });

  it('takes as many hours as its speed has them', () => {
    for (const [name, count] of [
      ['H100', 8],
      ['H200', 8],
    ] as const) {
      const [old, now] = [before, after].map((demand) => on(demand, name, count));
      const hours = old!.hours!.mid * (old!.tokensPerSecond!.mid / now!.tokensPerSecond!.mid);
      assert.ok(Math.abs(now!.hours!.mid / hours - 1) < 1e-9);
      // The fastest end of the speed gives the least hours.
      const least = old!.hours!.low * (old!.tokensPerSecond!.high / now!.tokensPerSecond!.high);
      assert.ok(Math.abs(now!.hours!.low / least - 1) < 1e-9);
      assert.ok(now!.hours!.low <= now!.hours!.mid && now!.hours!.mid <= now!.hours!.high);
    }
  });

  it('says what was measured and what that changed, in lines of a terminal', () => {
    assert.match(after.notes[0]!, /measured on 8 × H100: tokens\/s \d+, estimated \d+/);
    assert.match(after.notes.join('\n'), /this very set-up: −29 %, interval \d\d % narrower/);
    assert.match(after.notes.join('\n'), /generation, hopper: −\d+ %/);
    for (const note of after.notes.slice(0, 6)) assert.ok(note.length <= 78, note);
  });

  it('may tell the time of a step or sequences a second as well', () => {
    const tokens = 64 * 4096;
    const byStep = measured(TRAINING, [`step_time=${(tokens / slower).toFixed(9)}s`], 'H100:8');
    const bySamples = measured(
      TRAINING,
      [`samples_per_second=${(slower / 4096).toFixed(9)}`],
      'H100:8',
    );
    for (const same of [byStep, bySamples])
      assert.ok(
        Math.abs(tokensOn(same, 'H200', 8).mid / tokensOn(after, 'H200', 8).mid - 1) < 1e-6,
      );
  });

  it('changes nothing where it was just as estimated, but how sure it is', () => {
    const same = tokensOn(before, 'H100', 8).mid;
    const sure = measured(TRAINING, [`tokens_per_second=${same}`], 'H100:8');
    assert.ok(Math.abs(ratio(before, sure, 'B200', 8) - 1) < 1e-6);
    assert.ok(width(tokensOn(sure, 'H100', 8)) < 0.5 * width(tokensOn(before, 'H100', 8)));
  });

  it('is compared with the layout that it ran on, where the user tells it', () => {
    const setUp = 'tp=8,micro_batch=1,recompute=full';
    const stated = measured(TRAINING, [`tokens_per_second=${slower}`, setUp], 'H100:8');
    assert.ok(ratio(before, stated, 'H100', 8) > ratio(before, after, 'H100', 8));
    assert.ok(!stated.notes.some((note) => note.includes('this very set-up')));
    const again = estimatedStep(`${setUp}`);
    assert.ok(again > 1.15 * estimatedStep('tp=8,micro_batch=1,recompute=none'));
  });

  it('has the count that it was measured with among its layouts, and its resources as stated', () => {
    const odd = measured(TRAINING, ['step_time=1.4s'], 'H100:24');
    assert.ok(on(odd, 'H100', 24).tokensPerSecond);
    assert.deepEqual(odd.resources, TRAINING.resources);
  });

  it('fits where it ran, whatever was thought', () => {
    assert.equal(on(before, 'H100', 1).fits, false);
    const ran = on(measured(TRAINING, ['step_time=30s'], 'H100:1'), 'H100', 1);
    assert.ok(ran.fits && ran.hours !== null);
    assert.ok(ran.memoryBytesPerDevice.high <= 80 * GIB);
    assert.ok(Math.abs(ran.tokensPerSecond!.mid / ((64 * 4096) / 30) - 1) < 1e-6);
  });

  it('moves memory on all devices alike, and refuses layouts that are too small by it', () => {
    const { mid } = on(before, 'H100', 8).memoryBytesPerDevice;
    const bytes = Math.min(1.25 * mid, 79 * GIB);
    const fuller = measured(TRAINING, [`peak_memory=${Math.round(bytes)}`], 'H100:8');
    assert.ok(Math.abs(on(fuller, 'H100', 8).memoryBytesPerDevice.mid / bytes - 1) < 1e-6);
    assert.ok(on(fuller, 'H100', 8).fits);
    const grown = (name: string): number =>
      on(fuller, name, 8).memoryBytesPerDevice.mid / on(before, name, 8).memoryBytesPerDevice.mid;
    assert.ok(grown('H200') > 1.05 && Math.abs(grown('H200') / grown('A100-80GB') - 1) < 1e-9);
    const lost = fuller.layouts.filter(({ fits }, index) => !fits && before.layouts[index]!.fits);
    assert.ok(lost.length > 0 && lost.every(({ hours }) => hours === null));
    assert.match(fuller.notes.join('\n'), /measured: peak memory .* GiB, estimated .* GiB/);
  });
});

describe('a training whose memory is less than was thought', () => {
  it('fits where it did not, and is timed there', () => {
    const before = estimateDemand(TRAINING);
    const { mid } = on(before, 'H100', 8).memoryBytesPerDevice;
    const leaner = measured(TRAINING, [`peak_memory=${Math.round(0.6 * mid)}`], 'H100:8');
    const won = leaner.layouts.filter(({ fits }, index) => fits && !before.layouts[index]!.fits);
    assert.ok(won.length > 0);
    for (const { memoryBytesPerDevice, acceleratorMemoryGib } of won)
      assert.ok(memoryBytesPerDevice.high <= acceleratorMemoryGib * GIB);
    for (const { hours, tokensPerSecond, accelerator, devices } of won) {
      assert.ok(hours !== null && tokensPerSecond !== null, `${devices} × ${accelerator}`);
      const more = leaner.layouts.find(
        (one) => one.accelerator === accelerator && one.devices === 8 * devices && one.fits,
      );
      if (more) assert.ok(more.hours!.mid < hours.mid);
    }
    assert.match(leaner.notes.join('\n'), new RegExp(`layouts that fit now: ${won.length}`));
  });
});

describe('a service that the user has measured', () => {
  const before = estimateDemand(SERVICE);

  it('answers as many requests as its speed has them', () => {
    const replica = tokensOn(before, 'H100', 1).mid;
    const after = measured(SERVICE, [`output_tokens_per_second=${0.8 * replica}`], 'H100:1');
    const [old, now] = [before, after].map((demand) => on(demand, 'H200', 1));
    assert.ok(now!.tokensPerSecond!.mid < old!.tokensPerSecond!.mid);
    assert.ok(
      Math.abs(
        now!.serves!.requestsPerSecond[0]! / old!.serves!.requestsPerSecond[0]! -
          now!.tokensPerSecond!.mid / old!.tokensPerSecond!.mid,
      ) < 1e-9,
    );
  });

  it('may be measured on several replicas, or by the time of a token', () => {
    const replica = tokensOn(before, 'H100', 2).mid;
    const pair = measured(SERVICE, [`output_tokens_per_second=${2 * replica},tp=2`], 'H100:4');
    assert.ok(Math.abs(ratio(before, pair, 'H100', 2) - 1) < 1e-6);
    const slow = measured(SERVICE, ['tpot=20ms', 'concurrency=16'], 'H100:1');
    assert.ok(ratio(before, slow, 'H200', 1) < 1);
  });

  it('may be measured on another split of a mixture of experts than the search has', () => {
    const model = buildModel({ id: 'deepseek-ai/DeepSeek-V3' });
    const task = buildTask({ kind: 'serve', model, serving: buildServing({ precision: 'fp8' }) });
    const mixture = estimateDemand(task);
    const found = on(mixture, 'H200', 8);
    assert.equal(found.serving!.expertParallel, 8);
    const speed = `output_tokens_per_second=${0.9 * found.tokensPerSecond!.mid}`;
    const { tensorParallel } = found;
    const same = measured(task, [`${speed},tp=${tensorParallel},ep=8`], 'H200:8');
    assert.ok(Math.abs(ratio(mixture, same, 'H200', 8) - 0.9) < 1e-6);
    const tensor = measured(task, [`${speed},tp=8`], 'H200:8');
    assert.ok(ratio(mixture, tensor, 'H200', 8) > 1);
    refuses(SERVICE, ['tpot=20ms,ep=8'], 'H100:8', /no experts to spread/);
    refuses(task, ['tpot=20ms,tp=3,ep=8'], 'H200:8', /no whole copies of 3/);
  });

  it('learns nothing of its speed from the time to the first token, and says so', () => {
    const after = measured(SERVICE, ['ttft=300ms'], 'H100:1');
    assert.ok(after.layouts.every((one, index) => isDeepStrictEqual(one, before.layouts[index])));
    assert.match(
      after.notes.join('\n'),
      /time to first token 300 ms, estimated .*\n.*nothing of tokens\/s/,
    );
  });
});

describe('other work that the user has measured', () => {
  it('may be images a second', () => {
    const training = buildTraining({ tokens: null, samples: 1e8, globalBatch: 2048 });
    const task = buildTask({ model: buildModel({ id: 'timm/resnet50' }), training });
    const rate = (demand: Demand, name: string): number =>
      on(demand, name, 8).samplesPerSecond!.mid;
    const before = estimateDemand(task);
    const images = 1.3 * rate(before, 'A100');
    for (const text of [`samples_per_second=${images}`, `step_time=${2048 / images}s`]) {
      const after = measured(task, [text], 'A100:8');
      assert.ok(Math.abs(rate(after, 'A100') / images - 1) < 1e-6);
      assert.ok(rate(after, 'H100') > 1.1 * rate(before, 'H100'));
      assert.ok(on(after, 'H100', 8).hours!.mid < on(before, 'H100', 8).hours!.mid);
    }
    refuses(task, ['tpot=1ms'], 'A100:8', /the task has no tpot/);
    refuses(task, ['step_time=1s,tp=2'], 'A100:8', /has no such layout/);
  });

  it('may be a batch of requests', () => {
    const serving = buildServing({ requests: 1e6, requestsPerSecond: null });
    const batch = buildTask({ kind: 'batch', model: LLAMA, serving });
    const before = estimateDemand(batch);
    const slower = 0.7 * tokensOn(before, 'H100', 4).mid;
    const after = measured(batch, [`output_tokens_per_second=${slower}`], 'H100:4');
    assert.ok(Math.abs(tokensOn(after, 'H100', 4).mid / slower - 1) < 1e-6);
    assert.ok(on(after, 'H200', 4).hours!.mid > on(before, 'H200', 4).hours!.mid);
  });

  it('may have run on several machines', () => {
    const resources = [buildResources({ accelerators: [{ name: 'A100', count: 12 }] })];
    const task = { ...TRAINING, numNodes: 2, resources };
    const after = measured(task, ['step_time=2s'], 'H100:16');
    assert.equal(after.numNodes, 2);
    assert.deepEqual(after.resources, resources);
    assert.ok(on(after, 'A100', 24).tokensPerSecond);
    assert.ok(Math.abs(tokensOn(after, 'H100', 16).mid / ((64 * 4096) / 2) - 1) < 1e-6);
  });
});

describe('a measurement that cannot be of the task', () => {
  it('is refused with the reason', () => {
    const H100 = 'H100:8';
    refuses(TRAINING, ['step_time=2.9ms'], H100, /step_time is .* times off the estimate/);
    refuses(TRAINING, ['tokens_per_second=400k'], H100, /more than the arithmetic of 8 × H100/);
    refuses(TRAINING, ['peak_memory=91GiB'], H100, /more than H100 has, 80 GiB/);
    refuses(TRAINING, ['tpot=12ms'], H100, /the task has no tpot/);
    refuses(TRAINING, ['step_time=3s,tp=16'], H100, /tp 16 .* does not divide 8 devices/);
    refuses(TRAINING, ['step_time=3s'], 'Hailo-8:8', /cannot run on Hailo-8/);
    refuses(TRAINING, ['step_time=3s'], 'H100:4096', /cannot be shared out over 4096/);
    refuses(SERVICE, ['step_time=3s'], 'H100:1', /the task has no step_time/);
    refuses(SERVICE, ['peak_memory=70GiB'], 'H100:1', /peak memory of a service/);
    refuses(SERVICE, ['tpot=9ms,pp=2'], 'H100:1', /no such layout/);
    refuses(SERVICE, ['output_tokens_per_second=9k,tp=2'], 'H100:3', /no whole replicas of 2/);
  });

  it('is refused where a step has no known size', () => {
    const open = trainingTask({ globalBatch: null });
    refuses(open, ['step_time=3s'], 'H100:8', /without the sequences of a step/);
    assert.ok(measured(open, ['step_time=3s,global_batch=64'], 'H100:8').layouts.length > 0);
  });

  it('is refused where nothing is estimated', () => {
    refuses(buildTask(), ['step_time=3s'], 'H100:8', /no estimate to update/);
  });
});

function trainingTask(parts: Partial<Training> = {}): Task {
  const training = buildTraining({ method: 'full', tokens: 2e9, globalBatch: 64, ...parts });
  return buildTask({ model: LLAMA, training });
}

function measured(task: Task, texts: readonly string[], place: string): Demand {
  return measuredDemand(task, readOwnMeasurement(texts, place, acceleratorsFor(task)));
}

/** Seconds of a step on 8 × H100, by the note of a measurement. */
function estimatedStep(setUp: string): number {
  const [note] = measured(TRAINING, ['step_time=5s', setUp], 'H100:8').notes;
  return Number(/estimated ([\d.]+) s/.exec(note!)![1]);
}

function refuses(task: Task, texts: readonly string[], place: string, message: RegExp): void {
  assert.throws(
    () => measured(task, texts, place),
    (error) => {
      assert.ok(error instanceof KedgeError && error.code === 'spec.bad-value' && error.hint);
      assert.match(error.message, message);
      return true;
    },
  );
}

function on({ layouts }: Demand, accelerator: string, devices: number): Layout {
  const found = layouts.find((one) => one.accelerator === accelerator && one.devices === devices);
  assert.ok(found, `no layout on ${devices} × ${accelerator}`);
  return found;
}

function tokensOn(demand: Demand, accelerator: string, devices: number): Interval {
  const { tokensPerSecond } = on(demand, accelerator, devices);
  assert.ok(tokensPerSecond);
  return tokensPerSecond;
}

function ratio(before: Demand, after: Demand, accelerator: string, devices: number): number {
  const [old, now] = [before, after].map((demand) => tokensOn(demand, accelerator, devices).mid);
  return now! / old!;
}

function width({ low, high }: Interval): number {
  return Math.log(high / low);
}
