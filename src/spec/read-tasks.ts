import { KedgeError } from '../base/errors.ts';
import { LIMITS } from './reading/limits.ts';
import { makeTaskFile } from './reading/make-task-file.ts';
import { readYaml } from './reading/read-yaml.ts';
import { Reading, type Span } from './reading/reading.ts';
import type { TaskFile } from './task.ts';

/**
 * The tasks of a YAML text: Kedge's task files, SkyPilot's (version 0.14.1; keys that are not
 * honored are noted in each task), and Kubernetes manifests of a Pod, Deployment or Job.
 *
 * `file` is the name that errors show. Errors name line and column, the text at fault and the
 * closest known key; `details.problems` lists all that is wrong, up to twenty:
 * `input.too-large`, `spec.syntax`, `spec.unknown-key`, `spec.duplicate-key`, `spec.bad-value`,
 * `spec.invalid`, `spec.too-complex`, `spec.unsupported-kind`.
 */
export function readTasks(text: string, options: { readonly file: string }): TaskFile {
  return readTasksInPlace(text, options).tasks;
}

/** The tasks of a YAML text, and where the values of their secrets stand in it. */
export function readTasksInPlace(
  text: string,
  { file }: { readonly file: string },
): { readonly tasks: TaskFile; readonly secretSpans: readonly Span[] } {
  refuseLarge(text, file);
  const reading = new Reading(file, text);
  const tasks = makeTaskFile(readYaml(reading), reading);
  return { tasks, secretSpans: reading.secretSpans };
}

function refuseLarge(text: string, file: string): void {
  // A UTF-16 unit is one to three bytes of UTF-8.
  if (text.length * 3 <= LIMITS.bytes) return;
  const size = utf8Bytes(text);
  if (size <= LIMITS.bytes) return;
  const message = `${file} has ${size} bytes; a task file has at most ${LIMITS.bytes}`;
  throw new KedgeError('input.too-large', message, {
    hint: 'keep data and scripts in files of their own, and name them in `workdir`',
  });
}

/** A surrogate pair is two units and four bytes. */
function utf8Bytes(text: string): number {
  if (text.length > LIMITS.bytes) return text.length;
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) size += 1;
    else if (code < 0x800 || (code >= 0xd800 && code <= 0xdfff)) size += 2;
    else size += 3;
  }
  return size;
}
