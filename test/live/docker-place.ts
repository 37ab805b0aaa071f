import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  type DockerDriverOptions,
  dockerDriver,
} from '../../src/adapters/drivers/docker/docker-driver.ts';
import { type NodeFolder, nodeFolder } from '../../src/adapters/drivers/docker/node-folder.ts';
import type { DriverHarness } from '../../src/ports/driver.conformance.ts';
import type { Driver, NodeRef, Observation } from '../../src/ports/driver.ts';
import { BASH } from '../io/local-place.ts';
import { type Podman, TEST_IMAGE } from './podman.ts';

const WAIT_MS_MAX = 30_000;
const LOOK_MS_MAX = 50;

/** The docker driver on a test's engine, with a temporary data folder of its own. */
export class DockerPlace implements DriverHarness {
  readonly dir = mkdtempSync(join(tmpdir(), 'kedge-docker-'));
  readonly dataDir = join(this.dir, 'data');
  readonly task = BASH;
  readonly driver: Driver;
  readonly #podman: Podman;

  constructor(podman: Podman) {
    this.#podman = podman;
    this.driver = this.another();
  }

  /** One more driver on the same data, as after a restart of the server. */
  another(socket: string = this.#podman.socket, parts: Partial<DockerDriverOptions> = {}): Driver {
    const env = { ...process.env, DOCKER_HOST: `unix://${socket}` };
    const price = { usdPerHour: null, electricityUsdPerKwh: null };
    const own = { dataDir: this.dataDir, clock: systemClock(), env, ...price };
    const driver = dockerDriver({ ...own, ...parts });
    return {
      ...bound(driver),
      create: (spec) => driver.create({ ...spec, image: spec.image ?? TEST_IMAGE }),
    };
  }

  async waitFor(ref: NodeRef, isWanted: (seen: Observation) => boolean): Promise<Observation> {
    const until = Date.now() + WAIT_MS_MAX;
    for (let pause = 5; ; pause = Math.min(2 * pause, LOOK_MS_MAX)) {
      const [seen] = await this.driver.observe([ref]);
      if (seen !== undefined && isWanted(seen)) return seen;
      if (Date.now() > until) assert.fail(`${ref.token} shows ${JSON.stringify(seen)}`);
      await delay(pause);
    }
  }

  node(ref: NodeRef): NodeFolder {
    return nodeFolder(this.dataDir, ref);
  }

  /** What the container sees of this machine. */
  shared(ref: NodeRef) {
    const node = this.node(ref);
    return node.shared(JSON.parse(readFileSync(node.claimFile, 'utf8')).shared);
  }

  cleanup = async (): Promise<void> => {
    await this.#podman.removeContainers();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  };
}

function bound(driver: Driver): Driver {
  return {
    name: driver.name,
    files: driver.files,
    check: () => driver.check(),
    offers: () => driver.offers(),
    capacity: () => driver.capacity(),
    create: (spec) => driver.create(spec),
    observe: (refs) => driver.observe(refs),
    stop: (ref, options) => driver.stop(ref, options),
    readLog: (ref, slice) => driver.readLog(ref, slice),
    sample: (requests) => driver.sample(requests),
    exec: (ref, request) => driver.exec(ref, request),
    list: (installationId) => driver.list(installationId),
  };
}
