import { dirname, resolve } from 'node:path';
import { type ModelBook, readModels } from '../app/read-models.ts';
import { MIB } from '../base/units.ts';
import { readTasks } from '../spec/read-tasks.ts';
import type { NotHonored, TaskFile } from '../spec/task.ts';
import type { Context } from './context.ts';
import { readInput } from './read-input.ts';

export type TaskInput = {
  /** As the user wrote it on the command line. */
  readonly file: string;
  /** The same, absolute. */
  readonly path: string;
  readonly text: string;
  /** The text lacks values of secrets that the file has. */
  readonly isBlanked: boolean;
  /** Absolute folder that relative paths start from. */
  readonly baseDir: string;
  readonly tasks: TaskFile;
};

const TASK_FILE = {
  what: 'a task file',
  bytesMax: MIB,
  tooLargeHint: 'keep data and scripts in files of their own, and name them in `workdir`',
  notFoundHint: 'name a task file; examples/ has some',
};

/** Reads a task file. Errors: `input.not-found`, `input.unreadable`, `input.too-large`, spec.*. */
export async function readTaskInput(context: Context, file: string): Promise<TaskInput> {
  const path = resolve(context.cwd, file);
  const text = await readInput(context, file, TASK_FILE);
  const tasks = readTasks(text, { file });
  return { file, path, text, isBlanked: false, baseDir: dirname(path), tasks };
}

type Envs = Readonly<Record<string, string>>;

/** Every key of the file that is known and not honored; a variable that is given now is. */
export function notHonored(tasks: TaskFile, given: Envs = {}): readonly NotHonored[] {
  const isGiven = (key: string): boolean =>
    key.startsWith('envs.') && Object.hasOwn(given, key.slice('envs.'.length));
  return tasks.tasks.flatMap((task) => task.notHonored).filter(({ key }) => !isGiven(key));
}

/** Notes on stderr the keys that the plan does not take into account. */
export function noteNotHonored(
  context: Context,
  { file, tasks }: TaskInput,
  given: Envs = {},
): void {
  for (const { key, line, why } of notHonored(tasks, given)) {
    context.io.err(`note: ${file}:${line}: "${key}" is not honored: ${why}\n`);
  }
}

/** The models that the tasks name and the registry does not have. Errors: those of `readModels`. */
export function modelsOf(
  { wiring, interrupt }: Context,
  { tasks, baseDir }: TaskInput,
): Promise<ModelBook> {
  return readModels(tasks.tasks, { find: () => wiring.models(baseDir), signal: interrupt });
}
