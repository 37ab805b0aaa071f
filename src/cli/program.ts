import { Command, CommanderError } from 'commander';
import { KedgeError } from '../base/errors.ts';
import type { Context } from './context.ts';
import { printError } from './print-error.ts';

type Entry = {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: (context: Context) => Command }>;
};

/** Every command; only the module of the one that is called is loaded. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'plan',
    summary: 'where a task runs cheapest, and why',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'solve',
    summary: 'the best answer to a stored problem, and its proof',
    load: () => import('./commands/solve.ts'),
  },
  {
    name: 'backtest',
    summary: 'what spot under a deadline would have cost',
    load: () => import('./commands/backtest.ts'),
  },
  {
    name: 'up',
    summary: 'run a task on the best place you have',
    load: () => import('./commands/up.ts'),
  },
  { name: 'runs', summary: 'list runs, newest first', load: () => import('./commands/runs.ts') },
  {
    name: 'show',
    summary: 'one run: state, plan, attempts, events',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'logs',
    summary: 'print or follow the output of a run',
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'pull',
    summary: 'bring artifacts or files of a run to this machine',
    load: () => import('./commands/pull.ts'),
  },
  {
    name: 'top',
    summary: 'what the nodes that run use now',
    load: () => import('./commands/top.ts'),
  },
  {
    name: 'why',
    summary: 'why a run waits, failed, moved, costs so much',
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'exec',
    summary: 'run a command beside the task of a run',
    load: () => import('./commands/exec.ts'),
  },
  { name: 'stop', summary: 'stop a run', load: () => import('./commands/stop.ts') },
  { name: 'cost', summary: 'the bill of a run', load: () => import('./commands/cost.ts') },
  {
    name: 'advise',
    summary: 'what a re-plan of a run would choose now, and save',
    load: () => import('./commands/advise.ts'),
  },
  {
    name: 'move',
    summary: 'haul a run to another place, with its checkpoint',
    load: () => import('./commands/move.ts'),
  },
  {
    name: 'offers',
    summary: 'list what is for hire, and at what price',
    load: () => import('./commands/offers.ts'),
  },
  {
    name: 'demand',
    summary: 'what a task needs: memory, FLOPs, time',
    load: () => import('./commands/demand.ts'),
  },
  {
    name: 'route',
    summary: 'the cheapest way to move data between regions',
    load: () => import('./commands/route.ts'),
  },
  {
    name: 'manifest',
    summary: 'what is wrong with Kubernetes manifests, and its repair',
    load: () => import('./commands/manifest.ts'),
  },
  {
    name: 'check',
    summary: 'which places can be used, and why not',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'server',
    summary: 'start, stop or look at the local server',
    load: () => import('./commands/server.ts'),
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
];

const EXAMPLES = `
Examples:
  kedge plan task.yaml                where would it run cheapest?
  kedge up task.yaml                  run it, follow it, get the bill
  kedge up -d task.yaml               run it in the background
  kedge logs -f                       follow the latest run
  kedge offers --accelerator H100:8   what is for hire?`;

/** Runs one command line; returns the exit code and never throws. */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  try {
    const program = await buildProgram(argv, context);
    await program.parseAsync([...argv], { from: 'user' });
    return context.exit.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (context.interrupt.aborted) return 130;
    printError(context.io, error);
    return error instanceof KedgeError ? error.kind.exit : 1;
  }
}

async function buildProgram(argv: readonly string[], context: Context): Promise<Command> {
  const program = new Command('kedge')
    .description('Finds where an AI task runs cheapest, runs it there, keeps it healthy.')
    .version(context.version, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(kedge --help lists the commands)');
  inherit(program, context);
  const called = argv.find((word) => !word.startsWith('-'));
  const wanted = called === 'help' ? argv[argv.indexOf('help') + 1] : called;
  for (const { name, summary, load } of COMMANDS) {
    if (name !== wanted) {
      program.command(name).description(summary);
      continue;
    }
    const command = (await load()).command(context).name(name).description(summary);
    inherit(command, context);
    program.addCommand(command);
  }
  return program;
}

/** Every command throws instead of exiting, and writes through the context. */
export function inherit(command: Command, context: Context): void {
  const { io } = context;
  command.exitOverride().configureOutput({
    writeOut: (text) => io.out(text),
    writeErr: (text) => io.err(text),
    getOutHelpWidth: () => Math.min(io.columns, 100),
    getErrHelpWidth: () => Math.min(io.columns, 100),
  });
  hideIdleDefaults(command);
  for (const child of command.commands) inherit(child, context);
}

/** That a flag is off and a list empty where nothing is said need not be said in the help. */
function hideIdleDefaults(command: Command): void {
  for (const option of command.options) {
    const value: unknown = option.defaultValue;
    if (value === false || (Array.isArray(value) && value.length === 0)) {
      option.defaultValue = undefined;
    }
  }
}
