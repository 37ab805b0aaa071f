import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { KedgeError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { Client } from '../../sdk/client.ts';
import type { StartedCommand } from '../../sdk/exec-command.ts';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { FOLLOW_FAILED } from '../follow.ts';
import { callServer, needServer } from '../local-server.ts';
import { wholeNumber } from '../parse-number.ts';
import { printError } from '../print-error.ts';

/** In one request. */
const SENT_BYTES_MAX = MIB;

type Options = { readonly rank: number; readonly task?: string };

const EXAMPLES = `
Examples:
  kedge exec digits -- nvidia-smi
  kedge exec digits --rank 1 -- sh -c 'ls "$KEDGE_CHECKPOINT_DIR"'
  tar c data | kedge exec digits -- tar x

The command gets the variables and the working directory of the task, and what
comes on stdin; no shell is between, and no terminal is made for it. It is ended
when you interrupt it, and when its task ends. Exits with the command's code;
with ${FOLLOW_FAILED} when Kedge itself fails.`;

/** `kedge exec`: runs a command beside the task of a run. */
export function command(context: Context): Command {
  return new Command()
    .argument('<run>', 'id, end of an id, or name')
    .argument('<command...>', 'what to run, after --')
    .option('--rank <n>', 'the node of a gang', wholeNumber, 0)
    .option('--task <name>', 'the task of a pipeline')
    .addHelpText('after', EXAMPLES)
    .action(async (word: string, words: readonly string[], options: Options) => {
      try {
        context.exit.code = await exec(context, { word, words, options });
      } catch (error) {
        if (context.interrupt.aborted) throw error;
        printError(context.io, error);
        context.exit.code = FOLLOW_FAILED;
      }
    });
}

/** Gives the exit code of the command. Errors: `run.not-running`, `server.not-running`. */
async function exec(
  context: Context,
  asked: { readonly word: string; readonly words: readonly string[]; readonly options: Options },
): Promise<number> {
  const { word, words, options } = asked;
  const { runId } = await callServer(context, (client) => findRun(client, word));
  // Asked once: a command that has begun must not be begun again.
  const client = await needServer(context);
  const { task = null, rank } = options;
  const started = await client.exec(runId, { command: [...words], task, rank, stdin: true });
  void sendStdin(client, { runId, started });
  const errors = new TextDecoder();
  for await (const part of started.output) {
    if ('exitCode' in part) return part.exitCode;
    if (part.stream === 'stdout') context.io.out(part.bytes);
    else context.io.err(errors.decode(part.bytes, { stream: true }));
  }
  throw new KedgeError('server.failed', 'the server was cut off before the command had ended', {
    hint: 'see `kedge logs` for the task: it goes on',
  });
}

/** A command that has ended, or that reads nothing, needs none of it. */
async function sendStdin(
  client: Client,
  { runId, started }: { readonly runId: string; readonly started: StartedCommand },
): Promise<void> {
  const send = (bytes: Uint8Array | null) => client.execStdin(runId, started.session, bytes);
  // Read in pieces of 64 KiB, sent as much at once as has come since the last request.
  const wide = process.stdin.pipe(new PassThrough({ highWaterMark: SENT_BYTES_MAX }));
  try {
    for await (const bytes of wide) await send(bytes as Uint8Array);
    await send(null);
  } catch {
    // Its output tells how it ended.
  }
}
