import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { checkpointPlace, containerName } from '../../src/adapters/drivers/docker/node-folder.ts';
import {
  buildGang,
  buildNodeSpec,
  driverConformance,
  ended,
  INSTALLATION,
  readAll,
  text,
} from '../../src/ports/driver.conformance.ts';
import type { NodeRef, NodeSpec } from '../../src/ports/driver.ts';
import { finished, KedgeHome } from '../io/kedge-home.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { DockerPlace } from './docker-place.ts';
import { Podman } from './podman.ts';

/**
 * The docker driver on a real engine: Podman, installed by the test where it is missing, with an
 * image of Debian packages. Run by `npm run test:docker`; no registry is needed.
 */
const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';
const ROOT = join(import.meta.dirname, '..', '..');

describe('the docker driver', { skip }, () => {
  let podman: Podman;
  let place: DockerPlace;
  before(async () => {
    podman = await Podman.start();
  });
  after(() => podman.close());

  driverConformance('docker', async () => new DockerPlace(podman));

  /** Starts a node and waits until it has written something. */
  async function begin(run: string, parts: Partial<NodeSpec> = {}): Promise<NodeRef> {
    const spec = buildNodeSpec({ run, ...parts });
    await place.driver.create(spec);
    await place.waitFor(spec.ref, () => logOf(spec.ref) !== '');
    return spec.ref;
  }

  function logOf(ref: NodeRef): string {
    const { logFile } = place.shared(ref);
    return existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  }

  /** What a task prints, once it has ended well. */
  async function outputOf(spec: NodeSpec): Promise<string> {
    await place.driver.create(spec);
    const end = await ended(place, spec.ref);
    const output = text(await readAll(place.driver, spec.ref, 65_536));
    assert.equal(end.exitCode, 0, `${end.reason}: ${output}`);
    return output;
  }

  function folder(name: string, texts: Readonly<Record<string, string>>): string {
    const root = join(place.dir, name);
    for (const [path, content] of Object.entries(texts)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return root;
  }

  const containerOf = (ref: NodeRef) => podman.docker.getContainer(containerName(ref));

  describe('a task in a container', () => {
    beforeEach(() => {
      place = new DockerPlace(podman);
    });
    afterEach(() => place.cleanup());

    it('has copies of its workdir and file mounts, and leaves the originals alone', async () => {
      const workdir = folder("a project's `id`", { 'a.txt': 'original' });
      symlinkSync('a.txt', join(workdir, 'link'));
      const fileMounts = { 'conf/b': folder('more', { b: 'b' }), '/data': join(place.dir, 'more') };
      const run = 'echo changed > a.txt; cat link conf/b/b /data/b; pwd';
      const output = await outputOf(buildNodeSpec({ run, workdir, fileMounts }));
      assert.equal(output, 'changed\nbb/workdir\n');
      assert.equal(readFileSync(join(workdir, 'a.txt'), 'utf8'), 'original');
    });

    it('finds in a checkpoint folder what the attempt before it has left', async () => {
      const run = 'cat "$KEDGE_CHECKPOINT_DIR/step" || echo 7 > "$KEDGE_CHECKPOINT_DIR/step"';
      const attempt = (n: number) => buildNodeSpec({ run, attempt: n, checkpoint: { path: null } });
      await outputOf(attempt(1));
      assert.equal(await outputOf(attempt(2)), '7\n');
    });

    it('has its variables to the letter, which neither the engine nor a file keeps', async () => {
      const value = 'canary "b" $(c) `d` \'e\'\n=f\\';
      const run = 'printf "%s|" "$VALUE" "$KEDGE_RUN_ID"; while :; do sleep 600; done';
      const ref = await begin(run, { envs: { VALUE: value } });
      assert.equal(logOf(ref), `${value}|run_conformance|`);
      assert.ok(!JSON.stringify(await containerOf(ref).inspect()).includes('canary'));
      const { controlDir, envsFile, runFile } = place.shared(ref);
      assert.ok(existsSync(runFile) && !existsSync(envsFile), controlDir);
    });

    it('gets no more of the machine than its offer says', async () => {
      const offers = await place.driver.offers();
      const small = offers.toSorted((a, b) => a.vcpus! - b.vcpus!)[0]!;
      const run =
        'cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes 2>/dev/null; true';
      const limit = Number(await outputOf(buildNodeSpec({ run, offerId: small.id })));
      assert.ok(Math.abs(limit / 2 ** 30 - small.memoryGib!) < 0.01, `${limit} bytes`);
      const ref = await begin('echo up; sleep 600', { offerId: small.id, ref: rankRef(1) });
      const { HostConfig } = await containerOf(ref).inspect();
      assert.equal((HostConfig.NanoCpus ?? 0) / 1e9, small.vcpus);
    });

    it('bears the labels of its installation, tenant, run, attempt and node', async () => {
      const ref = await begin('echo up; sleep 600');
      const { Labels } = (await containerOf(ref).inspect()).Config;
      assert.equal(Labels['kedge.installation'], INSTALLATION);
      assert.equal(Labels['kedge.tenant'], 'default');
      assert.equal(Labels['kedge.run'], 'run_conformance');
      assert.equal(Labels['kedge.attempt'], '1');
      assert.equal(Labels['kedge.rank'], '0');
    });

    it('does not run when its setup fails, whose code is told', async () => {
      const spec = buildNodeSpec({ setup: 'echo setup; exit 6', run: 'echo run' });
      await place.driver.create(spec);
      const end = await ended(place, spec.ref);
      assert.deepEqual([end.how, end.exitCode], ['exited', 6]);
      assert.equal(end.reason, 'setup failed with exit code 6');
      assert.equal(logOf(spec.ref), 'setup\n');
    });

    it('may save its work within the grace, and what it leaves may end its output', async () => {
      const saver = `trap 'sleep 0.3; echo saved; exit 0' TERM; echo up; while :; do sleep 0.05; done`;
      const ref = await begin(`bash -c "${saver}" & wait`);
      await place.driver.stop(ref, { graceMs: 20_000 });
      const end = await ended(place, ref);
      assert.equal(end.how, 'stopped');
      assert.match(logOf(ref), /^up\n(Terminated\n)?saved\n$/);
      const piped = buildNodeSpec({ run: 'exec > >(sleep 0.2; cat); echo late', rank: 1 });
      assert.equal(await outputOf(piped), 'late\n');
    });

    it('of a gang meets the others at the address that it is given', async () => {
      const gang = buildGang(`node -e '${rendezvous}'`, 20_000 + (process.pid % 10_000));
      await Promise.all(gang.map((spec) => place.driver.create(spec)));
      for (const { ref } of gang) {
        assert.equal((await ended(place, ref)).exitCode, 0, logOf(ref));
        assert.equal(logOf(ref), '0,1,2\n');
      }
    });

    it('cannot make Kedge read another file of the machine as its output', async () => {
      const run =
        'rm /kedge/output.log; ln -s /etc/passwd /kedge/output.log; echo up > /workdir/up';
      const spec = buildNodeSpec({ run });
      await place.driver.create(spec);
      await ended(place, spec.ref);
      const slice = await place.driver.readLog(spec.ref, { offset: 0, maxBytes: 100 });
      assert.deepEqual([slice.bytes.length, slice.ended], [0, true]);
    });

    it('whose image is nowhere to be had is refused, and leaves nothing behind', async () => {
      const spec = buildNodeSpec({ run: 'true', image: 'localhost/kedge-nothing:latest' });
      const refusal = /there is no image localhost\/kedge-nothing:latest here/;
      await assert.rejects(place.driver.create(spec), refusal);
      assert.deepEqual(await place.driver.observe([spec.ref]), [{ state: 'absent' }]);
      assert.deepEqual(await place.driver.list(INSTALLATION), []);
    });
  });

  describe('a container that meets with trouble', () => {
    beforeEach(() => {
      place = new DockerPlace(podman);
    });
    afterEach(() => place.cleanup());

    it('begins once, however many servers create it at once', async () => {
      const run = 'echo begun >> "$KEDGE_CHECKPOINT_DIR/marks"; cat "$KEDGE_CHECKPOINT_DIR/marks"';
      const spec = buildNodeSpec({ run, checkpoint: { path: null } });
      const drivers = [place.another(), place.another(), place.another()];
      await Promise.all([0, 1, 2, 3, 4, 5].map((i) => drivers[i % 3]!.create(spec)));
      await ended(place, spec.ref);
      await Promise.all(drivers.map((driver) => driver.create(spec)));
      assert.equal(logOf(spec.ref), 'begun\n');
      assert.deepEqual(await podman.docker.listContainers({ all: true }), [], 'and is removed');
    });

    for (const cut of ['before', 'reply'] as const) {
      for (const path of ['/containers/create', '/start']) {
        const when = cut === 'before' ? 'before it is heard' : 'with its reply';
        it(`begins once when its ${path} is lost ${when}, and the create is repeated`, async () => {
          const socket = join(place.dir, 'proxy.sock');
          const proxy = await new CuttingProxy({ socket, engineSocket: podman.socket }).open();
          try {
            const driver = place.another(socket);
            const run = 'echo begun >> "$KEDGE_CHECKPOINT_DIR/marks"; sleep 600';
            const spec = buildNodeSpec({ run, checkpoint: { path: null } });
            proxy.cutOf = (asked) => (asked.includes(path) ? cut : null);
            await assert.rejects(driver.create(spec), { code: 'driver.no-reply' });
            proxy.cutOf = () => null;
            await driver.create(spec);
            const marks = join(checkpointPlace(place.dataDir, spec.ref).folder, 'marks');
            await place.waitFor(spec.ref, () => existsSync(marks));
            assert.equal((await podman.docker.listContainers({ all: true })).length, 1);
            await driver.stop(spec.ref, { graceMs: 0 });
            assert.equal((await ended(place, spec.ref)).how, 'stopped');
            assert.equal(readFileSync(marks, 'utf8'), 'begun\n');
          } finally {
            await proxy.close();
          }
        });
      }
    }

    it('that is stopped while it is being created never starts', async () => {
      const socket = join(place.dir, 'proxy.sock');
      const proxy = await new CuttingProxy({ socket, engineSocket: podman.socket }).open();
      try {
        const spec = buildNodeSpec({ run: 'echo begun' });
        proxy.cutOf = async (asked) => {
          if (asked.includes('/containers/create')) {
            await place.driver.stop(spec.ref, { graceMs: 1000 });
          }
          return null;
        };
        await place.another(socket).create(spec);
        const end = await ended(place, spec.ref);
        assert.deepEqual([end.how, end.startedAt, logOf(spec.ref)], ['stopped', null, '']);
        assert.deepEqual(await podman.docker.listContainers({ all: true }), []);
      } finally {
        await proxy.close();
      }
    });

    it('that somebody starts a second time does not run its task again', async () => {
      const spec = buildNodeSpec({ run: 'echo begun; exit 3' });
      await place.driver.create(spec);
      const container = containerOf(spec.ref);
      await container.wait();
      await container.start();
      await container.wait();
      const end = await ended(place, spec.ref);
      assert.deepEqual([end.how, end.exitCode, logOf(spec.ref)], ['exited', 3, 'begun\n']);
    });

    it('that somebody kills is lost, and so is one that somebody removes', async () => {
      const killed = await begin('echo up; sleep 600');
      await containerOf(killed).kill();
      const end = await ended(place, killed);
      assert.deepEqual([end.how, end.reason], ['lost', 'its container was killed']);
      const removed = await begin('echo up; sleep 600', { ref: rankRef(1) });
      await containerOf(removed).remove({ force: true });
      const other = await ended(place, removed);
      assert.deepEqual([other.how, other.reason], ['lost', 'its container was removed']);
      await place.driver.create(buildNodeSpec({ run: 'echo again', rank: 1 }));
      assert.deepEqual(await place.driver.observe([removed]), [other], 'and is not started again');
    });

    it('is out of sight, not dead, while its engine is away, and its end is told after', async () => {
      const ref = await begin('echo up; sleep 1; echo over; exit 9');
      await podman.stopService();
      try {
        const [seen] = await place.driver.observe([ref]);
        assert.equal(seen?.state, 'unknown');
        assert.equal((await place.driver.check()).usable, false);
        assert.deepEqual(await place.driver.offers(), []);
        const slice = await place.driver.readLog(ref, { offset: 0, maxBytes: 3 });
        assert.equal(text(slice.bytes), 'up\n', 'its output is there all the same');
      } finally {
        await podman.startService();
      }
      const end = await ended(place, ref);
      assert.deepEqual([end.how, end.exitCode], ['exited', 9]);
      assert.equal(logOf(ref), 'up\nover\n');
    });

    it('that nothing remembers is found by its label and stopped; no other is touched', async () => {
      const orphan = await begin('echo up; sleep 600');
      const foreign = await begin('echo up; sleep 600', {
        ref: rankRef(1),
        installationId: 'other',
      });
      rmSync(place.dataDir, { recursive: true });
      assert.deepEqual(await place.driver.list(INSTALLATION), [orphan]);
      const [seen] = await place.driver.observe([orphan]);
      assert.equal(seen?.state, 'running', 'the collector looks for what runs');
      await place.driver.stop(orphan, { graceMs: 1000 });
      assert.deepEqual(await place.driver.list(INSTALLATION), []);
      assert.ok((await containerOf(foreign).inspect()).State.Running);
    });
  });

  it('runs the digits example in a container, from the command line', async () => {
    const image = podman.docker.getImage('localhost/kedge-test:latest');
    await image.tag({ repo: 'docker.io/library/node', tag: '24-slim' });
    const home = new KedgeHome();
    try {
      const env = { DOCKER_HOST: `unix://${podman.socket}` };
      const task = join(ROOT, 'examples', 'digits', 'container.yaml');
      const { code, stdout, stderr } = await finished(home.start(['up', '--yes', task], env));
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^accuracy 0\.9\d+$/m);
      assert.match(stderr, /docker/);
      assert.deepEqual(await podman.docker.listContainers({ all: true }), []);
    } finally {
      home.close();
    }
  });
});

function rankRef(rank: number): NodeRef {
  return buildNodeSpec({ run: '', rank }).ref;
}

/** Rank 0 waits for the others, and tells all of them who has come. */
const rendezvous = `
  const net = require("node:net");
  const { KEDGE_NODE_RANK: rank, MASTER_ADDR: host, MASTER_PORT: port } = process.env;
  const met = ["0"], sockets = [];
  const join = () => {
    const socket = net.connect({ host, port }, () => socket.write(rank));
    socket.on("error", () => setTimeout(join, 20));
    socket.on("data", (all) => { console.log(String(all)); socket.end(); });
  };
  const server = net.createServer((socket) => socket.on("data", (other) => {
    met.push(String(other)); sockets.push(socket);
    if (met.length < 3) return;
    const all = met.toSorted().join(",");
    for (const one of sockets) one.end(all);
    console.log(all); server.close();
  }));
  if (rank === "0") server.listen(port, host); else join();
`;
