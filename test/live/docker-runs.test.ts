import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { MIB } from '../../src/base/units.ts';
import { KedgeHome, kill } from '../io/kedge-home.ts';
import { RENDEZVOUS } from '../io/rendezvous.ts';
import { Podman } from './podman.ts';

/** Runs in containers as users see them: the command line, a server, and Podman. */
const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';
/** Fault 15: 1 GB in the full test. */
const FLOOD_MB = Number(process.env['KEDGE_FLOOD_MB'] ?? 100);
const IMAGE = 'resources: {image_id: "docker:localhost/kedge-test:latest", cpus: 1, memory: 1+}\n';

describe('a run in containers', { skip, timeout: 600_000 }, () => {
  let podman: Podman;
  let home: KedgeHome;
  let env: Readonly<Record<string, string>>;
  before(async () => {
    podman = await Podman.start();
    env = { DOCKER_HOST: `unix://${podman.socket}` };
  });
  after(() => podman.close());
  beforeEach(() => {
    home = new KedgeHome();
  });
  afterEach(async () => {
    home.close();
    await podman.removeContainers();
  });

  const kedge = (...args: string[]) => home.run(args, env);
  const task = (name: string, text: string): string =>
    home.file(`${name}.yaml`, `name: ${name}\n${IMAGE}${text}`);

  it(`of which one writes ${FLOOD_MB} MB fills neither disk nor memory (fault 15)`, async (test) => {
    const run = `echo first; yes 0123456789abcde | head -c ${FLOOD_MB}000000; echo; echo last`;
    assert.equal((await kedge('up', '--yes', task('small', 'run: echo up\n'))).code, 0);
    const earlier = peakBytes(home.serverPids()[0]!);
    assert.equal((await kedge('up', '-d', '--yes', task('flood', `run: ${run}\n`))).code, 0);
    const follower = home.start(['logs', '-f', 'flood'], env);
    for (const stream of [follower.stdout!, follower.stderr!]) stream.resume();
    assert.deepEqual(await once(follower, 'close'), [0, null]);
    const { stdout } = await kedge('logs', 'flood');
    const grown = peakBytes(home.serverPids()[0]!) - earlier;
    test.diagnostic(`the server grew by ${grown / MIB} MiB`);
    assert.ok(grown <= 64 * MIB, `${grown / MIB} MiB`);
    assert.ok(stdout.startsWith('first\n0123') && stdout.endsWith('\nlast\n'));
    assert.match(stdout, /\n\[kedge: [\d.]+ MiB of output dropped here\]\n/);
    const containers = join(home.dir, 'home', 'data', 'containers');
    const kib = Number(spawnSync('du', ['-sk', containers]).stdout.toString().split('\t')[0]);
    assert.ok(kib <= 49 * 1024, `${kib} KiB on the disk`);
  });

  it('has every byte of its output, though server and engine are ended meanwhile', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
    const run = 'run: for i in $(seq 0 59); do echo "line $i"; sleep 0.1; done\n';
    assert.equal((await kedge('up', '-d', '--yes', task('patient', run))).code, 0);
    await until(async () => (await kedge('logs', 'patient')).stdout.includes('line 3\n'));
    for (const pid of home.serverPids()) kill(pid);
    await podman.stopService();
    await podman.startService();
    const { code, stdout } = await kedge('logs', '-f', 'patient');
    assert.equal(code, 0);
    assert.deepEqual(stdout.trim().split('\n'), lines);
  });

  it('of a gang meets the others, tells its ranks apart, and ends whole', async () => {
    home.file('meet.cjs', RENDEZVOUS);
    home.file('.kedgeignore', 'home\n');
    const gang = task('gang', 'num_nodes: 2\nworkdir: .\nrun: node meet.cjs\n');
    const met = await kedge('up', '--yes', gang);
    assert.equal(met.code, 0, met.stderr);
    const labelled = met.stdout.trim().split('\n').toSorted();
    assert.deepEqual(
      labelled,
      [0, 1].map((rank) => `(${rank}) rank ${rank} of 2 met 0,1`),
    );
    const failing = 'run: "[ $RANK = 1 ] && { sleep 0.5; exit 7; }; echo up; sleep 600 & wait"\n';
    const failed = await kedge('up', '--yes', task('fails', `num_nodes: 2\n${failing}`));
    assert.equal(failed.code, 7, failed.stderr);
    assert.deepEqual(await podman.docker.listContainers({ all: true }), []);
  });

  it('has commands run beside it, with the exit code and the variables of its task', async () => {
    const up = task('beside', 'envs: {GREETING: hello}\nrun: "echo up; sleep 600 & wait"\n');
    assert.equal((await kedge('up', '-d', '--yes', up)).code, 0);
    await until(async () => (await kedge('logs', 'beside')).stdout === 'up\n');
    const { code, stdout } = await kedge(
      'exec',
      'beside',
      '--',
      'sh',
      '-c',
      'echo $GREETING; exit 5',
    );
    assert.deepEqual([code, stdout], [5, 'hello\n']);
  });

  it('says what is missing when its image is, and what is wrong when its engine is', async () => {
    const text = 'resources: {image_id: "docker:localhost/kedge-nothing:1"}\nrun: "true"\n';
    const absent = await kedge('up', '--yes', home.file('absent.yaml', `name: absent\n${text}`));
    assert.notEqual(absent.code, 0);
    assert.match(absent.stderr, /there is no image localhost\/kedge-nothing:1 here/);
    await podman.stopService();
    try {
      const away = await kedge('up', '--yes', task('away', 'run: "true"\n'));
      assert.notEqual(away.code, 0);
      assert.match(away.stderr, /hint: `kedge check` says what your places lack/);
      assert.match((await kedge('check')).stdout, /docker.*which is not there/s);
    } finally {
      await podman.startService();
    }
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

/** The most memory that a process has had. Source: proc_pid_status(5), VmHWM. */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) * 1024;
}
