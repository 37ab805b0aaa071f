import { componentFile } from './components.ts';
import type { Daemon, StartDaemon } from './daemon.ts';

/** Nodes with this annotation are played by KWOK: they become Ready, and their pods succeed. */
export const KWOK_NODE = { 'kwok.x-k8s.io/node': 'fake' } as const;

/** Starts KWOK with the stages of its own that take no time, or with a file of others. */
export function startKwok(start: StartDaemon, kubeconfig: string, stages?: string): Daemon {
  const [[key, value]] = Object.entries(KWOK_NODE) as [[string, string]];
  const args = [
    `--kubeconfig=${kubeconfig}`,
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=${key}=${value}`,
    '--node-lease-duration-seconds=40',
    `--config=${stages ?? componentFile('kwok', 'stages-fast.yaml')}`,
  ];
  return start({ name: 'kwok', program: componentFile('kwok', 'kwok'), args });
}
