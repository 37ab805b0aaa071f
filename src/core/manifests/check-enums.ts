import { editDistance } from '../../base/closest.ts';
import { entryOf, isNull, type Node, type TextNode } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { type Crumb, join, walkFields } from './field-walk.ts';
import type { KnownObject } from './known-object.ts';
import type { Schemas } from './schemas.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
const PREEMPTION = ['Never', 'PreemptLowerPriority'];
const VOLUME_MODES = ['Filesystem', 'Block'];
const RECLAIM = ['Retain', 'Delete', 'Recycle'];

/**
 * The words that some fields take; OpenAPI says no more than that they are texts.
 * Source: Kubernetes 1.36, staging/src/k8s.io/api, the constants of each type.
 */
const WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'core.v1.Container': {
    imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
    terminationMessagePolicy: ['File', 'FallbackToLogsOnError'],
  },
  'core.v1.PodSpec': {
    restartPolicy: ['Always', 'OnFailure', 'Never'],
    dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
    preemptionPolicy: PREEMPTION,
  },
  'core.v1.ContainerPort': { protocol: PROTOCOLS },
  'core.v1.ServicePort': { protocol: PROTOCOLS },
  'core.v1.ServiceSpec': {
    type: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    sessionAffinity: ['None', 'ClientIP'],
    externalTrafficPolicy: ['Cluster', 'Local'],
    internalTrafficPolicy: ['Cluster', 'Local'],
  },
  'core.v1.HTTPGetAction': { scheme: ['HTTP', 'HTTPS'] },
  'core.v1.Toleration': { effect: EFFECTS },
  'core.v1.NodeSelectorRequirement': { operator: [...OPERATORS, 'Gt', 'Lt'] },
  'meta.v1.LabelSelectorRequirement': { operator: OPERATORS },
  'core.v1.TopologySpreadConstraint': { whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'] },
  'core.v1.PersistentVolumeClaimSpec': { accessModes: ACCESS_MODES, volumeMode: VOLUME_MODES },
  'core.v1.PersistentVolumeSpec': {
    accessModes: ACCESS_MODES,
    volumeMode: VOLUME_MODES,
    persistentVolumeReclaimPolicy: RECLAIM,
  },
  'apps.v1.DeploymentStrategy': { type: ['RollingUpdate', 'Recreate'] },
  'apps.v1.StatefulSetUpdateStrategy': { type: ['RollingUpdate', 'OnDelete'] },
  'apps.v1.DaemonSetUpdateStrategy': { type: ['RollingUpdate', 'OnDelete'] },
  'apps.v1.StatefulSetSpec': { podManagementPolicy: ['OrderedReady', 'Parallel'] },
  'batch.v1.CronJobSpec': { concurrencyPolicy: ['Allow', 'Forbid', 'Replace'] },
  'batch.v1.JobSpec': { completionMode: ['NonIndexed', 'Indexed'] },
  'networking.v1.HTTPIngressPath': { pathType: ['Exact', 'Prefix', 'ImplementationSpecific'] },
  'networking.v1.NetworkPolicySpec': { policyTypes: ['Ingress', 'Egress'] },
  'networking.v1.NetworkPolicyPort': { protocol: PROTOCOLS },
  'autoscaling.v2.MetricSpec': {
    type: ['Resource', 'ContainerResource', 'Pods', 'Object', 'External'],
  },
  'autoscaling.v2.MetricTarget': { type: ['Utilization', 'Value', 'AverageValue'] },
  'rbac.v1.Subject': { kind: ['ServiceAccount', 'User', 'Group'] },
  'rbac.v1.RoleRef': { kind: ['Role', 'ClusterRole'] },
  'storage.v1.StorageClass': {
    volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'],
    reclaimPolicy: RECLAIM,
  },
  'scheduling.v1.PriorityClass': { preemptionPolicy: PREEMPTION },
};

