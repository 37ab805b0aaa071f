import { Argument, Command } from 'commander';
import { completionScript } from '../completion-script.ts';
import type { Context } from '../context.ts';
import { COMMANDS } from '../program.ts';

/** `kedge completion`: a script for the shell, made from the commands themselves. */
export function command(context: Context): Command {
  return new Command()
    .addArgument(new Argument('<shell>', 'whose script').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', '\nExamples:\n  source <(kedge completion bash)')
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const words = await Promise.all(
        COMMANDS.map(async ({ name, summary, load }) => {
          if (name === 'completion') return { name, summary, words: ['bash', 'zsh', 'fish'] };
          return { name, summary, words: wordsOf((await load()).command(context)) };
        }),
      );
      context.io.out(completionScript(shell, words));
    });
}

/** A command's subcommands and long options. */
function wordsOf(called: Command): string[] {
  const options = called.options.flatMap((option) => option.long ?? []);
  const children = called.commands.map((child) => child.name());
  return [...children, ...options, '--help'];
}
