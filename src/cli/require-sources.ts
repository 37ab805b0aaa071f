import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KedgeError } from '../base/errors.ts';
import type { TaskInput } from './task-input.ts';

/** Fails before anything is started when a folder or file that the task brings is not there. */
export async function requireSources({ file, baseDir, tasks }: TaskInput): Promise<void> {
  for (const task of tasks.tasks) {
    const sources = [
      ...(task.workdir === null ? [] : [['workdir', task.workdir] as const]),
      ...Object.entries(task.fileMounts).map(([to, from]) => [`file_mounts.${to}`, from] as const),
    ];
    for (const [key, path] of sources) await requireReadable({ file, key, path, baseDir });
  }
}

type Source = {
  readonly file: string;
  readonly key: string;
  readonly path: string;
  readonly baseDir: string;
};

async function requireReadable({ file, key, path, baseDir }: Source): Promise<void> {
  const whole = resolve(baseDir, path);
  try {
    await access(whole, constants.R_OK);
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'is unreadable';
    throw new KedgeError('driver.workdir-unreadable', `${file}: ${key}: ${whole} ${why}`, {
      cause,
      hint: 'paths start from the folder of the task file',
    });
  }
}
