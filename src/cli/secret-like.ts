import type { Context } from './context.ts';
import type { TaskInput } from './task-input.ts';

/** As variables with keys to something are called: HF_TOKEN, WANDB_API_KEY, PGPASSWORD. */
const NAME =
  /(?:^|_)(?:token|secret|credentials?|(?:api|access|private|secret|auth)_?key|\w*pass(?:word|wd|phrase))$/i;
/** Shorter values are settings: `SORT_KEY: id`. */
const CHARS_MIN = 8;

/** Notes variables that look like secrets and are not kept as such: one line for all of them. */
export function noteSecretLike(
  { io }: Context,
  { input, envs }: { readonly input: TaskInput; readonly envs: Readonly<Record<string, string>> },
): void {
  const all = [...input.tasks.tasks.map((task) => task.envs), envs].flatMap(Object.entries<string>);
  const alike = all.filter(([name, value]) => NAME.test(name) && value.length >= CHARS_MIN);
  const names = [...new Set(alike.map(([name]) => name))].join(', ');
  if (names === '') return;
  io.err(
    `note: ${input.file}: ${names}: \`envs\` are stored and shown; secrets go in \`secrets\`\n`,
  );
}
