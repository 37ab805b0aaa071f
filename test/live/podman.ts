import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { containerImage } from '../../tools/container-image/build-image.ts';
import { processesNaming } from '../../tools/processes-naming.ts';

/** The image that tests run in; no registry knows it. */
export const TEST_IMAGE = 'localhost/kedge-test:latest';

const START_MS_MAX = 20_000;
const END_MS_MAX = 20_000;

/** Without systemd, and on either layout of cgroups (crun fails on the mixed one). */
const CONTAINERS_CONF = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
`;

/** A Podman engine of a test's own: its storage, state and socket lie in one temporary folder. */
export class Podman {
  readonly dir: string;
  readonly socket: string;
  readonly docker: Docker;
  #service: ChildProcess | undefined;

  private constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'kedge-podman-'));
    this.socket = join(this.dir, 'podman.sock');
    this.docker = new Docker({ socketPath: this.socket });
    writeFileSync(join(this.dir, 'containers.conf'), CONTAINERS_CONF);
  }

  /** Installs Podman where it is missing, starts it, and gives it the test's image. */
  static async start(): Promise<Podman> {
    if (!isInstalled('podman') || !isInstalled('runc')) install();
    const podman = new Podman();
    await podman.startService();
    const tar = createReadStream(containerImage());
    const reply = await podman.docker.importImage(tar, { repo: 'localhost/kedge-test' });
    await new Promise((resolve, reject) => {
      podman.docker.modem.followProgress(reply, (error) => (error ? reject(error) : resolve(null)));
    });
    return podman;
  }

  async startService(): Promise<void> {
    const args = ['system', 'service', '--time=0', `unix://${this.socket}`];
    const folders = ['root', 'runroot', 'tmpdir'].map(
      (name) => `--${name}=${join(this.dir, name)}`,
    );
    const env = { ...process.env, CONTAINERS_CONF: join(this.dir, 'containers.conf') };
    this.#service = spawn('podman', [...folders, ...args], { env, stdio: 'ignore' });
    const until = Date.now() + START_MS_MAX;
    for (;;) {
      const answers = await this.docker.ping().then(
        () => true,
        () => false,
      );
      if (answers) return;
      if (Date.now() > until) throw new Error('podman does not start');
      await delay(50);
    }
  }

  /** Containers go on without it. */
  async stopService(): Promise<void> {
    const service = this.#service;
    if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
    const gone = once(service, 'exit');
    service.kill('SIGTERM');
    await gone;
    rmSync(this.socket, { force: true });
  }

  /** It takes connections and answers none, until it goes on. */
  pauseService(): void {
    this.#service?.kill('SIGSTOP');
  }

  resumeService(): void {
    this.#service?.kill('SIGCONT');
  }

  async removeContainers(): Promise<void> {
    for (const { Id } of await this.docker.listContainers({ all: true })) {
      await this.docker.getContainer(Id).remove({ force: true });
    }
  }

  /**
   * What clears up after a container or a command outlives the service, the latter by five minutes
   * (`--exit-delay`), and mounts the storage onto itself again, as each Podman does.
   */
  async #endHelpers(): Promise<void> {
    const until = Date.now() + END_MS_MAX;
    for (;;) {
      const helpers = processesNaming(`${this.dir}/`);
      if (helpers.length === 0) return;
      if (Date.now() > until) throw new Error(`what uses ${this.dir} does not end`);
      for (const pid of helpers) run('kill', ['-KILL', pid]);
      await delay(50);
    }
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    await this.removeContainers();
    await this.stopService();
    await this.#endHelpers();
    for (const path of mountsBelow(this.dir)) run('umount', ['-l', path]);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** The deepest first. */
function mountsBelow(dir: string): string[] {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${dir}/`)).toReversed();
}

function install(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = ['podman', 'runc'];
  execFileSync('apt-get', ['update'], { env, stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    env,
    stdio: 'ignore',
  });
}

function isInstalled(program: string): boolean {
  return run(program, ['--version']);
}

function run(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
