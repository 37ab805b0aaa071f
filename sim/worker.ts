/** One thread of `run-seeds.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Share } from './run-seeds.ts';
import { runWorld, type WorldResult } from './world.ts';

const { first, count, jobs, index, plant } = workerData as Share;
for (let seed = first + index; seed < first + count; seed += jobs) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort!.postMessage(await liveThrough(seed));
}

/** A simulator that fails by itself is a break too: it has judged nothing. */
async function liveThrough(seed: number): Promise<WorldResult> {
  try {
    return await runWorld({ seed, plant });
  } catch (error) {
    return { seed, events: 0, breaks: [`the simulator failed: ${(error as Error).stack}`] };
  }
}
