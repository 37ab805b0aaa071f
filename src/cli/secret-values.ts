import { KedgeError } from '../base/errors.ts';
import type { TaskFile } from '../spec/task.ts';
import type { Context } from './context.ts';

/** The values of a file's secrets; one without a value is taken from our own environment. */
export function secretValues({ env }: Context, { tasks }: TaskFile): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of tasks.flatMap((task) => Object.entries(task.secrets))) {
    const found = value ?? env[name];
    if (found === undefined) {
      throw new KedgeError('spec.invalid', `the secret ${name} has no value`, {
        hint: `set the variable ${name} where you call kedge`,
      });
    }
    values[name] = found;
  }
  return values;
}
