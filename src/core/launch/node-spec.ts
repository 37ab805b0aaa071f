import type { NodeSpec } from '../../ports/driver.ts';
import type { RunRequest } from '../../ports/store.ts';
import type { Task } from '../../spec/task.ts';
import { containerImage } from '../match/container-image.ts';
import { allocationOf, type LaunchView, type NodeId, nodeRef, taskOf } from './launch-view.ts';

const LOOPBACK = '127.0.0.1';
const PORT_FIRST = 20_000;
const PORT_COUNT = 20_000;

/** What the driver is told to start for one node. */
export function nodeSpec(
  view: LaunchView,
  node: NodeId,
  given: {
    readonly request: RunRequest;
    readonly installationId: string;
    readonly secrets: Readonly<Record<string, string>>;
    /** Resolves a path of the task file against its folder. */
    readonly resolvePath: (path: string) => string;
  },
): NodeSpec {
  const task = taskOf(view, node.allocation);
  const { offerId } = allocationOf(view.plan, node.allocation);
  const { request, installationId, secrets, resolvePath } = given;
  const mounts = Object.entries(task.fileMounts).map(([to, from]) => [to, resolvePath(from)]);
  return {
    ref: nodeRef(view.run, node),
    installationId,
    offerId,
    image: imageFor(task),
    setup: task.setup,
    run: task.run ?? '',
    envs: { ...task.envs, ...secrets, ...request.envs, ...gangEnvs(view, node) },
    workdir: task.workdir === null ? null : resolvePath(task.workdir),
    fileMounts: Object.fromEntries(mounts),
    checkpoint: task.checkpoint !== null,
  };
}

/** Of the first alternative that names one; a place that runs no containers has no use for it. */
function imageFor({ resources }: Task): string | null {
  return resources.map(containerImage).find((image) => image !== null) ?? null;
}

/**
 * Rank and address variables, by the names that torchrun (MASTER_ADDR, MASTER_PORT; PyTorch
 * documentation, "torchrun") and SkyPilot's task files (SKYPILOT_NODE_RANK, SKYPILOT_NUM_NODES,
 * SKYPILOT_NODE_IPS) read. All nodes of a gang on one machine meet on its loopback address.
 */
function gangEnvs(view: LaunchView, node: NodeId): Record<string, string> {
  const { count } = allocationOf(view.plan, node.allocation);
  const rank = String(node.rank);
  const size = String(count);
  return {
    KEDGE_RUN_ID: view.run.runId,
    KEDGE_ATTEMPT: String(node.attempt),
    KEDGE_NODE_RANK: rank,
    KEDGE_NUM_NODES: size,
    SKYPILOT_TASK_ID: view.run.runId,
    SKYPILOT_NODE_RANK: rank,
    SKYPILOT_NUM_NODES: size,
    SKYPILOT_NODE_IPS: Array.from({ length: count }, () => LOOPBACK).join('\n'),
    MASTER_ADDR: LOOPBACK,
    MASTER_PORT: String(masterPort(`${view.run.runId}/${node.allocation}/${node.attempt}`)),
  };
}

/** One port for each attempt, the same for all its nodes: FNV-1a over its name. */
function masterPort(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return PORT_FIRST + (hash % PORT_COUNT);
}
