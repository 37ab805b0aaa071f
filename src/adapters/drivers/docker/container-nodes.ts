import { KedgeError } from '../../../base/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef, Observation } from '../../../ports/driver.ts';
import type { NodeCalls } from '../shared/lazy-nodes.ts';
import { GpuWatch } from '../shared/sample-gpus.ts';
import { orNull } from '../shared/sample-or-null.ts';
import { createContainer } from './create-container.ts';
import { type ContainerMachine, sliceOf } from './docker-offers.ts';
import { Engine } from './engine.ts';
import { execInContainer } from './exec-container.ts';
import { findSocket } from './find-socket.ts';
import { listContainers } from './list-containers.ts';
import { nodeFolder } from './node-folder.ts';
import { observeContainer } from './observe-container.ts';
import { readContainerLog } from './read-container-log.ts';
import { type ContainerLimits, sampleContainer } from './sample-container.ts';
import { stopContainer } from './stop-container.ts';

/** The containers of this installation: each a folder in `dataDir`, and what its engine knows. */
export function containerNodes(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machineAt: (socket: string) => Promise<ContainerMachine>;
}): NodeCalls {
  const { dataDir, clock, env, machineAt } = options;
  const folderOf = (ref: NodeRef) => nodeFolder(dataDir, ref);
  const engines = new Map<string, Promise<Engine>>();
  const limits = new Map<string, ContainerLimits>();
  const gpus = new GpuWatch(env['PATH']);

  return {
    create: async (spec) => {
      const node = folderOf(spec.ref);
      const found = findSocket(env);
      if (found.socket === null) {
        throw new KedgeError('driver.no-reply', found.reason, { hint: found.hint });
      }
      const { socket } = found;
      const sliceAt = async (at: string) => sliceOf(spec.offerId, await machineAt(at));
      await createContainer(spec, { node, dataDir, socket, engineAt, sliceAt, clock });
    },
    observe: (refs) => Promise.all(refs.map((ref) => observe(ref))),
    stop: async (ref, { graceMs }) => {
      const { socket } = findSocket(env);
      return stopContainer(folderOf(ref), { ref, graceMs, clock, socket, engineAt });
    },
    readLog: (ref, slice) => readContainerLog(folderOf(ref), slice),
    sample: (requests) =>
      Promise.all(
        requests.map((request) =>
          orNull(() =>
            sampleContainer(folderOf(request.ref), { request, clock, limits, gpus, engineAt }),
          ),
        ),
      ),
    exec: (ref, request) => execInContainer(folderOf(ref), { ref, request, engineAt }),
    list: async (installationId) => {
      const { socket } = findSocket(env);
      const engine = socket === null ? null : await engineAt(socket);
      return listContainers(installationId, { dataDir, engine });
    },
  };

  /** One that cannot be looked at must not hide the others. */
  async function observe(ref: NodeRef): Promise<Observation> {
    try {
      const { socket } = findSocket(env);
      return await observeContainer(folderOf(ref), { ref, clock, socket, engineAt });
    } catch (error) {
      if (error instanceof KedgeError) return { state: 'unknown', reason: error.message };
      throw error;
    }
  }

  function engineAt(socket: string): Promise<Engine> {
    const known = engines.get(socket) ?? Engine.at(socket);
    engines.set(socket, known);
    return known;
  }
}
