import { Command } from 'commander';
import { KedgeError } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { endServer, findServer } from '../local-server.ts';
import { type Format, formatOption, print } from '../output.ts';
import { port } from '../parse-number.ts';

type StartOptions = { readonly port: number; readonly foreground: boolean };

/** `kedge server`: the process that keeps runs going; other commands start it on first use. */
export function command(context: Context): Command {
  const server = new Command().addHelpText(
    'after',
    '\nExamples:\n  kedge server status\n  kedge server start --foreground --port 7070',
  );
  server
    .command('start')
    .description('start it, in the background unless told otherwise')
    .option('--port <port>', 'loopback port; 0 takes any free one', port, 0)
    .option('--foreground', 'stay in this process', false)
    .action(async (options: StartOptions) => start(context, options));
  server
    .command('stop')
    .description('end it; runs go on, and are found again at the next start')
    .action(async () => stop(context));
  server
    .command('status')
    .description('whether it runs, and where')
    .addOption(formatOption())
    .action(async ({ output }: { readonly output: Format }) => status(context, output));
  return server;
}

async function start(context: Context, options: StartOptions): Promise<void> {
  if (options.foreground) {
    const ready = (): void => context.io.err('kedge: the server is ready\n');
    await context.wiring.serve({ port: options.port, ready });
    return;
  }
  const running = await findServer(context);
  if (running !== null) {
    const where = `at ${running.url}, pid ${running.health.pid}`;
    throw new KedgeError('server.already-running', `the server runs already ${where}`, {
      hint: 'to start it anew: `kedge server stop`; no run is lost',
    });
  }
  await context.wiring.spawnServer({ port: options.port, env: context.env });
  const started = await findServer(context);
  if (started === null)
    throw new KedgeError('server.start-failed', 'the server has ended again', {
      hint: `see ${context.home.serverLogFile}`,
    });
  context.io.err(`kedge: the server runs at ${started.url}\n`);
}

async function stop(context: Context): Promise<void> {
  const running = await findServer(context);
  if (running === null) {
    context.io.err('kedge: no server runs\n');
    return;
  }
  await endServer(running);
  const { activeRuns } = running.health;
  const runs = activeRuns === 1 ? '1 run goes' : `${activeRuns} runs go`;
  context.io.err(
    `kedge: the server has stopped${activeRuns === 0 ? '' : `; ${runs} on without it`}\n`,
  );
}

async function status(context: Context, output: Format): Promise<void> {
  const running = await findServer(context);
  const { databaseFile, tokenFile, serverLogFile } = context.home;
  await print(context, output, {
    json: () => toWire({ running: running !== null, url: running?.url, health: running?.health }),
    names: () => (running === null ? [] : [running.url]),
    table: () => {
      if (running === null) return 'no server runs; the first command that needs one starts it\n';
      const { pid, version, startedAt, activeRuns } = running.health;
      return [
        `url       ${running.url}`,
        `pid       ${pid}, version ${version}, since ${isoTime(startedAt)}`,
        `runs      ${activeRuns} active`,
        `database  ${databaseFile}`,
        `token     ${tokenFile}`,
        `log       ${serverLogFile}`,
        '',
      ].join('\n');
    },
  });
  if (running === null) context.exit.code = 1;
}
