import { KedgeError } from '../../base/errors.ts';
import { readTasks } from '../read-tasks.ts';
import type { Task } from '../task.ts';
import type { FoundProblem } from './reading.ts';

/** The one task of a text. */
export function taskIn(text: string): Task {
  return readTasks(text, { file: 'task.yaml' }).tasks[0]!;
}

/** How a text is refused; an answer that is no refusal is a failure of the test. */
export function refusalOf(text: string): KedgeError {
  try {
    readTasks(text, { file: 'task.yaml' });
  } catch (error) {
    if (error instanceof KedgeError) return error;
    throw error;
  }
  throw new KedgeError(
    'spec.invalid',
    `nothing is wrong with ${JSON.stringify(text.slice(0, 100))}`,
  );
}

export function problemsOf(text: string): readonly FoundProblem[] {
  return refusalOf(text).details['problems'] as readonly FoundProblem[];
}
