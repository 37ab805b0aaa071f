import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { buildNodeSpec, ended, text } from '../../src/ports/driver.conformance.ts';
import type { NodeRef, NodeSpec } from '../../src/ports/driver.ts';
import type { Sample } from '../../src/spec/sample.ts';
import { DockerPlace } from './docker-place.ts';
import { Podman } from './podman.ts';

/** The samples of containers, of a real engine; run by `npm run test:docker`. */
const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';
const WAIT_MS_MAX = 30_000;
const MB = 1e6;

describe('the samples of a container', { skip }, () => {
  let podman: Podman;
  let place: DockerPlace;
  before(async () => {
    podman = await Podman.start();
  });
  after(() => podman.close());
  beforeEach(() => {
    place = new DockerPlace(podman);
  });
  afterEach(() => place.cleanup());

  const sample = async (ref: NodeRef, progressFile: string | null = null) =>
    (await place.driver.sample([{ ref, progressFile }]))[0] ?? null;

  async function until<Found>(look: () => Promise<Found | null>): Promise<Found> {
    const end = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      assert.ok(Date.now() < end, 'it takes too long');
      await delay(50);
    }
  }

  /** Starts a task and waits for the first line that it writes. */
  async function begin(run: string, parts: Partial<NodeSpec> = {}) {
    const spec = buildNodeSpec({ run, ...parts });
    await place.driver.create(spec);
    const line = await until(async () => {
      const { bytes } = await place.driver.readLog(spec.ref, { offset: 0, maxBytes: 1000 });
      return bytes.length > 0 ? text(bytes).trim() : null;
    });
    return { ref: spec.ref, line };
  }

  it('tell the time on its cores as the task counts it, its memory, and its limits', async () => {
    const script = [
      'globalThis.x = Buffer.alloc(200e6, 1)',
      'while (process.cpuUsage().user < 500e3);',
      'const { user, system } = process.cpuUsage()',
      'console.log((user + system) / 1000)',
      'setTimeout(() => {}, 1e9)',
    ].join('; ');
    const { ref, line } = await begin(`node -e '${script}'`);
    const begun = performance.now();
    const seen = (await sample(ref))!;
    const firstMs = performance.now() - begun;
    const again = performance.now();
    await sample(ref);
    const nextMs = performance.now() - again;
    const used = Number(line);
    // The shells that start it are of its container.
    assert.ok(seen.cpuMs >= used && seen.cpuMs < used + 500, `${seen.cpuMs} ms, not ${used}`);
    const { memoryBytes, memoryLimitBytes, cpuLimitCores } = seen;
    assert.ok(memoryBytes > 200 * MB && memoryBytes < 320 * MB, `${memoryBytes / MB} MB`);
    assert.ok(memoryLimitBytes !== null && memoryLimitBytes > memoryBytes);
    assert.ok(cpuLimitCores !== null && cpuLimitCores > 0);
    console.log(`a sample takes ${firstMs.toFixed(0)} ms, the next ${nextMs.toFixed(0)} ms`);
  });

  it('tell what the file of its progress says, and how much it has written', async () => {
    const { ref } = await begin('echo 3/4 > p.txt; echo up; sleep 600');
    const seen: Sample = await until(() => sample(ref, 'p.txt'));
    assert.equal(seen.progress, 0.75);
    assert.equal(seen.logBytes, 3);
  });

  it('are none before it is made, and after it has ended', async () => {
    const spec = buildNodeSpec({ run: 'true' });
    assert.equal(await sample(spec.ref), null);
    await place.driver.create(spec);
    await ended(place, spec.ref);
    assert.equal(await sample(spec.ref), null);
  });
});
