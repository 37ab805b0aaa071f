import { parentPort, workerData } from 'node:worker_threads';
import { KedgeError } from '../../src/base/errors.ts';
import { readTasks } from '../../src/spec/read-tasks.ts';
import { hostileFile } from './hostile-yaml.ts';

/** How one hostile file was answered. */
export type Answer = {
  readonly seed: number;
  readonly family: string;
  /** `tasks`, the code of a KedgeError, or what was thrown instead. */
  readonly outcome: string;
  /**
   * Processor time of this thread, which on a quiet machine is what a clock shows, and on a busy
   * one too; the least of up to five tries.
   */
  readonly ms: number;
};

const TRIES = 5;

/** Reads the files of the given seeds one by one and tells of each. */
function main(seeds: readonly number[], fastMs: number): void {
  answer('run: a');
  for (const seed of seeds) {
    const { family, text } = hostileFile(seed);
    let best = answer(text);
    for (let tries = 1; tries < TRIES && best.ms > fastMs; tries++) {
      const again = answer(text);
      if (again.ms < best.ms) best = again;
    }
    const told: Answer = { seed, family, ...best };
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- no window but a port
    parentPort?.postMessage(told);
  }
}

function answer(text: string): Pick<Answer, 'outcome' | 'ms'> {
  const before = process.threadCpuUsage();
  const outcome = outcomeOf(text);
  const { user, system } = process.threadCpuUsage(before);
  return { outcome, ms: (user + system) / 1000 };
}

function outcomeOf(text: string): string {
  try {
    const { tasks } = readTasks(text, { file: 'hostile.yaml' });
    return tasks.length > 0 ? 'tasks' : 'no tasks, and no error';
  } catch (error) {
    if (error instanceof KedgeError) return error.code;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

const { seeds, fastMs } = workerData as { seeds: readonly number[]; fastMs: number };
main(seeds, fastMs);
