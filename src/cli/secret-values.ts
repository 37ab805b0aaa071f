import { KedgeError } from '../base/errors.ts';
import { hideSecrets } from '../spec/hide-secrets.ts';
import type { TaskFile } from '../spec/task.ts';
import type { Context } from './context.ts';
import type { TaskInput } from './task-input.ts';

type Values = Readonly<Record<string, string>>;

export type SecretsApart = {
  /** The task file without values of secrets: what is sent to be stored. */
  readonly input: TaskInput;
  readonly secrets: Values;
  /** The variables of the command line that are no secrets of the task. */
  readonly envs: Values;
  /** Without the secrets in its environment: a server that is started by it outlives the run. */
  readonly context: Context;
};

/**
 * Takes the secrets of a task apart from what is stored and shown. A value is that of the command
 * line, of the file, or of our own environment, in this order. Errors: `spec.invalid`.
 */
export function takeSecretsApart(
  context: Context,
  asked: {
    readonly input: TaskInput;
    readonly envs: Values;
    /** Of secrets that the command line adds to those of the task. */
    readonly names?: readonly string[];
  },
): SecretsApart {
  const { input, envs, names: more = [] } = asked;
  const own = input.tasks.tasks.flatMap((task) => Object.keys(task.secrets));
  const names = new Set([...own, ...more]);
  const { text, values } = hasInline(input.tasks)
    ? hideSecrets(input.text, { file: input.file })
    : { text: input.text, values: {} };
  const given: Values = { ...values, ...envs };
  const secrets = [...names].map((name) => [name, valueOf(name, { given, context })] as const);
  const open = Object.entries(envs).filter(([name]) => !names.has(name));
  return {
    input: { ...input, text, isBlanked: text !== input.text },
    secrets: Object.fromEntries(secrets),
    envs: Object.fromEntries(open),
    context: { ...context, env: without(context.env, names) },
  };
}

/**
 * The name of a secret on the command line: a value has no place in arguments, which everybody on
 * the machine can read. Errors: `cli.usage`.
 */
export function requireName(word: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(word)) return word;
  const name = word.split('=', 1)[0];
  throw new KedgeError('cli.usage', `--secret needs the name of a variable alone: ${name}`, {
    hint: 'set the variable where you call kedge: its value is taken from there',
  });
}

function without(env: Context['env'], names: ReadonlySet<string>): Context['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.has(name)));
}

function hasInline({ tasks }: TaskFile): boolean {
  return tasks.some(({ secrets }) => Object.values(secrets).some((value) => value !== null));
}

function valueOf(
  name: string,
  { given, context }: { readonly given: Values; readonly context: Context },
): string {
  const value = Object.hasOwn(given, name) ? given[name] : context.env[name];
  if (value === undefined) {
    throw new KedgeError('spec.invalid', `the secret ${name} has no value`, {
      hint: `set the variable ${name} where you call kedge`,
    });
  }
  // The system would refuse it, and quote it.
  if (!value.includes('\0')) return value;
  throw new KedgeError('spec.invalid', `the secret ${name} holds a NUL character`, {
    hint: 'no variable can: encode it, as in base64',
  });
}
