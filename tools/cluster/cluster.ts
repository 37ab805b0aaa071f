import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.ts';
import { requestApi } from './api-request.ts';
import { type AuditEvent, readAudit } from './audit-log.ts';
import { makeBridge, openBridge } from './bridge.ts';
import { makeCgroups } from './cgroups.ts';
import { type ClusterUser, type ControlPlane, startControlPlane } from './control-plane.ts';
import { Daemon, type StartDaemon } from './daemon.ts';
import { installNodePackages } from './debian-packages.ts';
import { type Endable, endWithProcess, hasEnded } from './end-with-process.ts';
import { startKwok } from './kwok.ts';
import { NODE_NAME, startNode } from './real-node.ts';
import {
  leftovers,
  newTraces,
  record,
  removeStaleTraces,
  removeTraces,
  type Traces,
} from './traces.ts';

const NODE_MS_MAX = 60_000;

export type ClusterOptions = {
  /** One real node, which runs pods (see NODE_NAME); needs root. */
  readonly node?: boolean;
  /** KWOK, which plays the nodes annotated with KWOK_NODE; by the stages of a file if one is given. */
  readonly kwok?: boolean | { readonly stages: string };
};

/**
 * A Kubernetes of a test's own: etcd, API server, controller manager and scheduler on free ports of
 * loopback, in a temporary folder; pods of the real node live behind a bridge of 10.213.N.0/24. There
 * is no DNS, no kube-proxy, and no registry: images are those of container-images.ts.
 *
 * It ends with `stop`, and also with this process, however that ends; what a killed process could
 * not remove is removed by the next start.
 */
export class Cluster implements Endable {
  /** Everything that it keeps, log/*.log of its processes included. */
  readonly dir: string;
  readonly #daemons: Daemon[] = [];
  #traces: Traces;
  #plane: ControlPlane | undefined;
  #stopped: Promise<void> | undefined;

  private constructor() {
    removeStaleTraces();
    this.#traces = newTraces();
    this.dir = this.#traces.dir;
    mkdirSync(join(this.dir, 'log'));
    endWithProcess(this);
  }

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster();
    try {
      await cluster.#start(options);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #start({ node = false, kwok = false }: ClusterOptions): Promise<void> {
    const start: StartDaemon = (spec) => {
      const daemon = new Daemon(spec, join(this.dir, 'log'));
      this.#daemons.push(daemon);
      return daemon;
    };
    this.#plane = await startControlPlane(this.dir, NODE_NAME, start);
    const { kubeconfigs } = this.#plane;
    if (kwok !== false) startKwok(start, kubeconfigs.kwok, kwok === true ? undefined : kwok.stages);
    if (!node) return;
    installNodePackages();
    const bridge = makeBridge();
    // Written down at once, so that it is also removed when what follows fails.
    this.#traces = record({ ...this.#traces, name: bridge.name });
    openBridge(bridge);
    makeCgroups(bridge.name);
    const daemon = startNode({ dir: this.dir, bridge, kubeconfig: kubeconfigs.node, start });
    await daemon.until('a Ready node', NODE_MS_MAX, () => this.#nodeIsReady());
  }

  get server(): string {
    return this.#started.access.server;
  }

  /** PEM of the authority that the server's certificate is checked with. */
  get caFile(): string {
    return this.#started.access.caFile;
  }

  /** The path of a user's kubeconfig; `kedge` may do only what a test binds to it. */
  kubeconfig(user: ClusterUser = 'admin'): string {
    return this.#started.kubeconfigs[user];
  }

  token(user: ClusterUser = 'admin'): string {
    return this.#started.tokens[user];
  }

  /** What a user has asked of the API server so far. */
  audit(user: ClusterUser): readonly AuditEvent[] {
    return readAudit(this.#started.auditLog, user);
  }

  get #started(): ControlPlane {
    assert(this.#plane !== undefined, 'the cluster was started');
    return this.#plane;
  }

  async #nodeIsReady(): Promise<boolean> {
    const access = { ...this.#started.access, token: this.token() };
    const { status, text } = await requestApi(access, 'GET', `/api/v1/nodes/${NODE_NAME}`);
    if (status !== 200) return false;
    const { spec, status: state } = JSON.parse(text) as NodeObject;
    const ready = state.conditions.find(({ type }) => type === 'Ready')?.status === 'True';
    return ready && (spec.taints ?? []).length === 0;
  }

  /** Ends what was started in reverse order, removes what it left, and fails if anything is still there. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) await daemon.stop();
    removeTraces(this.#traces);
    hasEnded(this);
    assert(leftovers(this.#traces).length === 0, `it left ${leftovers(this.#traces).join(', ')}`);
  }

  /** The same in haste, while this process exits. */
  abandon(): void {
    for (const daemon of this.#daemons) daemon.kill();
    removeTraces(this.#traces);
  }

  /** What `stop` would still have to remove: nothing after it. */
  leftovers(): readonly string[] {
    return leftovers(this.#traces);
  }
}

type NodeObject = {
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
};
