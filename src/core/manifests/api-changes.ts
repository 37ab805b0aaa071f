/** An API that Kubernetes has taken back, or will. Versions are minors of 1. */
export type ApiChange = {
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  readonly deprecated: number;
  readonly removed: number;
  /** What serves the same objects, and since when. */
  readonly use?: { readonly apiVersion: string; readonly since: number };
  /** What else has changed for whoever goes there; where nothing is noted, the fields are the same. */
  readonly note?: string;
};

const RBAC = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];
const FLOW = ['FlowSchema', 'PriorityLevelConfiguration'];
const WEBHOOKS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** Source: Kubernetes documentation, "Deprecated API Migration Guide", v1.16 to v1.32. */
export const API_CHANGES: readonly ApiChange[] = [
  change('extensions/v1beta1', ['DaemonSet', 'Deployment', 'ReplicaSet'], [8, 16], ['apps/v1', 9]),
  change('apps/v1beta1', ['Deployment', 'StatefulSet'], [9, 16], ['apps/v1', 9]),
  change(
    'apps/v1beta2',
    ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
    [9, 16],
    ['apps/v1', 9],
  ),
  change('extensions/v1beta1', ['NetworkPolicy'], [9, 16], ['networking.k8s.io/v1', 8]),
  change('extensions/v1beta1', ['PodSecurityPolicy'], [11, 16], ['policy/v1beta1', 10]),
  change(
    'extensions/v1beta1',
    ['Ingress'],
    [14, 22],
    ['networking.k8s.io/v1', 19],
    'backends are written as service.name and service.port, and each path has a pathType',
  ),
  change(
    'networking.k8s.io/v1beta1',
    ['Ingress'],
    [19, 22],
    ['networking.k8s.io/v1', 19],
    'backends are written as service.name and service.port, and each path has a pathType',
  ),
  change('networking.k8s.io/v1beta1', ['IngressClass'], [19, 22], ['networking.k8s.io/v1', 19]),
  change(
    'admissionregistration.k8s.io/v1beta1',
    WEBHOOKS,
    [16, 22],
    ['admissionregistration.k8s.io/v1', 16],
    'sideEffects and admissionReviewVersions are required',
  ),
  change(
    'apiextensions.k8s.io/v1beta1',
    ['CustomResourceDefinition'],
    [16, 22],
    ['apiextensions.k8s.io/v1', 16],
    'each version has a schema of its own, which is required',
  ),
  change(
    'apiregistration.k8s.io/v1beta1',
    ['APIService'],
    [19, 22],
    ['apiregistration.k8s.io/v1', 10],
  ),
  change(
    'authentication.k8s.io/v1beta1',
    ['TokenReview'],
    [19, 22],
    ['authentication.k8s.io/v1', 6],
  ),
  change(
    'authorization.k8s.io/v1beta1',
    ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SubjectAccessReview'],
    [19, 22],
    ['authorization.k8s.io/v1', 6],
  ),
  change(
    'certificates.k8s.io/v1beta1',
    ['CertificateSigningRequest'],
    [19, 22],
    ['certificates.k8s.io/v1', 19],
    'signerName and usages are required',
  ),
  change('coordination.k8s.io/v1beta1', ['Lease'], [19, 22], ['coordination.k8s.io/v1', 14]),
  change('rbac.authorization.k8s.io/v1alpha1', RBAC, [17, 22], ['rbac.authorization.k8s.io/v1', 8]),
  change('rbac.authorization.k8s.io/v1beta1', RBAC, [17, 22], ['rbac.authorization.k8s.io/v1', 8]),
  change('scheduling.k8s.io/v1beta1', ['PriorityClass'], [14, 22], ['scheduling.k8s.io/v1', 14]),
  change(
    'storage.k8s.io/v1beta1',
    ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
    [19, 22],
    ['storage.k8s.io/v1', 18],
  ),
  change('batch/v1beta1', ['CronJob'], [21, 25], ['batch/v1', 21]),
  change('discovery.k8s.io/v1beta1', ['EndpointSlice'], [21, 25], ['discovery.k8s.io/v1', 21]),
  change('events.k8s.io/v1beta1', ['Event'], [19, 25], ['events.k8s.io/v1', 19]),
  change('autoscaling/v2beta1', ['HorizontalPodAutoscaler'], [22, 25], ['autoscaling/v2', 23]),
  change('policy/v1beta1', ['PodDisruptionBudget'], [21, 25], ['policy/v1', 21]),
  {
    apiVersion: 'policy/v1beta1',
    kinds: ['PodSecurityPolicy'],
    deprecated: 21,
    removed: 25,
    note: 'Pod Security Admission took its place: a label on the namespace',
  },
  change('node.k8s.io/v1beta1', ['RuntimeClass'], [20, 25], ['node.k8s.io/v1', 20]),
  change('autoscaling/v2beta2', ['HorizontalPodAutoscaler'], [23, 26], ['autoscaling/v2', 23]),
  change(
    'flowcontrol.apiserver.k8s.io/v1beta1',
    FLOW,
    [23, 26],
    ['flowcontrol.apiserver.k8s.io/v1', 29],
  ),
  change('storage.k8s.io/v1beta1', ['CSIStorageCapacity'], [24, 27], ['storage.k8s.io/v1', 24]),
  change(
    'flowcontrol.apiserver.k8s.io/v1beta2',
    FLOW,
    [26, 29],
    ['flowcontrol.apiserver.k8s.io/v1', 29],
  ),
  change(
    'flowcontrol.apiserver.k8s.io/v1beta3',
    FLOW,
    [29, 32],
    ['flowcontrol.apiserver.k8s.io/v1', 29],
  ),
];

function change(
  apiVersion: string,
  kinds: readonly string[],
  [deprecated, removed]: readonly [number, number],
  [use, since]: readonly [string, number],
  note?: string,
): ApiChange {
  const base = { apiVersion, kinds, deprecated, removed, use: { apiVersion: use, since } };
  return note === undefined ? base : { ...base, note };
}

export function changeOf(apiVersion: string, kind: string): ApiChange | undefined {
  return API_CHANGES.find((one) => one.apiVersion === apiVersion && one.kinds.includes(kind));
}

/** The first minor that has it, where some that came before did not. */
export function sinceOf(apiVersion: string, kind: string): number | undefined {
  return API_CHANGES.find(
    ({ use, kinds }) => use?.apiVersion === apiVersion && kinds.includes(kind),
  )?.use?.since;
}
