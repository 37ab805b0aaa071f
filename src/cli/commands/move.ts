import { Command } from 'commander';
import { KedgeError } from '../../base/errors.ts';
import { isUnderWay, lineOf } from '../../spec/place-of-attempt.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Move, Run } from '../../spec/run.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { describeMove, type MoveStory } from '../describe-move.ts';
import { findRun } from '../find-run.ts';
import { INTERRUPTED } from '../follow.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print } from '../output.ts';

type Options = {
  readonly to: string;
  readonly task?: string;
  readonly detach: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly output: Format;
};

const EXAMPLES = `
Examples:
  kedge move digits --to docker
  kedge move digits --to local --dry-run

The task is asked to end (SIGTERM, ten seconds to write a checkpoint), its
checkpoint is copied and compared byte by byte, and it goes on at the new place.
It never runs in two places; where the new one turns it away, it goes on where
it was.`;

const POLL_MS = 300;

/** `kedge move`: hauls a run elsewhere, and tells what it cost, lost and will save. */
export function command(context: Context): Command {
  return new Command()
    .argument('<run>', 'id, end of an id, or name')
    .requiredOption('--to <place>', 'a place, as `kedge check` names them')
    .option('--task <name>', 'one task of several; default: all that have not ended')
    .option('-d, --detach', 'do not wait until it runs there', false)
    .option('-y, --yes', 'never ask', false)
    .option('--dry-run', 'say what would be refused, and move nothing', false)
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (word: string, options: Options) => moveRun(context, word, options));
}

async function moveRun(context: Context, word: string, options: Options): Promise<void> {
  const { to: place, task = null, dryRun } = options;
  const { runId, name } = await callServer(context, (client) => findRun(client, word));
  const request = { place, task };
  const asking = { ...request, dryRun: true };
  const { losses } = await callServer(context, (client) => client.move(runId, asking));
  for (const loss of losses) context.io.err(`note: ${loss}\n`);
  if (dryRun) {
    context.io.err(`kedge: would move ${runId} (${name}) to ${place}\n`);
    return;
  }
  if (losses.length > 0 && !(await confirmed(context, options.yes))) return;
  const answer = await callServer(context, (client) =>
    client.move(runId, { ...request, dryRun: false }),
  );
  const asked = answer.run.moves.filter(isUnderWay);
  for (const { line } of asked) context.io.err(`kedge: ${runId} moves to ${line.offerId}\n`);
  if (options.detach) return;
  const stories = await untilMoved(context, { runId, asked });
  await print(context, options.output, {
    json: () => toWire(stories.map((story) => story.move)),
    names: () => [runId],
    table: () => `${stories.flatMap(describeMove).join('\n')}\n`,
  });
  const failed = stories.find((story) => story.move.state !== 'moved');
  if (failed !== undefined) throw notMoved(runId, failed.move);
}

/** Asked only on a terminal: a script that moves knows what it does. */
async function confirmed({ io, exit }: Context, yes: boolean): Promise<boolean> {
  if (yes || !io.inIsTerminal || !io.errIsTerminal) return true;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: 'Move it all the same?', output: process.stderr });
  if (answer === true) return true;
  exit.code = isCancel(answer) ? INTERRUPTED : 1;
  return false;
}

/** Waits until each has come to its end; the run goes on whatever happens on this side. */
async function untilMoved(
  context: Context,
  { runId, asked }: { readonly runId: string; readonly asked: readonly Move[] },
): Promise<readonly MoveStory[]> {
  const numbers = new Set(asked.map((one) => one.move));
  let told = '';
  for (;;) {
    context.interrupt.throwIfAborted();
    const { run, plan } = await callServer(context, (client) => client.run(runId));
    const moves = run.moves.filter((one) => numbers.has(one.move));
    const delayed = moves.find((one) => one.delayedAt !== null && one.endedAt === null)?.reason;
    if (delayed !== undefined && delayed !== told) {
      told = delayed;
      context.io.err(`kedge: it waits: ${delayed}\n`);
    }
    if (moves.every(({ endedAt }) => endedAt !== null)) {
      return moves.map((one) => ({ run, plan, move: one, ...placesOf(run, plan, one) }));
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function placesOf(run: Run, plan: Plan, move: Move): Pick<MoveStory, 'from' | 'to'> {
  const own = run.attempts.filter((attempt) => attempt.allocation === move.allocation);
  const before = own.findLast((attempt) => attempt.move < move.move);
  const after = own.find((attempt) => attempt.move === move.move);
  const from = before ?? null;
  return {
    from: from === null ? null : { line: lineOf(run, plan, from), attempt: from },
    to: after ?? null,
  };
}

function notMoved(runId: string, { reason }: Move): KedgeError {
  return new KedgeError('move.refused', `${runId} was not moved: ${reason}`, {
    hint: 'it goes on where it was; see `kedge show`',
  });
}
