import { KedgeError } from '../../../base/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef, Observation } from '../../../ports/driver.ts';
import { findProgram } from '../shared/find-program.ts';
import type { NodeCalls } from '../shared/lazy-nodes.ts';
import { GpuWatch } from '../shared/sample-gpus.ts';
import { orNull } from '../shared/sample-or-null.ts';
import { readRecord } from './durable-file.ts';
import { execInNode } from './exec-node.ts';
import { listNodes } from './list-nodes.ts';
import { nodeDirectory } from './node-directory.ts';
import { observeNode } from './observe-node.ts';
import { prepareNode } from './prepare-node.ts';
import { readNodeLog } from './read-node-log.ts';
import { sampleNode } from './sample-node.ts';
import { ProcessScan } from './sample-processes.ts';
import { startSupervisor } from './start-supervisor.ts';
import { stopNode } from './stop-node.ts';

/** The nodes of this machine: each a directory in `dataDir`, and a supervisor that runs in `env`. */
export function localNodes(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly nodeBin: string;
  readonly env: Readonly<Record<string, string>>;
}): NodeCalls {
  const { dataDir, clock, nodeBin, env } = options;
  const directoryOf = (ref: NodeRef) => nodeDirectory(dataDir, ref);
  const path = env['PATH'];
  const scan = new ProcessScan();
  const gpus = new GpuWatch(path);

  return {
    create: async (spec) => {
      const node = directoryOf(spec.ref);
      requireBash(path);
      if ((await readRecord(node.supervisorFile)) !== null) return;
      await prepareNode(spec, { node, dataDir });
      await startSupervisor(node, { nodeBin, env });
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
