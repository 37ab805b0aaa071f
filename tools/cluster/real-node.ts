import { join } from 'node:path';
import type { Bridge } from './bridge.ts';
import { componentFile } from './components.ts';
import { imagesArchive } from './container-images.ts';
import type { Daemon, StartDaemon } from './daemon.ts';
import { writeNodeFiles } from './node-config.ts';

/** The name of the node that runs pods. */
export const NODE_NAME = 'kedge-node';

/** Starts containerd and the kubelet in namespaces of their own. */
export function startNode(parts: {
  readonly dir: string;
  readonly bridge: Bridge;
  readonly kubeconfig: string;
  readonly start: StartDaemon;
}): Daemon {
  const { dir, bridge, kubeconfig, start } = parts;
  const files = writeNodeFiles(dir, bridge);
  const programs = ['containerd', 'ctr'].map((name) => componentFile('containerd', name));
  const kubelet = [
    componentFile('kubernetes', 'kubelet'),
    `--config=${files.kubelet}`,
    `--kubeconfig=${kubeconfig}`,
    `--root-dir=${join(dir, 'kubelet')}`,
    `--cert-dir=${join(dir, 'kubelet-certs')}`,
    `--node-ip=${bridge.address}`,
    `--hostname-override=${NODE_NAME}`,
  ];
  const namespaces = ['--mount', '--propagation=private', '--pid', '--fork', '--kill-child'];
  const script = ['sh', files.script, dir, imagesArchive(), ...programs, ...kubelet];
  return start({
    name: 'node',
    program: 'unshare',
    args: [...namespaces, '--mount-proc', ...script],
    // runc is looked up there.
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    endsByChild: true,
  });
}
