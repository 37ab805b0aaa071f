import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { GIB } from '../../../base/units.ts';
import { acceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { readOwnMeasurement } from './read-own-measurement.ts';

describe('a measurement on the command line', () => {
  it('has a time or a speed, where it was measured, and how it ran', () => {
    const own = readOwnMeasurement(
      ['step_time=1.83s', 'tp=8,pp=1,micro_batch=2,recompute=full', 'peak_memory=61GiB'],
      'H100:8',
      acceleratorFacts(),
    );
    assert.deepEqual(own, {
      device: findAccelerator('H100'),
      devices: 8,
      speed: { quantity: 'step_time', value: 1.83 },
      peakMemoryBytes: 61 * GIB,
      setUp: { tensorParallel: 8, pipelineParallel: 1, microBatch: 2, recompute: 'full' },
    });
  });

  it('keeps fractions of a millisecond, and reads thousands', () => {
    assert.ok(Math.abs(valueOf('tpot=12.4ms') - 0.0124) < 1e-12);
    assert.equal(valueOf('ttft=300ms'), 0.3);
    assert.equal(valueOf('tokens_per_second=35k'), 35_000);
    assert.equal(valueOf('samples_per_second=12.5'), 12.5);
  });

  it('takes rates as the explanation prints them, and as people say what their model counts', () => {
    const names = ['samples/s', 'images/s', 'images_per_second', 'sequences_per_sec', 'rows_per_s'];
    for (const name of names) {
      const { speed } = readOwnMeasurement([`${name}=12.5`], 'H100:8', acceleratorFacts());
      assert.deepEqual(speed, { quantity: 'samples_per_second', value: 12.5 }, name);
    }
    const { speed } = readOwnMeasurement(['tokens/s=35k'], 'H100:8', acceleratorFacts());
    assert.deepEqual(speed, { quantity: 'tokens_per_second', value: 35_000 });
    refuses(['images/s=1', 'samples/s=2'], 'H100:8', /samples_per_second twice/);
  });

  it('refuses a time without a unit, and what is none', () => {
    for (const text of ['1.83', '-1s', '0s', '1e3s', 'NaN', '1.83GiB'])
      refuses([`step_time=${text}`], 'H100:8', /step_time=.* is no amount above 0 with a unit/);
    refuses(['peak_memory=61s'], 'H100:8', /peak_memory=61s/);
    refuses(['tokens_per_second=0'], 'H100:8', /above 0/);
  });

  it('refuses words that it does not know, and says which may be meant', () => {
    refuses(['step_tim=1s'], 'H100:8', /knows no "step_tim"/, /did you mean step_time/);
    refuses(['step_time'], 'H100:8', /does not understand "step_time"/);
    refuses(['step_time=1s', 'step_time=2s'], 'H100:8', /step_time twice/);
    refuses(['tpot=1ms', 'ttft=2ms'], 'H100:8', /tpot and ttft/);
    refuses(['tp=8'], 'H100:8', /not what was measured/);
    refuses(['tpot=1ms,tp=1.5'], 'H100:8', /tp=1.5/);
    refuses(['step_time=1s,zero=4'], 'H100:8', /zero=4/);
    refuses(['step_time=1s,recompute=some'], 'H100:8', /recompute=some/);
  });

  it('must know on what, and the accelerator', () => {
    refuses(['step_time=1s'], null, /needs --on/);
    refuses(['step_time=1s'], 'H10O:8', /no known accelerator: H10O/, /did you mean H100/);
    refuses(['step_time=1s'], 'H100:0', /no device and count/);
  });
});

function valueOf(text: string): number {
  return readOwnMeasurement([text], 'H100:1', acceleratorFacts()).speed!.value;
}

function refuses(texts: readonly string[], on: string | null, message: RegExp, hint = /./): void {
  assert.throws(
    () => readOwnMeasurement(texts, on, acceleratorFacts()),
    (error) => {
      assert.ok(error instanceof KedgeError && error.code === 'cli.usage');
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      return true;
    },
  );
}
