import type Docker from 'dockerode';
import { GIB } from '../../../base/units.ts';
import type { NodeRef, NodeSpec } from '../../../ports/driver.ts';
import type { sliceOf } from './docker-offers.ts';
import { containerName } from './node-folder.ts';

/** What a task runs in that names no image: Debian with Python, pip and bash. */
export const IMAGE_DEFAULT = 'docker.io/library/python:3.13-slim';

export const CONTROL_PATH = '/kedge';
export const WORK_PATH = '/workdir';
export const CHECKPOINT_PATH = '/checkpoint';

/** A folder or file of this machine, and where the container sees it. */
export type Mount = { readonly source: string; readonly target: string };

const LABEL = 'kedge.';

/** What to create, in the terms of the Docker Engine API, `POST /containers/create`. */
export function containerConfig(
  spec: NodeSpec,
  options: { readonly mounts: readonly Mount[]; readonly slice: ReturnType<typeof sliceOf> },
): Docker.ContainerCreateOptions {
  const { vcpus, memoryGib, gpus } = options.slice;
  const memoryBytes = Math.floor(memoryGib * GIB);
  return {
    name: containerName(spec.ref),
    Image: spec.image ?? IMAGE_DEFAULT,
    // Instead of the image's own: setup and run are all that runs.
    Entrypoint: ['/bin/sh', `${CONTROL_PATH}/start.sh`],
    Cmd: [],
    WorkingDir: WORK_PATH,
    Labels: labelsOf(spec),
    HostConfig: {
      // The nodes of a gang meet on the machine's loopback address, as at `local`.
      NetworkMode: 'host',
      Mounts: options.mounts.map(({ source, target }) => ({
        Type: 'bind',
        Source: source,
        Target: target,
      })),
      NanoCpus: Math.round(vcpus * 1e9),
      Memory: memoryBytes,
      // Of memory and swap together: without swap.
      MemorySwap: memoryBytes,
      // Data loaders pass batches through /dev/shm; as much as Linux gives it, not Docker's 64 MB.
      ShmSize: Math.floor(memoryBytes / 2),
      // Where SELinux is on, what is mounted could not be read otherwise.
      SecurityOpt: ['label=disable'],
      RestartPolicy: { Name: 'no' },
      ...(gpus.length === 0
        ? {}
        : { DeviceRequests: [{ Driver: 'nvidia', Count: gpus.length, Capabilities: [['gpu']] }] }),
    },
  };
}

function labelsOf({ installationId, ref }: NodeSpec): Record<string, string> {
  const words = {
    installation: installationId,
    tenant: ref.tenantId,
    run: ref.runId,
    allocation: ref.allocation,
    attempt: ref.attempt,
    rank: ref.rank,
    token: ref.token,
  };
  return Object.fromEntries(Object.entries(words).map(([key, word]) => [LABEL + key, `${word}`]));
}

/** Selects the containers of an installation. */
export function installationLabel(installationId: string): string {
  return `${LABEL}installation=${installationId}`;
}

export function tokenOf(labels: Readonly<Record<string, string>>): string | null {
  return labels[`${LABEL}token`] ?? null;
}

/** The node that labels tell of; null when they are not ours. */
export function refOf(labels: Readonly<Record<string, string>>): NodeRef | null {
  const [tenantId, runId, token] = ['tenant', 'run', 'token'].map((key) => labels[LABEL + key]);
  const [allocation, attempt, rank] = ['allocation', 'attempt', 'rank'].map((key) =>
    Number(labels[LABEL + key] ?? Number.NaN),
  );
  if (!tenantId || !runId || !token) return null;
  if (![allocation, attempt, rank].every(Number.isInteger)) return null;
  return { tenantId, runId, allocation: allocation!, attempt: attempt!, rank: rank!, token };
}