/** The numbers that some fields take. Source: Kubernetes 1.36, pkg/apis, validation. */
const RANGES: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  'core.v1.ContainerPort': { containerPort: [1, 65_535], hostPort: [1, 65_535] },
  'core.v1.ServicePort': { port: [1, 65_535], nodePort: [1, 65_535] },
  'apps.v1.DeploymentSpec': { replicas: [0, Infinity] },
  'apps.v1.ReplicaSetSpec': { replicas: [0, Infinity] },
  'apps.v1.StatefulSetSpec': { replicas: [0, Infinity] },
  'batch.v1.JobSpec': {
    parallelism: [0, Infinity],
    completions: [0, Infinity],
    backoffLimit: [0, Infinity],
  },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': {
    minReplicas: [1, Infinity],
    maxReplicas: [1, Infinity],
  },
  'autoscaling.v1.HorizontalPodAutoscalerSpec': {
    minReplicas: [1, Infinity],
    maxReplicas: [1, Infinity],
  },
};

/** Restart policies that the kind of an object allows its pods. */
const RESTARTS: Readonly<Record<string, readonly string[]>> = {
  Job: ['Never', 'OnFailure'],
  CronJob: ['Never', 'OnFailure'],
  Deployment: ['Always'],
  ReplicaSet: ['Always'],
  StatefulSet: ['Always'],
  DaemonSet: ['Always'],
};

/** Values of the right form that are none of those the field takes. */
export function checkEnums(object: KnownObject, schemas: Schemas): void {
  walkFields(object.crumb, schemas, { map: (crumb) => checkMap(crumb, object) });
}

function checkMap(crumb: Crumb, object: KnownObject): void {
  const type = shortType(crumb.type);
  for (const [key, words] of Object.entries(WORDS[type] ?? {})) {
    const entry = entryOf(crumb.map, key);
    if (entry === undefined) continue;
    for (const value of textsIn(entry.value)) {
      if (value.text !== '' && !words.includes(value.text)) {
        reportWord(value, words, join(crumb.path, key), object);
      }
    }
  }
  for (const [key, [least, most]] of Object.entries(RANGES[type] ?? {})) {
    const value = entryOf(crumb.map, key)?.value;
    const number =
      value?.kind === 'text' && /^-?\d+$/.test(value.text) ? Number(value.text) : least;
    if (number >= least && number <= most) continue;
    object.report({
      code: 'manifest.bad-value',
      at: value!.start,
      path: join(crumb.path, key),
      message: `"${key}" must be ${most === Infinity ? `at least ${least}` : `from ${least} to ${most}`}`,
    });
  }
  if (type === 'core.v1.PodSpec') checkRestart(crumb, object);
}

/** `io.k8s.apimachinery.pkg.apis.meta.v1.X` and `apimachinery.meta.v1.X` are `meta.v1.X`. */
function shortType(type: string): string {
  return type.split('.').slice(-3).join('.');
}

function textsIn(value: Node): readonly TextNode[] {
  if (value.kind === 'text') return isNull(value) ? [] : [value];
  return value.kind === 'list' ? value.items.filter((item) => item.kind === 'text') : [];
}

function reportWord(
  value: TextNode,
  words: readonly string[],
  path: string,
  { report }: KnownObject,
): void {
  const { text, start, end } = value;
  const meant = words.filter((word) => isSlip(text, word));
  const [word] = meant;
  report({
    code: 'manifest.bad-value',
    at: start,
    path,
    message: `"${path}" cannot be ${quoted(text)}`,
    hint: `it is one of ${words.join(', ')}`,
    fix:
      meant.length === 1
        ? { what: `write ${word}`, edits: [{ start, end, text: word! }] }
        : undefined,
  });
}

/** Case alone, or one letter of a long word. */
function isSlip(text: string, word: string): boolean {
  if (text.toLowerCase() === word.toLowerCase()) return true;
  return text.length >= 5 && text.length < 64 && editDistance(text, word) === 1;
}

function checkRestart({ map, path }: Crumb, { is, report }: KnownObject): void {
  const allowed = RESTARTS[is.kind];
  const value = entryOf(map, 'restartPolicy')?.value;
  const written = value?.kind === 'text' ? value.text : 'Always';
  const isKnown = WORDS['core.v1.PodSpec']!['restartPolicy']!.includes(written);
  if (allowed === undefined || !isKnown || allowed.includes(written)) return;
  report({
    code: value === undefined ? 'manifest.missing-field' : 'manifest.bad-value',
    at: value?.start ?? map.start,
    path: `${path}.restartPolicy`,
    message:
      value === undefined
        ? `the pods of a ${is.kind} need a restartPolicy`
        : `the pods of a ${is.kind} cannot have restartPolicy ${written}`,
    hint: `write ${allowed.join(' or ')}`,
  });
}
