import { SECOND_MS } from '../../base/time.ts';
import type { NodeSpec } from '../../ports/driver.ts';
import type { RunRequest } from '../../ports/store.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { SpotRun } from '../../spec/spot-run.ts';
import type { Task } from '../../spec/task.ts';
import { containerImage } from '../match/container-image.ts';
import { gangEnvs, pytorchEnvs } from './gang-envs.ts';
import { type LaunchView, type NodeId, nodeRef, taskOf } from './launch-view.ts';

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
  const { offerId, count, spotRun } = lineOf(view.run, view.plan, node);
  const member = { ...node, runId: view.run.runId, size: count };
  const { request, installationId, secrets, resolvePath } = given;
  const mounts = Object.entries(task.fileMounts).map(([to, from]) => [to, resolvePath(from)]);
  return {
    ref: nodeRef(view.run, node),
    installationId,
    offerId,
    image: imageFor(task),
    setup: task.setup,
    run: task.run ?? '',
    envs: {
      ...pytorchEnvs(member),
      ...task.envs,
      ...secrets,
      ...request.envs,
      ...gangEnvs(member),
      ...checkpointEnvs(task, spotRun),
    },
    secretNames: Object.keys(secrets),
    workdir: task.workdir === null ? null : resolvePath(task.workdir),
    fileMounts: Object.fromEntries(mounts),
    checkpoint: task.checkpoint === null ? null : { path: task.checkpoint.path },
  };
}

/** Of the first alternative that names one; a place that runs no containers has no use for it. */
function imageFor({ resources }: Task): string | null {
  return resources.map(containerImage).find((image) => image !== null) ?? null;
}

/**
 * How much to work between two checkpoints, as the task states it; else what loses least on spot:
 * a trainer that reads it keeps neither too many nor too few.
 */
function checkpointEnvs(
  { checkpoint }: Task,
  spotRun: SpotRun | undefined,
): Record<string, string> {
  if (checkpoint === null) return {};
  const stated = checkpoint.intervalMs === null ? null : checkpoint.intervalMs / SECOND_MS;
  const everyS = stated ?? spotRun?.checkpointEveryS ?? null;
  return everyS === null
    ? {}
    : { KEDGE_CHECKPOINT_EVERY_S: String(Math.max(1, Math.round(everyS))) };
}
