import { resolve } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import { isoTime } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Driver, NodeRef, Observation, PlaceCheck } from '../../../ports/driver.ts';
import type { NodeFiles } from '../../../ports/node-files.ts';
import type { Offer } from '../../../spec/offer.ts';
import { lazyFiles } from '../shared/lazy-files.ts';
import {
  boundedMachine,
  type MachineBounds,
  machineCapacity,
  UNBOUNDED,
} from '../shared/machine-pool.ts';
import { probeGpus } from '../shared/probe-gpus.ts';
import { GpuWatch } from '../shared/sample-gpus.ts';
import { orNull } from '../shared/sample-or-null.ts';
import { createContainer } from './create-container.ts';
import { type ContainerMachine, DOCKER, dockerOffers, sliceOf } from './docker-offers.ts';
import { Engine } from './engine.ts';
import type { EngineInfo } from './engine-info.ts';
import { execInContainer } from './exec-container.ts';
import { findSocket, isEngineNamed } from './find-socket.ts';
import { listContainers } from './list-containers.ts';
import { maskContainerLog } from './mask-container-log.ts';
import { type NodeFolder, nodeFolder } from './node-folder.ts';
import { observeContainer } from './observe-container.ts';
import { readContainerLog } from './read-container-log.ts';
import { type ContainerLimits, sampleContainer } from './sample-container.ts';
import { stopContainer } from './stop-container.ts';

/** An engine that does not answer in this time must not hold back `kedge plan`. */
const PLAN_MS_MAX = 2000;
/** Podman takes seconds for it while it starts several containers. */
const ANSWER_MS_MAX = 30_000;

