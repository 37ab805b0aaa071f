import { KedgeError } from '../base/errors.ts';
import { readTasks, readTasksInPlace } from './read-tasks.ts';
import type { Span } from './reading/reading.ts';
import type { Task, TaskFile } from './task.ts';

export type HiddenSecrets = {
  /** The file with `~` (null) in place of each value, every other character where it was. */
  readonly text: string;
  /** By the names of the variables; empty where the file holds none, and is as it was. */
  readonly values: Readonly<Record<string, string>>;
};

/**
 * Takes the values of secrets out of the text of a task file, which is stored, and sent to whoever
 * may run it. What is left is read again: it must be the same task in all but those values.
 * Errors: those of `readTasks`, and `spec.invalid` where a value is used beyond `secrets` (by an
 * alias, or in a path) or the file gives one name two values.
 */
export function hideSecrets(text: string, { file }: { readonly file: string }): HiddenSecrets {
  const { tasks, secretSpans } = readTasksInPlace(text, { file });
  const values = secretsOf(tasks, file);
  if (secretSpans.length === 0) return { text, values };
  const hidden = blanked(text, secretSpans);
  const isSame = JSON.stringify(readTasks(hidden, { file })) === JSON.stringify(valueless(tasks));
  if (isSame) return { text: hidden, values };
  const names = Object.keys(values).join(', ');
  throw new KedgeError('spec.invalid', `${file} uses the value of a secret beyond "secrets"`, {
    hint: `a path or another key would store it: give ${names} another way, or in your environment`,
  });
}

/** Line ends stay, so that lines and columns of everything else do. */
function blanked(text: string, spans: readonly Span[]): string {
  let [blank, done] = ['', 0];
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    // Named by aliases, one text stands for several values.
    if (start < done) continue;
    blank += `${text.slice(done, start)}~${text.slice(start + 1, end).replace(/[^\r\n]/g, ' ')}`;
    done = end;
  }
  return blank + text.slice(done);
}

function secretsOf({ tasks }: TaskFile, file: string): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const [name, value] of tasks.flatMap((task) => Object.entries(task.secrets))) {
    if (value === null) continue;
    if ((values.get(name) ?? value) !== value) {
      throw new KedgeError('spec.invalid', `${file} gives the secret ${name} two values`, {
        hint: 'all tasks of a run share them: use two names',
      });
    }
    values.set(name, value);
  }
  return Object.fromEntries(values);
}

function valueless(file: TaskFile): TaskFile {
  const without = (task: Task): Task => ({
    ...task,
    secrets: Object.fromEntries(Object.keys(task.secrets).map((name) => [name, null])),
  });
  return { ...file, tasks: file.tasks.map(without) };
}
