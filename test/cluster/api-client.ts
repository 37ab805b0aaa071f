import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  type V1Job,
  type V1Pod,
  type V1PodSpec,
  type V1Status,
} from '@kubernetes/client-node';
import { requestApi } from '../../tools/cluster/api-request.ts';
import type { Cluster } from '../../tools/cluster/cluster.ts';
import type { ClusterUser } from '../../tools/cluster/control-plane.ts';

const NAMESPACE = 'default';
const POLL_MS = 50;

/** A bare request to the API server: GET without a body, else POST of what is YAML or JSON, which is YAML. */
export async function askApi(
  cluster: Cluster,
  path: string,
  { body, user = 'admin' }: { readonly body?: string; readonly user?: ClusterUser } = {},
): Promise<Awaited<ReturnType<typeof requestApi>>> {
  const sent = body === undefined ? undefined : { type: 'application/yaml', text: body };
  const method = body === undefined ? 'GET' : 'POST';
  const { server, caFile } = cluster;
  return requestApi({ server, caFile, token: cluster.token(user) }, method, path, sent);
}

/** The API as a user of a cluster, in the namespace `default`, in the words of the tests. */
export class ApiClient {
  readonly core: CoreV1Api;
  readonly batch: BatchV1Api;
  readonly #config: KubeConfig;

  constructor(cluster: Cluster) {
    this.#config = new KubeConfig();
    this.#config.loadFromFile(cluster.kubeconfig());
    this.core = this.#config.makeApiClient(CoreV1Api);
    this.batch = this.#config.makeApiClient(BatchV1Api);
  }

  /** A Job whose pods are never tried again, as many of them as it says. */
  async createJob(name: string, pod: V1PodSpec, count = 1): Promise<void> {
    const spec: V1Job['spec'] = {
      parallelism: count,
      completions: count,
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', ...pod } },
    };
    await this.batch.createNamespacedJob({
      namespace: NAMESPACE,
      body: { metadata: { name }, spec },
      fieldValidation: 'Strict',
    });
  }

  /** The Job, once it has completed or failed. */
  async endedJob(name: string, msMax: number): Promise<V1Job> {
    return until(`the end of ${name}`, msMax, async () => {
      const job = await this.batch.readNamespacedJob({ name, namespace: NAMESPACE });
      const ended = job.status?.conditions?.some(
        ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
      );
      return ended ? job : null;
    });
  }

  /** The only pod of a Job, once it is as it should be. */
  async podOf(job: string, what: string, holds: (pod: V1Pod) => boolean): Promise<V1Pod> {
    const labelSelector = `batch.kubernetes.io/job-name=${job}`;
    return until(`a pod of ${job} that ${what}`, 30_000, async () => {
      const { items } = await this.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector });
      return items.find(holds) ?? null;
    });
  }

  async logOf(pod: V1Pod): Promise<string> {
    return this.core.readNamespacedPodLog({ name: nameOf(pod), namespace: NAMESPACE });
  }

  /** Runs a command in the pod's only container: what it wrote, and how the server says it ended. */
  async exec(pod: V1Pod, command: string[]): Promise<{ output: string; status: V1Status }> {
    let output = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        output += chunk;
        done();
      },
    });
    const container = pod.spec!.containers[0]!.name;
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(this.#config)
        .exec(NAMESPACE, nameOf(pod), container, command, stdout, null, null, false, resolve)
        .catch(reject);
    });
    return { output, status };
  }
}

function nameOf(pod: V1Pod): string {
  assert.ok(pod.metadata?.name !== undefined, 'pods of the server have names');
  return pod.metadata.name;
}

/** Asks until there is an answer. */
export async function until<Answer>(
  what: string,
  msMax: number,
  ask: () => Promise<Answer | null>,
): Promise<Answer> {
  const deadline = Date.now() + msMax;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    assert.ok(Date.now() < deadline, `no ${what} in ${msMax} ms`);
    await delay(POLL_MS);
  }
}
