import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { GIB } from '../../../base/units.ts';
import type { Layout } from '../../../spec/demand.ts';
import { exactly } from '../interval.ts';
import { chooseLayout, fewestDevices, readDevices } from './choose-layout.ts';

describe('the layout that is explained', () => {
  const small = layout({ accelerator: 'A100', devices: 1, fits: false });
  const slow = layout({ accelerator: 'A100', devices: 2, hours: exactly(10) });
  const quick = layout({
    accelerator: 'A100',
    devices: 4,
    hours: { low: 5, mid: 6, high: 6.5 },
  });
  const fast = layout({ accelerator: 'H100', devices: 1, hours: exactly(8) });
  const all = [small, slow, quick, fast];

  it('is that of the least device time among the fewest of each kind', () => {
    assert.deepEqual(fewestDevices(all, null), [fast, slow]);
    assert.equal(chooseLayout(all, null, null), fast);
  });

  it('ends before the deadline, at the slow end of its interval, where one does', () => {
    assert.deepEqual(fewestDevices(all, 7), [quick]);
    assert.equal(chooseLayout(all, null, 7), quick);
    assert.deepEqual(fewestDevices(all, 6.2), []);
    assert.equal(chooseLayout(all, null, 6.2), fast);
  });

  it('is the one that asks least of its memory where none fits', () => {
    const none = { fits: false, hours: null };
    const more = layout({ ...none, memoryBytesPerDevice: exactly(300 * GIB) });
    const less = layout({ ...none, memoryBytesPerDevice: exactly(90 * GIB) });
    assert.equal(chooseLayout([more, less], null, null), less);
  });

  it('is on the devices that are asked for, whether or not it fits', () => {
    assert.equal(chooseLayout(all, readDevices('a100:1'), null), small);
  });

  const refusals: readonly [text: string, code: string, hint: RegExp][] = [
    ['A100:3', 'spec.bad-value', /^A100 is there with 1, 2, 4$/],
    ['T4:1', 'spec.bad-value', /^there are layouts on A100, H100$/],
    ['A100', 'cli.usage', /--on H100:8/],
    ['A100:0', 'cli.usage', /--on H100:8/],
    ['A100:1.5', 'cli.usage', /--on H100:8/],
    [':8', 'cli.usage', /--on H100:8/],
  ];
  for (const [text, code, hint] of refusals)
    it(`on ${text} is refused, with what there is`, () => {
      assert.throws(
        () => chooseLayout(all, readDevices(text), null),
        (error) => {
          assert.ok(error instanceof KedgeError);
          assert.equal(error.code, code);
          assert.match(error.hint!, hint);
          return true;
        },
      );
    });
});

function layout(parts: Partial<Layout>): Layout {
  return {
    accelerator: 'A100',
    acceleratorMemoryGib: 80,
    devices: 1,
    tensorParallel: 1,
    dataParallel: 1,
    training: null,
    memoryBytesPerDevice: exactly(10 * GIB),
    fits: true,
    hours: exactly(1),
    tokensPerSecond: null,
    ...parts,
  };
}
