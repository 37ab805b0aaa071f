import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { containerName } from '../../src/adapters/drivers/docker/node-folder.ts';
import { buildNodeSpec, ended } from '../../src/ports/driver.conformance.ts';
import type { NodeRef, NodeSpec } from '../../src/ports/driver.ts';
import { execConformance } from '../../src/ports/exec.conformance.ts';
import { DockerPlace } from './docker-place.ts';
import { Podman } from './podman.ts';

/** What ends containers, told apart; and what runs beside their tasks. On Podman. */
const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';

describe('containers and their engine', { skip, timeout: 600_000 }, () => {
  let podman: Podman;
  let place: DockerPlace;
  before(async () => {
    podman = await Podman.start();
  });
  after(() => podman.close());

  execConformance('docker', async () => new DockerPlace(podman));

  /** Starts a node and waits until it has written something. */
  async function begin(run: string, parts: Partial<NodeSpec> = {}): Promise<NodeRef> {
    const spec = buildNodeSpec({ run, ...parts });
    await place.driver.create(spec);
    const { logFile } = place.shared(spec.ref);
    await place.waitFor(spec.ref, () => existsSync(logFile) && readFileSync(logFile).length > 0);
    return spec.ref;
  }

  const containerOf = (ref: NodeRef) => podman.docker.getContainer(containerName(ref));

  async function endOf(ref: NodeRef): Promise<readonly unknown[]> {
    const { how, exitCode, reason } = await ended(place, ref);
    return [how, exitCode, reason];
  }

  describe('what has ended a task is told', () => {
    beforeEach(() => {
      place = new DockerPlace(podman);
    });
    afterEach(() => place.cleanup());

    it('when somebody has killed the task, and not its container', async () => {
      const ref = await begin('echo up; kill -KILL $$');
      const reason = 'run was killed by SIGKILL, and not for its own memory limit';
      assert.deepEqual(await endOf(ref), ['lost', null, reason]);
    });

    it('when somebody has stopped its container, as an engine that shuts down', async () => {
      const ref = await begin('echo up; sleep 600 & wait');
      await containerOf(ref).stop({ t: 20 });
      const reason = 'run was stopped, and not by Kedge: as when its engine shuts down';
      assert.deepEqual(await endOf(ref), ['lost', null, reason]);
    });

    it('when it has passed its memory limit, which is its own fault', async () => {
      const run = 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); echo "${#x}"';
      const bounds = { cpus: null, memoryGib: 0.1 };
      const driver = place.another(podman.socket, { bounds });
      const [offer] = (await driver.offers()).toSorted((a, b) => b.memoryGib! - a.memoryGib!);
      const spec = buildNodeSpec({ run: `exec sh -c '${run}'`, offerId: offer!.id });
      await driver.create(spec);
      const reason = 'run was killed: it passed its memory limit';
      assert.deepEqual(await endOf(spec.ref), ['exited', 137, reason]);
    });

    it('when its container was killed while the engine was away', async () => {
      const ref = await begin('echo up; sleep 600');
      const { State } = await containerOf(ref).inspect();
      await podman.stopService();
      process.kill(State.Pid, 'SIGKILL');
      const [seen] = await place.driver.observe([ref]);
      assert.ok(seen?.state === 'unknown');
      assert.match(seen.reason, /^the container engine at .* does not answer: (ENOENT|ECONN)/);
      await podman.startService();
      assert.deepEqual(await endOf(ref), ['lost', null, 'its container was killed']);
    });

    it('when the machine was rebooted, whether the engine knows its container or not', async () => {
      for (const rank of [0, 1]) {
        const ref = await begin('echo up; sleep 600', {
          ref: buildNodeSpec({ run: '', rank }).ref,
        });
        pretendReboot(place, ref);
        if (rank === 0) await containerOf(ref).kill();
        else await containerOf(ref).remove({ force: true });
        const end = await ended(place, ref);
        assert.deepEqual([end.how, end.reason], ['lost', 'the machine was rebooted']);
        assert.ok(end.endedAt < Date.now() - 1000, 'it ran no longer than to the reboot');
      }
    });

    it('when the machine was rebooted after it had ended by itself: by its code', async () => {
      const spec = buildNodeSpec({ run: 'exit 4' });
      const { ref } = spec;
      await place.driver.create(spec);
      await containerOf(ref).wait();
      pretendReboot(place, ref);
      assert.deepEqual(await endOf(ref), ['exited', 4, 'run failed with exit code 4']);
    });
  });

  it('a disk that is full delays the end of a task, and loses it not (fault 12)', async (test) => {
    place = new DockerPlace(podman);
    mkdirSync(place.dataDir, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place.dataDir]);
    try {
      if (mounted.status !== 0) return test.skip('a small disk can be mounted by root only');
      const run = 'echo up; head -c 9000000 /dev/zero > fill; echo full; exit 3';
      const ref = await begin(run);
      const fill = join(place.shared(ref).workDir, 'fill');
      await place.waitFor(ref, () => statfsSync(place.dataDir).bavail === 0);
      await delay(300);
      assert.equal((await place.driver.observe([ref]))[0]?.state, 'running');
      rmSync(fill);
      assert.deepEqual(await endOf(ref), ['exited', 3, 'run failed with exit code 3']);
    } finally {
      await podman.removeContainers();
      spawnSync('umount', ['-l', place.dataDir]);
      await place.cleanup();
    }
  });

  it('an engine that hangs puts its own nodes out of sight, and holds up nothing else', async () => {
    place = new DockerPlace(podman);
    try {
      const ref = await begin('echo up; sleep 600');
      podman.pauseService();
      const asked = performance.now();
      const [seen] = await place.driver.observe([ref]);
      assert.ok(seen?.state === 'unknown');
      assert.match(seen.reason, /does not answer: it takes connections and hangs$/);
      assert.ok(performance.now() - asked < 10_000);
      const again = performance.now();
      const many = await Promise.all(Array.from({ length: 50 }, () => place.driver.observe([ref])));
      assert.ok(many.every(([one]) => one?.state === 'unknown'));
      const refused = { code: 'driver.no-reply' };
      await assert.rejects(place.driver.stop(ref, { graceMs: 0 }), refused);
      assert.ok(performance.now() - again < 2000, 'told at once the second time');
      const { usable, reason } = await place.driver.check();
      assert.deepEqual([usable, /takes connections and hangs/.test(reason)], [false, true]);
      podman.resumeService();
      await place.waitFor(ref, ({ state }) => state !== 'unknown');
      assert.deepEqual((await ended(place, ref)).how, 'stopped', 'the stop was not forgotten');
    } finally {
      podman.resumeService();
      await place.cleanup();
    }
  });
});

/** As if the node had been claimed and had begun in a boot before this one. */
function pretendReboot(place: DockerPlace, ref: NodeRef): void {
  const { claimFile } = place.node(ref);
  const claim = JSON.parse(readFileSync(claimFile, 'utf8'));
  writeFileSync(claimFile, JSON.stringify({ ...claim, bootId: 'another-boot' }));
  const { startedMark, exitFile } = place.shared(ref);
  const long = new Date(86_400_000);
  for (const path of [startedMark, exitFile]) if (existsSync(path)) utimesSync(path, long, long);
}
