import { resolve } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import { isoTime } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Driver, PlaceCheck } from '../../../ports/driver.ts';
import { lazyFiles } from '../shared/lazy-files.ts';
import { lazyNodes } from '../shared/lazy-nodes.ts';
import {
  boundedMachine,
  type MachineBounds,
  machineCapacity,
  UNBOUNDED,
} from '../shared/machine-pool.ts';
import { probeGpus } from '../shared/probe-gpus.ts';
import { type ContainerMachine, DOCKER, dockerOffers } from './docker-offers.ts';
import type { EngineInfo } from './engine-info.ts';
import { findSocket, isEngineNamed } from './find-socket.ts';
import { nodeFolder } from './node-folder.ts';

/** An engine that does not answer in this time must not hold back `kedge plan`. */
const PLAN_MS_MAX = 2000;
/** Podman takes seconds for it while it starts several containers. */
const ANSWER_MS_MAX = 30_000;

type Environment = Readonly<Record<string, string | undefined>>;

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
  readonly env?: Environment;
};

/**
 * Runs nodes as containers of a Docker or Podman engine of this machine. All that is known of a
 * node lies in its folder, in the engine, and in what the container's first process has written
 * (docs/adr/0010), so that the driver itself has no state.
 */
export function dockerDriver(options: DockerDriverOptions): Driver {
  const { clock, env = process.env, bounds = UNBOUNDED } = options;
  const dataDir = resolve(options.dataDir);

  return {
    name: DOCKER,
    files: lazyFiles(async () => {
      const { containerFiles } = await import('./container-files.ts');
      return containerFiles(dataDir);
    }),
    ...lazyNodes(async () => {
      const { containerNodes } = await import('./container-nodes.ts');
      const machineAt = (socket: string) => machineOf(socket, ANSWER_MS_MAX);
      return containerNodes({ dataDir, clock, env, machineAt });
    }),
    maskLog: async (ref, forms) => {
      const { maskContainerLog } = await import('./mask-container-log.ts');
      return maskContainerLog(nodeFolder(dataDir, ref), forms);
    },
    check: () => checkEngine(env),
    offers: async () => {
      const { usdPerHour, electricityUsdPerKwh } = options;
      const { socket } = findSocket(env);
      if (socket === null) return [];
      try {
        const today = isoTime(clock.now()).slice(0, 10);
        const pricing = { usdPerHour, electricityUsdPerKwh, today };
        return dockerOffers(await machineOf(socket, PLAN_MS_MAX), pricing);
      } catch (error) {
        // Where no engine answers, planning goes on without it.
        if (error instanceof KedgeError) return [];
        throw error;
      }
    },
    capacity: machineCapacity({ clock, bounds, env }),
  };

  async function machineOf(socket: string, answerMsMax: number): Promise<ContainerMachine> {
    const { vcpus, memoryGib, hasNvidia } = await infoOf(socket, answerMsMax);
    const gpus = hasNvidia ? await probeGpus(env['PATH']) : [];
    return boundedMachine({ vcpus, memoryGib, gpus }, bounds);
  }
}

async function checkEngine(env: Environment): Promise<PlaceCheck> {
  const found = findSocket(env);
  if (found.socket === null) {
    const { reason, hint } = found;
    return { place: DOCKER, usable: false, reason, hint, optional: !isEngineNamed(env) };
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

/** Loaded where there is a socket: HTTP takes longer to load than a plan without an engine has. */
async function infoOf(socket: string, answerMsMax: number): Promise<EngineInfo> {
  const { engineInfo } = await import('./engine-info.ts');
  return engineInfo(socket, answerMsMax);
}
