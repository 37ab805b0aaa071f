import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { carryCheckpoint } from '../../src/engine/carry-files.ts';
import { buildNodeSpec, ended, readAll, text } from '../../src/ports/driver.conformance.ts';
import type { Driver, NodeSpec } from '../../src/ports/driver.ts';
import { LocalPlace } from '../io/local-place.ts';
import { DockerPlace } from './docker-place.ts';
import { Podman } from './podman.ts';

const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';

/** Checkpoints in containers, on the engine of docker-driver.test.ts. */
describe('checkpoints in a container', { skip }, () => {
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

  async function outputAt(
    driver: Driver,
    { waitFor }: Pick<DockerPlace, 'waitFor'>,
    spec: NodeSpec,
  ): Promise<string> {
    await driver.create(spec);
    const seen = await waitFor(spec.ref, ({ state }) => state === 'ended');
    const output = text(await readAll(driver, spec.ref, 65_536));
    assert.ok(seen.state === 'ended' && seen.exitCode === 0, `${seen.state}: ${output}`);
    return output;
  }
  const outputOf = (spec: NodeSpec): Promise<string> =>
    outputAt(place.driver, { waitFor: (...args) => place.waitFor(...args) }, spec);

  it('are saved by kedge-checkpoint and found by the next attempt', async () => {
    const run = `echo "from \${KEDGE_CHECKPOINT_STEP:-nothing} \${KEDGE_CHECKPOINT:-}"
      [ -z "\${KEDGE_CHECKPOINT:-}" ] || cat "$KEDGE_CHECKPOINT/model"
      echo weights >model
      for step in 4 5 6; do kedge-checkpoint save "$step" model || exit 8; done`;
    const attempt = (n: number) => buildNodeSpec({ run, attempt: n, checkpoint: { path: null } });
    assert.equal(await outputOf(attempt(1)), 'from nothing \n');
    assert.equal(await outputOf(attempt(2)), 'from 6 /checkpoint/step-6\nweights\n');
  });

  for (const path of ['/ckpt/mine', 'out/ckpt', '/checkpoint']) {
    it(`lie at the path of the task file, ${path}, as well`, async () => {
      const run = `echo mine >"${path}/loose"; cat "$KEDGE_CHECKPOINT_DIR/loose"`;
      assert.equal(await outputOf(buildNodeSpec({ run, checkpoint: { path } })), 'mine\n');
      const again = buildNodeSpec({ run: `cat ${path}/loose`, attempt: 2, checkpoint: { path } });
      assert.equal(await outputOf(again), 'mine\n');
    });
  }

  it('a path that a container needs itself is refused', async () => {
    for (const path of ['/', '/kedge/x', '/proc', '/workdir/']) {
      const spec = buildNodeSpec({ run: 'true', checkpoint: { path } });
      await assert.rejects(place.driver.create(spec), { code: 'driver.unsupported' });
    }
  });

  it('begin with what the working directory brings', async () => {
    const workdir = join(place.dir, 'project');
    mkdirSync(join(workdir, 'ckpt'), { recursive: true });
    writeFileSync(join(workdir, 'ckpt', 'pretrained'), 'weights\n');
    const spec = buildNodeSpec({ run: 'cat ckpt/*', workdir, checkpoint: { path: 'ckpt' } });
    assert.equal(await outputOf(spec), 'weights\n');
  });

  it('go on where a process of this machine has saved them, and back', async () => {
    const local = new LocalPlace();
    try {
      const run = `cat "\${KEDGE_CHECKPOINT:-/dev/null}"/model 2>/dev/null
        step=$((\${KEDGE_CHECKPOINT_STEP:-0} + 1))
        echo "step $step" >model; kedge-checkpoint save "$step" model`;
      const attempt = (n: number) => buildNodeSpec({ run, attempt: n, checkpoint: { path: null } });
      const [one, two, three] = [attempt(1), attempt(2), attempt(3)];
      const wait = { waitFor: local.waitFor.bind(local) };
      assert.equal(await outputAt(local.driver, wait, one), '');
      const there = { from: local.driver, fromRef: one.ref, to: place.driver, toRef: two.ref };
      await carryCheckpoint({ ...there, transferId: 'move_1' });
      await local.driver.files.dropCheckpoint(one.ref);
      assert.equal(await outputOf(two), 'step 1\n');
      const back = { from: place.driver, fromRef: two.ref, to: local.driver, toRef: three.ref };
      await carryCheckpoint({ ...back, transferId: 'move_2' });
      await place.driver.files.dropCheckpoint(two.ref);
      assert.equal(await outputAt(local.driver, wait, three), 'step 2\n');
      assert.deepEqual(await place.driver.files.list(two.ref, 'checkpoint'), []);
    } finally {
      await local.cleanup();
    }
  });

  it('of a node can be read while its container runs, and after it has gone', async () => {
    const spec = buildNodeSpec({
      run: 'mkdir out; echo result >out/metrics; chmod 600 out/metrics',
    });
    await outputOf(spec);
    const slice = { offset: 0, maxBytes: 100 };
    const bytes = await place.driver.files.read(spec.ref, 'work', 'out/metrics', slice);
    assert.equal(text(bytes), 'result\n');
    await ended(place, spec.ref);
  });
});
