import { Worker } from 'node:worker_threads';
import type { WorldResult } from './world.ts';

export type Seeds = {
  readonly first: number;
  readonly count: number;
  /** Threads, among which the seeds are dealt out in turn. */
  readonly jobs: number;
  readonly plant: string;
};

/** What one thread is to do. */
export type Share = Seeds & { readonly index: number };

/** Lives the worlds of some seeds through, each alone; tells of each as it ends. */
export async function runSeeds(seeds: Seeds, told: (result: WorldResult) => void): Promise<void> {
  const shares = Array.from({ length: seeds.jobs }, (_, index): Share => ({ ...seeds, index }));
  await Promise.all(shares.map((share) => runShare(share, told)));
}

function runShare(share: Share, told: (result: WorldResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: share });
    worker.on('message', told);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}
