import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codesIn, findingsIn, OPTIONS } from './lint-for-tests.ts';
import { lintManifests } from './lint-manifests.ts';

/** A pod without fault, with more of a container and of its spec. */
function pod({ container = '', spec = '' } = {}): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: p
spec:
  containers:
  - name: app
    image: registry.example/app:1.4.2
    resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1, memory: 1Gi}}
${container}${spec}`;
}

function named(kind: string, apiVersion: string, rest = ''): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${rest}`;
}

const SCHEDULED =
  'spec:\n  schedule: "0 3 * * *"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n          - {name: a, image: "a:1", resources: {limits: {cpu: 1, memory: 1Gi}}}\n';

describe('kedge manifest lint', () => {
  it('finds nothing in a pod without fault', () => assert.deepEqual(codesIn(pod()), []));

  it('tells line, column, document and path, and where a field belongs', () => {
    const text = `# first\n${pod()}---\n${pod({ spec: '  volumeMounts:\n  - {name: a, mountPath: /a}\n' })}`;
    const [finding] = findingsIn(text);
    assert.deepEqual(
      { ...finding, message: undefined },
      {
        code: 'manifest.misplaced-field',
        severity: 'error',
        line: 21,
        column: 3,
        document: 2,
        path: 'spec.volumeMounts',
        message: undefined,
        hint: 'it belongs in spec.containers[0].volumeMounts',
        fix: 'move it to spec.containers[0].volumeMounts',
      },
    );
  });

  it('tells at once what a misplaced field hides: that no volume has its name', () => {
    const text = pod({ spec: '  volumeMounts:\n  - {name: a, mountPath: /a}\n' });
    assert.deepEqual(codesIn(text), ['manifest.misplaced-field', 'manifest.dangling-mount']);
  });

  it('reads on after a document that is no YAML', () => {
    const text = `a: [\n---\n${pod({ spec: '  restartPolicy: never\n' })}`;
    assert.deepEqual(codesIn(text), ['manifest.syntax', 'manifest.bad-value']);
  });

  it('looks at files together: a service in one selects the pods of another', () => {
    const service = named('Service', 'v1', 'spec: {selector: {app: x}, ports: [{port: 80}]}\n');
    const files = (label: string) => [
      { file: 'a.yaml', text: service },
      { file: 'b.yaml', text: pod().replace('name: p', `name: p\n  labels: {app: ${label}}`) },
    ];
    assert.equal(lintManifests(files('x'), OPTIONS).warnings, 0);
    const [first, second] = lintManifests(files('y'), OPTIONS).files;
    assert.deepEqual(
      first!.findings.map(({ code, hint }) => `${code}: ${hint}`),
      ['manifest.selector-unmatched: they have the labels app: y'],
    );
    assert.deepEqual(second!.findings, []);
  });

  it('asks for a version of Kubernetes that is one', () => {
    assert.throws(() => codesIn(pod(), 'newest'), /newest is no version of Kubernetes/);
  });

  const targets: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['CronJob', 'batch/v1beta1', '1.20', []],
    ['CronJob', 'batch/v1beta1', '1.24', ['manifest.deprecated-api']],
    ['CronJob', 'batch/v1beta1', '1.25', ['manifest.removed-api']],
    ['CronJob', 'batch/v1', '1.20', ['manifest.api-too-new']],
    ['CronJob', 'batch/v1', 'v1.31.4', []],
  ];
  for (const [kind, apiVersion, target, codes] of targets) {
    it(`says of ${kind} of ${apiVersion} for ${target}: ${codes.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(codesIn(named(kind, apiVersion, SCHEDULED), target), codes);
    });
  }

  const left: Readonly<Record<string, readonly [text: string, code: string]>> = {
    'a field that nothing is like': [pod({ spec: '  autoHeal: true\n' }), 'manifest.unknown-field'],
    'a kind that nothing is like': [named('Blueprint', 'apps/v1'), 'manifest.unknown-kind'],
    'a custom resource': [named('Workload', 'kueue.x-k8s.io/v1beta1'), 'manifest.no-schema'],
    'an old ingress': [named('Ingress', 'extensions/v1beta1'), 'manifest.removed-api'],
    'a policy that nothing took the place of': [
      named('PodSecurityPolicy', 'policy/v1beta1'),
      'manifest.removed-api',
    ],
    'a key that stands twice': [
      named('ConfigMap', 'v1', 'data: {a: b}\ndata: {c: d}\n'),
      'manifest.duplicate-key',
    ],
    'a list': ['- a\n', 'manifest.not-an-object'],
    nothing: ['# later\n', 'manifest.not-an-object'],
    'a name in capitals': [named('ConfigMap', 'v1').replace(': x', ': X'), 'manifest.bad-name'],
    'no name': ['apiVersion: v1\nkind: ConfigMap\n', 'manifest.missing-field'],
    'a mount whose volume is mistyped': [
      pod({
        container: '    volumeMounts: [{name: datta, mountPath: /d}]\n',
        spec: '  volumes: [{name: data, emptyDir: {}}]\n',
      }),
      'manifest.dangling-mount',
    ],
    'a limit below its request': [
      pod().replace('limits: {cpu: 1', 'limits: {cpu: 900m'),
      'manifest.limit-below-request',
    ],
    'a device requested twice and limited once': [
      pod().replaceAll('cpu: 1,', 'cpu: 1, nvidia.com/gpu: 1,').replace('gpu: 1', 'gpu: 2'),
      'manifest.device-unequal',
    ],
    'half a device': [
      pod().replaceAll('cpu: 1,', 'cpu: 1, nvidia.com/gpu: 0.5,'),
      'manifest.bad-value',
    ],
    'no limits': [pod().replace(/, limits: .*$/m, '}'), 'manifest.missing-limits'],
    'no tag': [pod().replace(':1.4.2', ''), 'manifest.mutable-image'],
    'the tag latest': [pod().replace(':1.4.2', ':latest'), 'manifest.mutable-image'],
    'a privileged container': [
      pod({ container: '    securityContext: {privileged: true}\n' }),
      'manifest.privileged',
    ],
    'a folder of the node': [
      pod({ spec: '  volumes: [{name: run, hostPath: {path: /run}}]\n' }),
      'manifest.host-path',
    ],
    'the network of the node': [pod({ spec: '  hostNetwork: true\n' }), 'manifest.host-namespace'],
    'a pod without a spec': [named('Pod', 'v1'), 'manifest.missing-field'],
    'a pod without containers': [
      named('Pod', 'v1', 'spec: {containers: []}\n'),
      'manifest.missing-field',
    ],
    'a port that is none': [
      named('Service', 'v1', 'spec: {ports: [{port: 70000}]}\n'),
      'manifest.bad-value',
    ],
    'two containers of one name': [
      pod({
        container: '  - {name: app, image: "a:1", resources: {limits: {cpu: 1, memory: 1Gi}}}\n',
      }),
      'manifest.bad-value',
    ],
    'pods of a job that always restart': [
      named(
        'Job',
        'batch/v1',
        'spec:\n  template:\n    spec:\n      containers: [{name: a, image: "a:1", resources: {limits: {cpu: 1, memory: 1Gi}}}]\n',
      ),
      'manifest.missing-field',
    ],
  };
  for (const [what, [text, code]] of Object.entries(left)) {
    it(`says of ${what}: ${code}, and leaves it to the user`, () => {
      const found = findingsIn(text);
      assert.ok(
        found.some((finding) => finding.code === code && finding.fix === null),
        JSON.stringify(found),
      );
      assert.ok(
        found.every(({ fix }) => fix === null),
        'nothing of it is repaired',
      );
    });
  }

  const silent: Readonly<Record<string, string>> = {
    'an image by its digest': pod().replace(':1.4.2', `@sha256:${'0'.repeat(64)}`),
    'a registry with a port': pod().replace('registry.example/', 'registry.example:5000/'),
    'a claim of a template': named(
      'StatefulSet',
      'apps/v1',
      `spec:
  selector: {matchLabels: {app: x}}
  serviceName: x
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  template:
    metadata: {labels: {app: x}}
    spec:
      containers:
      - {name: a, image: "a:1", resources: {limits: {cpu: 1, memory: 1Gi}}, volumeMounts: [{name: data, mountPath: /d}]}
`,
    ),
    'items of a list': `apiVersion: v1\nkind: List\nitems:\n- ${named('ConfigMap', 'v1').trim().replaceAll('\n', '\n  ')}\n`,
    'items of a list of one kind':
      'apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]\n',
    'null, which says nothing': pod({ spec: '  restartPolicy: null\n  volumes:\n' }),
    'a document of comments': `# nothing\n---\n${pod()}---\n# nothing\n`,
  };
  for (const [what, text] of Object.entries(silent)) {
    it(`finds nothing wrong with ${what}`, () => assert.deepEqual(findingsIn(text), []));
  }

  it('never shows the values of a secret', () => {
    const text = named('Secret', 'v1', 'stringData:\n  pin: 123456\n');
    const [finding] = findingsIn(text);
    assert.equal(finding!.code, 'manifest.wrong-type');
    assert.ok(!JSON.stringify(finding).includes('123456'));
  });
});
