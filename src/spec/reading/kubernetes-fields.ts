/** What becomes of a field of a manifest: read, or not honored and why. */
export type Field = 'read' | { readonly why: string; readonly changesRun: boolean };
export type FieldTable = Readonly<Record<string, Field>>;

const bookkeeping: Field = 'read';
const scheduling: Field = { why: 'Kedge places the task by its own plan', changesRun: false };
const rights: Field = { why: "the task runs with the caller's own rights", changesRun: false };
const probes: Field = { why: 'nothing probes the task', changesRun: false };
const names: Field = { why: 'the task has the names of its machine', changesRun: false };
const terminal: Field = { why: 'the task has no terminal', changesRun: false };
const volumes: Field = { why: 'volumes are not mounted', changesRun: true };
const rollout: Field = {
  why: 'the copies are started once, and never rolled over',
  changesRun: false,
};
const history: Field = { why: 'what has ended stays listed by `kedge runs`', changesRun: false };

/** A field that is in none of the tables: newer than they are, or mistyped. */
export const UNKNOWN_FIELD = { why: 'it is unknown to Kedge', changesRun: true } as const;

/** Source of the names: Kubernetes 1.33 API reference, Job v1 batch, JobSpec. */
export const JOB_FIELDS: FieldTable = {
  template: 'read',
  parallelism: 'read',
  completions: 'read',
  backoffLimit: 'read',
  selector: bookkeeping,
  manualSelector: bookkeeping,
  ttlSecondsAfterFinished: history,
  completionMode: {
    why: 'JOB_COMPLETION_INDEX is not set; a node has its rank in KEDGE_NODE_RANK',
    changesRun: true,
  },
  activeDeadlineSeconds: { why: 'a task is not ended by the clock', changesRun: false },
  backoffLimitPerIndex: { why: 'all nodes are started again together', changesRun: true },
  maxFailedIndexes: { why: 'all nodes are started again together', changesRun: true },
  podFailurePolicy: { why: 'any failure counts as one of `backoffLimit`', changesRun: true },
  podReplacementPolicy: scheduling,
  successPolicy: { why: 'a task succeeds when all of its nodes do', changesRun: true },
  suspend: { why: 'a task starts when it is launched', changesRun: true },
  managedBy: scheduling,
};

/** Source of the names: Kubernetes 1.33 API reference, Deployment v1 apps, DeploymentSpec. */
export const DEPLOYMENT_FIELDS: FieldTable = {
  template: 'read',
  replicas: 'read',
  selector: bookkeeping,
  strategy: rollout,
  minReadySeconds: rollout,
  progressDeadlineSeconds: rollout,
  revisionHistoryLimit: rollout,
  paused: rollout,
};

/** Source of the names: Kubernetes 1.33 API reference, Pod v1 core, PodSpec. */
export const POD_FIELDS: FieldTable = {
  containers: 'read',
  nodeSelector: 'read',
  restartPolicy: 'read',
  initContainers: { why: 'only one container runs', changesRun: true },
  ephemeralContainers: { why: 'only one container runs', changesRun: true },
  volumes,
  resources: { why: 'resources of the container count', changesRun: false },
  resourceClaims: { why: 'devices are asked for by resources of the container', changesRun: true },
  activeDeadlineSeconds: { why: 'a task is not ended by the clock', changesRun: false },
  affinity: scheduling,
  nodeName: scheduling,
  overhead: scheduling,
  preemptionPolicy: scheduling,
  priority: scheduling,
  priorityClassName: scheduling,
  runtimeClassName: scheduling,
  schedulerName: scheduling,
  schedulingGates: scheduling,
  tolerations: scheduling,
  topologySpreadConstraints: scheduling,
  readinessGates: probes,
  automountServiceAccountToken: rights,
  imagePullSecrets: rights,
  securityContext: rights,
  serviceAccount: rights,
  serviceAccountName: rights,
  hostUsers: rights,
  hostIPC: names,
  hostNetwork: names,
  hostPID: names,
  hostAliases: { why: 'hosts keep their names', changesRun: true },
  hostname: names,
  dnsConfig: names,
  dnsPolicy: names,
  enableServiceLinks: names,
  setHostnameAsFQDN: names,
  shareProcessNamespace: names,
  subdomain: names,
  os: names,
  terminationGracePeriodSeconds: { why: 'Kedge has its own grace period', changesRun: false },
};

/** Source of the names: Kubernetes 1.33 API reference, Container v1 core. */
export const CONTAINER_FIELDS: FieldTable = {
  name: bookkeeping,
  command: 'read',
  args: 'read',
  env: 'read',
  resources: 'read',
  image: 'read',
  imagePullPolicy: { why: 'no image is pulled', changesRun: false },
  envFrom: { why: 'variables are not taken from a cluster', changesRun: true },
  workingDir: { why: 'the task starts in its own directory', changesRun: true },
  volumeMounts: volumes,
  volumeDevices: volumes,
  lifecycle: { why: 'hooks are not run', changesRun: true },
  ports: { why: 'ports are not opened beyond the machine', changesRun: false },
  livenessProbe: probes,
  readinessProbe: probes,
  startupProbe: probes,
  resizePolicy: scheduling,
  restartPolicy: { why: 'the restart policy of the pod counts', changesRun: false },
  securityContext: rights,
  stdin: terminal,
  stdinOnce: terminal,
  tty: terminal,
  terminationMessagePath: { why: 'the log has the messages', changesRun: false },
  terminationMessagePolicy: { why: 'the log has the messages', changesRun: false },
};

/**
 * Labels of nodes that name their device. Sources: GKE ("Run GPUs in GKE Standard", "TPUs in
 * GKE"), NVIDIA GPU feature discovery, Amazon EKS (cluster autoscaler), Karpenter for AWS,
 * CoreWeave, SkyPilot's own.
 */
export const DEVICE_LABELS: ReadonlySet<string> = new Set([
  'cloud.google.com/gke-accelerator',
  'cloud.google.com/gke-tpu-accelerator',
  'nvidia.com/gpu.product',
  'k8s.amazonaws.com/accelerator',
  'karpenter.k8s.aws/instance-gpu-name',
  'gpu.nvidia.com/class',
  'gpu.nvidia.com/model',
  'skypilot.co/accelerator',
]);

/** Resources of a container that are devices. Source: the vendors' device plugins. */
export const DEVICE_RESOURCES: readonly string[] = [
  'nvidia.com/gpu',
  'amd.com/gpu',
  'google.com/tpu',
  'habana.ai/gaudi',
  'aws.amazon.com/neuron',
];
