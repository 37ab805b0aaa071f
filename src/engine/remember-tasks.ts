import type { TaskFile } from '../spec/task.ts';

type ReadTasks = (text: string, options: { readonly file: string }) => TaskFile;

const TEXTS_MAX = 256;

/** Reads a text once, however often its runs are looked at; the oldest are read again. */
export function rememberTasks(readTasks: ReadTasks): ReadTasks {
  const known = new Map<string, TaskFile>();
  return (text, options) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const read = readTasks(text, options);
    const oldest = known.size < TEXTS_MAX ? undefined : known.keys().next().value;
    if (oldest !== undefined) known.delete(oldest);
    known.set(text, read);
    return read;
  };
}
