import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Go module at one version, and what of it is built or copied. */
export type Component = {
  readonly name: ComponentName;
  /** The module, as a Go proxy knows it. */
  readonly module: string;
  readonly version: string;
  /** Import paths of main packages; each becomes a program named by its last part. */
  readonly packages: readonly string[];
  /** A program of our own around a package that has no main. */
  readonly main?: { readonly program: string; readonly source: string };
  readonly tags?: readonly string[];
  /** Linker's `-X` settings. */
  readonly stamps?: Readonly<Record<string, string>>;
  /** Every requirement at v0.0.0 is replaced by its published module at this version. */
  readonly stagingVersion?: string;
  /** Files of the module, in the order in which a copy joins them. */
  readonly copies?: readonly { readonly to: string; readonly from: readonly string[] }[];
};

export type ComponentName = 'kubernetes' | 'etcd' | 'kwok' | 'containerd' | 'jobset';

/** What `go` needs to be at least: Kubernetes says so in its go.mod. */
export const GO_VERSION = '1.26.0';

const KUBERNETES_STAMP = 'k8s.io/component-base/version.';
const CONTAINERD = 'github.com/containerd/containerd/v2';

/** Every version of the cluster's parts stands here, and nowhere else. */
export const COMPONENTS: readonly Component[] = [
  {
    name: 'kubernetes',
    module: 'k8s.io/kubernetes',
    version: 'v1.36.3',
    stagingVersion: 'v0.36.3',
    packages: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'].map(
      (program) => `k8s.io/kubernetes/cmd/${program}`,
    ),
    stamps: {
      [`${KUBERNETES_STAMP}gitVersion`]: 'v1.36.3',
      [`${KUBERNETES_STAMP}gitMajor`]: '1',
      [`${KUBERNETES_STAMP}gitMinor`]: '36',
    },
  },
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.5',
    packages: [],
    main: {
      program: 'etcd',
      source:
        'package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\n' +
        'func main() { etcdmain.Main(os.Args) }\n',
    },
  },
  {
    name: 'containerd',
    module: CONTAINERD,
    version: 'v2.1.4',
    packages: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map(
      (program) => `${CONTAINERD}/cmd/${program}`,
    ),
    tags: ['no_btrfs', 'no_zfs', 'no_devmapper'],
  },
  {
    name: 'kwok',
    module: 'sigs.k8s.io/kwok',
    version: 'v0.7.0',
    packages: ['sigs.k8s.io/kwok/cmd/kwok'],
    copies: [
      {
        to: 'stages-fast.yaml',
        from: [
          'kustomize/stage/node/fast/node-initialize.yaml',
          'kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
          'kustomize/stage/pod/fast/pod-ready.yaml',
          'kustomize/stage/pod/fast/pod-complete.yaml',
          'kustomize/stage/pod/fast/pod-delete.yaml',
        ],
      },
    ],
  },
  {
    name: 'jobset',
    module: 'sigs.k8s.io/jobset',
    version: 'v0.10.1',
    packages: [],
    copies: [
      {
        to: 'crds.yaml',
        from: ['config/components/crd/bases/jobset.x-k8s.io_jobsets.yaml'],
      },
    ],
  },
];

/** Where components lie once they are built: KEDGE_CLUSTER_CACHE, or a folder of the user's cache. */
export function clusterCacheDir(): string {
  const chosen = process.env['KEDGE_CLUSTER_CACHE'];
  if (chosen) return chosen;
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kedge-cluster');
}

/** A component's own folder there: named by its version and by everything that shapes the build. */
export function componentDir(component: Component): string {
  const recipe = JSON.stringify([component, process.platform, process.arch]);
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return join(clusterCacheDir(), `${component.name}-${component.version}-${key}`);
}

/** Whether it needs no build. */
export function isBuilt(component: Component): boolean {
  return existsSync(componentDir(component));
}

/** The path of a program or a copied file of a component that is built. */
export function componentFile(name: ComponentName, file: string): string {
  return join(componentDir(COMPONENTS.find((one) => one.name === name)!), file);
}
