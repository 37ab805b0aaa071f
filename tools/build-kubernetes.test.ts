import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Form, type SchemaFile, schemasIn } from '../src/core/manifests/schemas.ts';
import { buildKubernetes } from './build-kubernetes.ts';

const CATALOG = join(import.meta.dirname, '..', 'catalog');
const text = readFileSync(join(CATALOG, 'kubernetes.json'), 'utf8');
const schemas = schemasIn(JSON.parse(text) as SchemaFile);

const DOCUMENT = {
  components: {
    schemas: {
      'io.k8s.api.core.v1.Pod': {
        properties: {
          kind: { type: 'string' },
          metadata: {
            allOf: [
              { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
            ],
          },
          limits: {
            type: 'object',
            additionalProperties: {
              $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity',
            },
          },
          ports: { type: 'array', items: { type: 'integer', format: 'int32' } },
        },
        required: ['ports'],
        'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Pod' }],
      },
      'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
        properties: { name: { type: 'string' } },
      },
      'io.k8s.apimachinery.pkg.api.resource.Quantity': {},
      'io.k8s.api.core.v1.Unused': { properties: { a: { type: 'string' } } },
    },
  },
};

describe('the compiled fields of Kubernetes', () => {
  it('keep names, forms and what is required, of what can be reached from a kind', () => {
    const { json } = buildKubernetes([DOCUMENT], '1.36.3');
    assert.deepEqual((JSON.parse(json) as SchemaFile).types, {
      'apimachinery.meta.v1.ObjectMeta': 'name:s',
      'core.v1.Pod': 'kind:s metadata:@apimachinery.meta.v1.ObjectMeta limits:{q ports:[i!',
    });
  });

  it('that are bundled lead from every kind to types that exist', () => {
    const types = new Set(Object.keys((JSON.parse(text) as SchemaFile).types));
    for (const { kind, type } of schemas.kinds) assert.ok(types.has(type), kind);
    for (const type of types) {
      for (const [name, { form }] of schemas.fieldsOf(type)) {
        const inner = innermost(form);
        if (inner.is === 'type') assert.ok(types.has(inner.type), `${type}.${name}`);
      }
    }
  });

  it('that are bundled have the kinds that people write', () => {
    const known = new Set(schemas.kinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
    const wanted =
      'v1 Pod,v1 Service,v1 ConfigMap,v1 Secret,v1 Namespace,v1 PersistentVolumeClaim,' +
      'v1 ServiceAccount,apps/v1 Deployment,apps/v1 StatefulSet,apps/v1 DaemonSet,batch/v1 Job,' +
      'batch/v1 CronJob,networking.k8s.io/v1 Ingress,networking.k8s.io/v1 NetworkPolicy,' +
      'rbac.authorization.k8s.io/v1 ClusterRole,autoscaling/v2 HorizontalPodAutoscaler,' +
      'policy/v1 PodDisruptionBudget,storage.k8s.io/v1 StorageClass';
    for (const pair of wanted.split(',')) assert.ok(known.has(pair), pair);
    assert.ok(!known.has('v1 PodList'), 'lists cannot be applied');
  });
});

function innermost(form: Form): Form {
  return form.is === 'list' || form.is === 'map' ? innermost(form.of) : form;
}
