import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { KedgeError } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { formatBytes } from '../../base/units.ts';
import type { Client } from '../../sdk/client.ts';
import { innerPath, type PulledFile } from '../../spec/artifact.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Run } from '../../spec/run.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { needServer } from '../local-server.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';
import { pullFile } from '../pull-file.ts';
import { StatusLine } from '../status-line.ts';

const EXAMPLES = `
Examples:
  kedge pull                        artifacts of the newest run
  kedge pull digits out/model.bin   one file, to ./digits-<id>/out/model.bin
  kedge pull digits --to results    all artifacts, to ./results
  kedge pull digits logs --list     what there is at a path

Without artifacts at the path, it is looked for in the working directory of the
task, while and after it runs. An interrupted pull goes on where it was.`;

type Options = {
  readonly to?: string;
  readonly list: boolean;
  readonly output: Format;
};

/** `kedge pull`: brings what a run has left behind to this machine. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .argument('[path]', 'a file or folder of the task; default: all artifacts')
    .option('--to <dir>', 'the folder to write to; default: <name>-<end of id>')
    .option('-l, --list', 'only list what there is', false)
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (word: string | undefined, path: string | undefined, options: Options) =>
      pull(context, { word, path, ...options }),
    );
}

type Pull = Options & { readonly word: string | undefined; readonly path: string | undefined };

async function pull(context: Context, { word, path, ...options }: Pull): Promise<void> {
  const under = innerPath(path ?? '');
  if (under === null) {
    throw new KedgeError('cli.usage', `${path} is no path within the working directory`);
  }
  const client = await needServer(context);
  const { runId } = await findRun(client, word);
  const { run, plan } = await client.run(runId);
  const isListing = options.list;
  const files = await findFiles(client, runId, { under, hasPath: path !== undefined || isListing });
  if (isListing) return printList(context, options.output, files);
  if (files.length === 0) throw nothing(run, path);
  await pullAll(context, { client, run, plan, files, to: options.to ?? folderName(run) });
}

/** Artifacts; where there are none at a path, what the working directory has there. */
async function findFiles(
  client: Client,
  runId: string,
  { under, hasPath }: { readonly under: string; readonly hasPath: boolean },
): Promise<readonly PulledFile[]> {
  const kept = await client.files(runId, { source: 'artifact', under });
  if (kept.length > 0 || !hasPath) return kept;
  return client.files(runId, { source: 'work', under });
}

async function printList(
  context: Context,
  output: Format,
  files: readonly PulledFile[],
): Promise<void> {
  await print(context, output, {
    json: () => toWire(files),
    names: () => files.map(({ path }) => path),
    table: () =>
      renderTable(
        ['SIZE', 'MODIFIED', 'FROM', 'RANK', 'PATH'],
        files.map(({ size, modifiedAt, source, rank, path }) => [
          formatBytes(size),
          isoTime(modifiedAt).slice(0, 19),
          source === 'artifact' ? 'artifacts' : 'workdir',
          String(rank),
          shown(context, path),
        ]),
        tableColumns(context.io),
      ),
  });
}

type Work = {
  readonly client: Client;
  readonly run: Run;
  readonly plan: Plan;
  readonly files: readonly PulledFile[];
  readonly to: string;
};

/** Prints the path of each file that has come, as a script may want it. */
async function pullAll(context: Context, { client, run, plan, files, to }: Work): Promise<void> {
  const { io, cwd, interrupt: signal } = context;
  const folder = resolve(cwd, to);
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const status = new StatusLine(io);
  let [done, fresh] = [0, 0];
  const onBytes = (count: number): void => {
    done += count;
    status.show(`kedge: ${formatBytes(done)} of ${formatBytes(total)}`);
  };
  const target = { client, runId: run.runId, root, onBytes, signal };
  const below = placer(plan, files);
  try {
    for (const file of files) {
      const path = below(file);
      signal.throwIfAborted();
      if (await pullFile(target, file, path)) fresh++;
      status.clear();
      io.out(`${shown(context, join(to, path))}\n`);
    }
  } finally {
    status.clear();
  }
  const same = files.length - fresh;
  const rest = same === 0 ? '' : `, ${same} were there already`;
  const what = fresh === 1 ? '1 file' : `${fresh} files`;
  io.err(`kedge: ${what} pulled to ${to}${rest}\n`);
}

/** Files of several tasks or ranks of one run lie apart, in folders of their names. */
function placer(plan: Plan, files: readonly PulledFile[]): (file: PulledFile) => string {
  const isMany = <Key>(keyOf: (file: PulledFile) => Key): boolean =>
    new Set(files.map(keyOf)).size > 1;
  const hasTasks = isMany(({ allocation }) => allocation);
  const ranked = new Set(
    plan.allocations.flatMap(({ count }, allocation) => (count > 1 ? [allocation] : [])),
  );
  return ({ allocation, rank, path }) => {
    const name = plan.allocations[allocation]?.taskName ?? 'task';
    const task = hasTasks ? `${allocation}-${safeName(name)}` : '';
    return join(task, ranked.has(allocation) ? String(rank) : '', path);
  };
}

/** A terminal must not obey what a task has put into the name of a file. */
function shown({ io }: Context, path: string): string {
  return io.outIsTerminal ? path.replace(/\p{Cc}/gu, '?') : path;
}

function folderName({ name, runId }: Run): string {
  return `${safeName(name)}-${runId.slice(-8)}`;
}

function safeName(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'run';
}

function nothing(run: Run, path: string | undefined): KedgeError {
  const what = path === undefined ? 'no artifacts' : `nothing at ${path}`;
  const hint =
    path === undefined
      ? 'name some in the task file, `artifacts: [{path: out/}]`, or give the path of a file'
      : 'list what there is with `kedge pull RUN --list`';
  return new KedgeError('files.not-found', `${run.name} has ${what}`, { hint });
}