export type DockerDriverOptions = {
  /** What containers see of this machine lies in it, and what is remembered of them. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** What an hour of all of this machine costs; null for the energy it draws, an estimate. */
  readonly usdPerHour: number | null;
  /** Null for an average. */
  readonly electricityUsdPerKwh: number | null;
  /** Of what runs on this machine, in containers or not; all of it unless stated. */
  readonly bounds?: MachineBounds;
  /** Where the engine's socket and `nvidia-smi` are looked for. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/**
 * Runs nodes as containers of a Docker or Podman engine of this machine. All that is known of a
 * node lies in its folder, in the engine, and in what the container's first process has written
 * (docs/adr/0010), so that the driver itself has no state.
 */
export function dockerDriver(options: DockerDriverOptions): Driver {
  return new DockerDriver(options);
}

class DockerDriver implements Driver {
  readonly name = DOCKER;
  readonly files: NodeFiles;
  readonly #options: DockerDriverOptions;
  readonly #dataDir: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #bounds: MachineBounds;
  readonly #engines = new Map<string, Promise<Engine>>();
  readonly #limits = new Map<string, ContainerLimits>();
  readonly #gpus: GpuWatch;

  constructor(options: DockerDriverOptions) {
    this.#options = options;
    this.#dataDir = resolve(options.dataDir);
    this.files = lazyFiles(async () => {
      const { containerFiles } = await import('./container-files.ts');
      return containerFiles(this.#dataDir);
    });
    this.#env = options.env ?? process.env;
    this.#gpus = new GpuWatch(this.#env['PATH']);
    this.#bounds = options.bounds ?? UNBOUNDED;
    const { clock } = options;
    this.capacity = machineCapacity({ clock, bounds: this.#bounds, env: this.#env });
  }

  async check(): Promise<PlaceCheck> {
    const found = findSocket(this.#env);
    if (found.socket === null) {
      const { reason, hint } = found;
      const optional = !isEngineNamed(this.#env);
      return { place: DOCKER, usable: false, reason, hint, optional };
    }
    try {
      const { version, vcpus, memoryGib } = await infoOf(found.socket, ANSWER_MS_MAX);
      const reason = `engine ${version} at ${found.socket}: ${vcpus} vCPUs, ${memoryGib} GiB`;
      return { place: DOCKER, usable: true, reason, hint: null };
    } catch (error) {
      if (!(error instanceof KedgeError)) throw error;
      return { place: DOCKER, usable: false, reason: error.message, hint: error.hint ?? null };
    }
  }

  /** None where no engine answers: planning goes on without it. */
  async offers(): Promise<readonly Offer[]> {
    const { socket } = findSocket(this.#env);
    if (socket === null) return [];
    try {
      const { usdPerHour, electricityUsdPerKwh, clock } = this.#options;
      const today = isoTime(clock.now()).slice(0, 10);
      return dockerOffers(await this.#machineAt(socket, PLAN_MS_MAX), {
        usdPerHour,
        electricityUsdPerKwh,
        today,
      });
    } catch (error) {
      if (error instanceof KedgeError) return [];
      throw error;
    }
  }

  readonly capacity: Driver['capacity'];

  create: Driver['create'] = async (spec) => {
    const node = this.#folderOf(spec.ref);
    const found = findSocket(this.#env);
    if (found.socket === null) {
      throw new KedgeError('driver.no-reply', found.reason, { hint: found.hint });
    }
    await createContainer(spec, {
      node,
      dataDir: this.#dataDir,
      socket: found.socket,
      engineAt: this.#engineAt,
      sliceAt: async (socket) =>
        sliceOf(spec.offerId, await this.#machineAt(socket, ANSWER_MS_MAX)),
      clock: this.#options.clock,
    });
  };

  observe: Driver['observe'] = (refs) => Promise.all(refs.map((ref) => this.#observe(ref)));

  stop: Driver['stop'] = (ref, { graceMs }) => {
    const { clock } = this.#options;
    const { socket } = findSocket(this.#env);
    const options = { ref, graceMs, clock, socket, engineAt: this.#engineAt };
    return stopContainer(this.#folderOf(ref), options);
  };

  readLog: Driver['readLog'] = (ref, slice) => readContainerLog(this.#folderOf(ref), slice);

  maskLog: Driver['maskLog'] = (ref, forms) => maskContainerLog(this.#folderOf(ref), forms);

  sample: Driver['sample'] = (requests) => {
    const { clock } = this.#options;
    const [limits, gpus] = [this.#limits, this.#gpus];
    const options = { clock, limits, gpus, engineAt: this.#engineAt };
    return Promise.all(
      requests.map((request) =>
        orNull(() => sampleContainer(this.#folderOf(request.ref), { request, ...options })),
      ),
    );
  };

  exec: Driver['exec'] = (ref, request) =>
    execInContainer(this.#folderOf(ref), { ref, request, engineAt: this.#engineAt });

  list: Driver['list'] = async (installationId) => {
    const { socket } = findSocket(this.#env);
    const engine = socket === null ? null : await this.#engineAt(socket);
    return listContainers(installationId, { dataDir: this.#dataDir, engine });
  };

  /** One that cannot be looked at must not hide the others. */
  async #observe(ref: NodeRef): Promise<Observation> {
    try {
      const { clock } = this.#options;
      const { socket } = findSocket(this.#env);
      const options = { ref, clock, socket, engineAt: this.#engineAt };
      return await observeContainer(this.#folderOf(ref), options);
    } catch (error) {
      if (error instanceof KedgeError) return { state: 'unknown', reason: error.message };
      throw error;
    }
  }

  #folderOf(ref: NodeRef): NodeFolder {
    return nodeFolder(this.#dataDir, ref);
  }

  async #machineAt(socket: string, answerMsMax: number): Promise<ContainerMachine> {
    const { vcpus, memoryGib, hasNvidia } = await infoOf(socket, answerMsMax);
    const gpus = hasNvidia ? await probeGpus(this.#env['PATH']) : [];
    return boundedMachine({ vcpus, memoryGib, gpus }, this.#bounds);
  }

  #engineAt = (socket: string): Promise<Engine> => {
    const known = this.#engines.get(socket) ?? Engine.at(socket);
    this.#engines.set(socket, known);
    return known;
  };
}

/** Loaded where there is a socket: HTTP takes longer to load than a plan without an engine has. */
async function infoOf(socket: string, answerMsMax: number): Promise<EngineInfo> {
  const { engineInfo } = await import('./engine-info.ts');
  return engineInfo(socket, answerMsMax);
}
