import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestApi } from './api-request.ts';
import { componentFile } from './components.ts';
import type { Daemon, StartDaemon } from './daemon.ts';
import { freePorts } from './free-ports.ts';
import { type Access, writeKubeconfig } from './kubeconfig.ts';

/** Who may call the API server: groups by user. Only `admin` and KWOK may do everything. */
const USERS = {
  admin: ['system:masters'],
  /** Nothing, until a test binds a role to it. */
  kedge: [],
  kwok: ['system:masters'],
  'system:kube-controller-manager': [],
  'system:kube-scheduler': [],
} as const satisfies Record<string, readonly string[]>;

export type ClusterUser = keyof typeof USERS;

export type ControlPlane = {
  readonly access: Access;
  /** Kubeconfig files by user. */
  readonly kubeconfigs: Readonly<Record<ClusterUser | 'node', string>>;
  readonly tokens: Readonly<Record<ClusterUser | 'node', string>>;
  /** JSON lines of audit.k8s.io/v1 Events at level Metadata. */
  readonly auditLog: string;
};

const READY_MS_MAX = 60_000;
const SERVICE_RANGE = '10.215.0.0/16';
/** Their own default of 20 calls a second alone takes minutes over a thousand Jobs. */
const FAST_CALLS = ['--kube-api-qps=500', '--kube-api-burst=1000'];

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** etcd, API server, controller manager and scheduler on loopback; resolves when pods can be made. */
export async function startControlPlane(
  dir: string,
  nodeName: string,
  start: StartDaemon,
): Promise<ControlPlane> {
  const [etcdPort, peerPort, apiPort, managerPort, schedulerPort] = await freePorts(5);
  const plane = prepare(dir, nodeName, `https://127.0.0.1:${apiPort}`);
  const etcd = startEtcd(dir, etcdPort!, peerPort!, start);
  await etcd.until('health', READY_MS_MAX, () => isHealthy(`http://127.0.0.1:${etcdPort}/health`));
  const server = startApiServer({ dir, etcdPort: etcdPort!, apiPort: apiPort!, plane, start });
  await server.until('readiness', READY_MS_MAX, () => isFound(plane, '/readyz'));
  const manager = startPart(start, 'kube-controller-manager', [
    `--kubeconfig=${plane.kubeconfigs['system:kube-controller-manager']}`,
    `--service-account-private-key-file=${join(dir, 'service-accounts.key')}`,
    `--root-ca-file=${plane.access.caFile}`,
    '--use-service-account-credentials',
    ...onLoopback(managerPort!),
  ]);
  startPart(start, 'kube-scheduler', [
    `--kubeconfig=${plane.kubeconfigs['system:kube-scheduler']}`,
    ...onLoopback(schedulerPort!),
  ]);
  // Pods of a namespace are refused until it has one.
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await manager.until('a service account', READY_MS_MAX, () => isFound(plane, account));
  return plane;
}

function startPart(start: StartDaemon, name: string, args: readonly string[]): Daemon {
  return start({ name, program: componentFile('kubernetes', name), args });
}

function onLoopback(port: number): readonly string[] {
  const address = ['--bind-address=127.0.0.1', `--secure-port=${port}`];
  return ['--leader-elect=false', ...address, ...FAST_CALLS];
}

/** The files that everybody needs: tokens, keys, the audit policy, a kubeconfig for each user. */
function prepare(dir: string, nodeName: string, server: string): ControlPlane {
  const caFile = join(dir, 'certs', 'apiserver.crt');
  const users: Record<string, readonly string[]> = {
    ...USERS,
    [`system:node:${nodeName}`]: ['system:nodes'],
  };
  const tokens: Record<string, string> = {};
  const kubeconfigs: Record<string, string> = {};
  const lines = Object.entries(users).map(([user, groups]) => {
    const token = randomBytes(16).toString('hex');
    const key = user.startsWith('system:node:') ? 'node' : user;
    tokens[key] = token;
    const file = join(dir, `${key.replaceAll(':', '-')}.kubeconfig`);
    kubeconfigs[key] = writeKubeconfig(file, { server, caFile }, token);
    return `${token},${user},${user},"${groups.join(',')}"\n`;
  });
  writeFileSync(join(dir, 'tokens.csv'), lines.join(''), { mode: 0o600 });
  writeFileSync(join(dir, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ format: 'pem', type: 'sec1' });
  writeFileSync(join(dir, 'service-accounts.key'), key, { mode: 0o600 });
  const pub = publicKey.export({ format: 'pem', type: 'spki' });
  writeFileSync(join(dir, 'service-accounts.pub'), pub);
  const access = { server, caFile };
  const auditLog = join(dir, 'audit.log');
  return { access, auditLog, tokens, kubeconfigs } as ControlPlane;
}

function startEtcd(dir: string, port: number, peerPort: number, start: StartDaemon): Daemon {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // What is in it ends with the test.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
  return start({ name: 'etcd', program: componentFile('etcd', 'etcd'), args });
}

function startApiServer(parts: {
  readonly dir: string;
  readonly etcdPort: number;
  readonly apiPort: number;
  readonly plane: ControlPlane;
  readonly start: StartDaemon;
}): Daemon {
  const { dir, etcdPort, apiPort, plane, start } = parts;
  mkdirSync(join(dir, 'certs'), { recursive: true });
  return startPart(start, 'kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--cert-dir=${join(dir, 'certs')}`,
    `--secure-port=${apiPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${join(dir, 'service-accounts.key')}`,
    `--service-account-key-file=${join(dir, 'service-accounts.pub')}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    '--endpoint-reconciler-type=none',
    '--kubelet-preferred-address-types=InternalIP',
    `--audit-policy-file=${join(dir, 'audit-policy.json')}`,
    `--audit-log-path=${plane.auditLog}`,
  ]);
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Also before there is a server, or its certificate. */
async function isFound({ access, tokens }: ControlPlane, path: string): Promise<boolean> {
  return requestApi({ ...access, token: tokens.admin }, 'GET', path).then(
    ({ status }) => status === 200,
    () => false,
  );
}
