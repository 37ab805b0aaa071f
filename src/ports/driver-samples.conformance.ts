import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildNodeSpec, type DriverHarness, ended } from './driver.conformance.ts';

type Within = (body: (harness: DriverHarness) => Promise<void>) => () => Promise<void>;

export function testSamples(within: Within): void {
  it(
    'a node that runs is sampled, or its place cannot tell; one that does not is not',
    within(async (harness) => {
      const { driver, task } = harness;
      const live = buildNodeSpec({ run: task.printsAndStays('up\n') });
      const over = buildNodeSpec({ run: task.exits(0), rank: 1 });
      const never = buildNodeSpec({ run: task.exits(0), rank: 2 });
      await driver.create(live);
      await driver.create(over);
      await harness.waitFor(live.ref, ({ state }) => state === 'running');
      await ended(harness, over.ref);
      const refs = [over.ref, live.ref, never.ref];
      const samples = await driver.sample(refs.map((ref) => ({ ref, progressFile: 'none' })));
      assert.equal(samples.length, 3);
      assert.deepEqual([samples[0], samples[2]], [null, null]);
      const seen = samples[1] ?? null;
      if (seen === null) return;
      assert.ok(seen.cpuMs >= 0 && seen.memoryBytes >= 0 && seen.logBytes >= 0);
      assert.equal(seen.progress, null);
    }),
  );
}
