import { resolve } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import { isoTime } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Driver, NodeRef, NodeSpec, Observation } from '../../../ports/driver.ts';
import { findProgram } from '../shared/find-program.ts';
import { lazyFiles } from '../shared/lazy-files.ts';
import {
  boundedMachine,
  type MachineBounds,
  machineCapacity,
  UNBOUNDED,
} from '../shared/machine-pool.ts';
import { probeMachine } from '../shared/probe-machine.ts';
import { GpuWatch } from '../shared/sample-gpus.ts';
import { orNull } from '../shared/sample-or-null.ts';
import { checkMachine } from './check-machine.ts';
import { readRecord } from './durable-file.ts';
import { execInNode } from './exec-node.ts';
import { listNodes } from './list-nodes.ts';
import { LOCAL, localOffers } from './local-offers.ts';
import { nodeDirectory } from './node-directory.ts';
import { observeNode } from './observe-node.ts';
import { prepareNode } from './prepare-node.ts';
import { readNodeLog } from './read-node-log.ts';
import { sampleNode } from './sample-node.ts';
import { ProcessScan } from './sample-processes.ts';
import { startSupervisor } from './start-supervisor.ts';
import { stopNode } from './stop-node.ts';
import { baseEnvironment } from './task-environment.ts';

export type LocalDriverOptions = {
  /** Nodes' directories and checkpoints lie in it. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** The Node that runs the supervisors, and is `node` in tasks. */
  readonly nodeBin: string;
  /** What an hour of this machine costs; null for the energy it draws, an estimate. */
  readonly usdPerHour: number | null;
  /** Null for an average. */
  readonly electricityUsdPerKwh: number | null;
  /** Of what runs on this machine, in containers or not; all of it unless stated. */
  readonly bounds?: MachineBounds;
  /** What tasks may inherit from; Kedge's own environment unless a test says otherwise. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/**
 * Runs nodes as processes of this machine. Each has a private directory and a supervisor process
 * of its own; all that is known of a node lies in its directory and in /proc, so that the driver
 * itself has no state, and may die and come back at any moment.
 */
export function localDriver(options: LocalDriverOptions): Driver {
  const { clock, nodeBin, env = process.env, bounds = UNBOUNDED } = options;
  const dataDir = resolve(options.dataDir);
  const directoryOf = (ref: NodeRef) => nodeDirectory(dataDir, ref);
  const base = baseEnvironment(env, nodeBin);
  const path = base['PATH'];
  const probe = () => probeMachine(env);
  const scan = new ProcessScan();
  const gpus = new GpuWatch(path);

  return {
    name: LOCAL,
    files: lazyFiles(async () => {
      const { localFiles } = await import('./local-files.ts');
      return localFiles(dataDir);
    }),
    check: () => checkMachine({ dataDir, path, probe }),
    offers: async () => {
      const { usdPerHour, electricityUsdPerKwh } = options;
      const today = isoTime(clock.now()).slice(0, 10);
      const machine = boundedMachine(await probe(), bounds);
      return localOffers(machine, { usdPerHour, electricityUsdPerKwh, today });
    },
    capacity: machineCapacity({ clock, bounds, env }),
    create: async (spec: NodeSpec) => {
      const node = directoryOf(spec.ref);
      requireBash(path);
      if ((await readRecord(node.supervisorFile)) !== null) return;
      await prepareNode(spec, { node, dataDir });
      await startSupervisor(node, { nodeBin, env: base });
    },
    observe: (refs) => Promise.all(refs.map((ref) => observe(ref))),
    stop: (ref, { graceMs }) => stopNode(directoryOf(ref), { ref, graceMs, clock }),
    readLog: (ref, slice) => readNodeLog(directoryOf(ref), slice),
    sample: (requests) =>
      Promise.all(
        requests.map((request) =>
          orNull(() => sampleNode(directoryOf(request.ref), { request, clock, scan, gpus })),
        ),
      ),
    exec: (ref, request) => execInNode(directoryOf(ref), { ref, request, clock }),
    list: (installationId) => listNodes(dataDir, installationId),
  };

  /** One node that cannot be looked at must not hide the others. */
  async function observe(ref: NodeRef): Promise<Observation> {
    try {
      return await observeNode(directoryOf(ref), { ref, clock });
    } catch (error) {
      if (error instanceof KedgeError) return { state: 'unknown', reason: error.message };
      throw error;
    }
  }
}

function requireBash(path: string | undefined): void {
  if (findProgram('bash', path) !== null) return;
  throw new KedgeError('driver.no-such-command', 'there is no bash on the PATH', {
    hint: 'install bash: setup and run are its commands',
  });
}
