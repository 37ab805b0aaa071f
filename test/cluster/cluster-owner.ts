import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '../../tools/cluster/cluster.ts';
import { BUSYBOX_IMAGE } from '../../tools/cluster/container-images.ts';
import { ApiClient } from './api-client.ts';

/**
 * Starts a cluster whose node runs a pod, says in one line what it will leave, and waits to be
 * ended by a signal; SIGUSR2 has it exit without a word.
 */
const cluster = await Cluster.start({ node: true });
const api = new ApiClient(cluster);
const command = ['sleep', '600'];
await api.createJob('sleep', { containers: [{ name: 'task', image: BUSYBOX_IMAGE, command }] });
await api.podOf('sleep', 'runs', ({ status }) => status?.phase === 'Running');
const traces = JSON.parse(readFileSync(join(cluster.dir, 'traces.json'), 'utf8')) as object;
// Whoever reads the line may send the signal at once.
process.once('SIGUSR2', () => process.exit());
process.stdout.write(`${JSON.stringify(traces)}\n`);
setInterval(() => {}, 60_000);
