import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bridge } from './bridge.ts';
import { componentFile } from './components.ts';
import { PAUSE_IMAGE } from './container-images.ts';

/** What the node would set on start, for the whole machine (kubelet's setupKernelTunables). */
export const KERNEL_SETTINGS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
  'net/ipv4/ip_forward',
] as const;

const CNI_PROGRAMS = '/usr/lib/cni';

export type NodeFiles = {
  readonly containerd: string;
  readonly kubelet: string;
  readonly script: string;
};

/** Writes what containerd, its network plugins and the kubelet read, and the script that starts them. */
export function writeNodeFiles(dir: string, bridge: Bridge): NodeFiles {
  const files = {
    containerd: join(dir, 'containerd.toml'),
    kubelet: join(dir, 'kubelet.json'),
    script: join(dir, 'node.sh'),
  };
  mkdirSync(join(dir, 'cni'));
  writeFileSync(join(dir, 'cni', '10-kedge.conflist'), JSON.stringify(cniConfig(bridge)));
  writeFileSync(files.containerd, containerdConfig(dir));
  writeFileSync(files.kubelet, JSON.stringify(kubeletConfig(dir, bridge), null, 2));
  writeFileSync(files.script, SCRIPT);
  return files;
}

/**
 * The first process of the node's own process and mount namespaces: whatever the node starts or
 * mounts is gone with it. What containerd and the kubelet write at fixed places goes to file
 * systems that only these namespaces see, and so do the settings that kubelet and bridge plugin make
 * of the machine's kernel: they write to copies.
 */
const SCRIPT = `set -eu
dir=$1 images=$2 containerd=$3 ctr=$4
shift 4
for place in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$place"; done
for setting in ${KERNEL_SETTINGS.join(' ')}; do
  copy=/run/kedge-kernel/$setting
  mkdir -p "\${copy%/*}"
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done
mount --make-rshared /
"$containerd" --config "$dir/containerd.toml" >"$dir/log/containerd.log" 2>&1 &
until "$ctr" --address "$dir/containerd.sock" version >"$dir/log/ctr.log" 2>&1; do sleep 0.05; done
"$ctr" --address "$dir/containerd.sock" --namespace k8s.io images import "$images"
"$@"
`;

function containerdConfig(dir: string): string {
  const shim = componentFile('containerd', 'containerd-shim-runc-v2');
  return `version = 3
root = '${dir}/containerd'
state = '${dir}/containerd-state'
disabled_plugins = ['io.containerd.nri.v1.nri', 'io.containerd.tracing.processor.v1.otlp']

[grpc]
  address = '${dir}/containerd.sock'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${PAUSE_IMAGE}'

[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  # Without it no sandbox starts where scores may not be lowered.
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['${CNI_PROGRAMS}']
  conf_dir = '${dir}/cni'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
  runtime_path = '${shim}'
`;
}

function cniConfig({ name, address, range }: Bridge): object {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: range, gateway: address }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const plugin = { type: 'bridge', bridge: name, isGateway: true, ipMasq: false, ipam };
  return { cniVersion: '1.0.0', name, plugins: [plugin] };
}

function kubeletConfig(dir: string, { name, address }: Bridge): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address,
    port: 10_250,
    healthzPort: 0,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${dir}/containerd.sock`,
    podLogsDir: join(dir, 'pod-logs'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${name}`,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    resolvConf: '',
    makeIPTablesUtilChains: false,
    // A disk that others fill does not evict a test's pods.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
  };
}
