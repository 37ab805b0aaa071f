import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { addMicros, showUsd, usd } from '../../base/money.ts';
import { asEpochMs, type EpochMs, formatDuration, isoTime, SECOND_MS } from '../../base/time.ts';
import { formatBytes } from '../../base/units.ts';
import type { NodeNow } from '../../spec/top.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { cores, percent } from '../describe-usage.ts';
import { findRun } from '../find-run.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';

type Options = { readonly output: Format; readonly once: boolean };

const REFRESH_MS = 2 * SECOND_MS;
/** To the upper left, and erase all. Source: ECMA-48, CUP and ED with 2. */
const CLEAR = '\u001b[H\u001b[2J';
/** The end of an id is random, and so tells runs apart. */
const SHORT_ID = 8;
const NAME_CHARS_MAX = 14;

/** `kedge top`: what the nodes that run use now; again and again on a terminal. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: all that run')
    .option('--once', 'print once, on a terminal too', false)
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge top\n  kedge top digits --once -o json')
    .action(async (word: string | undefined, { output, once }: Options) => {
      const { io, interrupt } = context;
      const isLive = !once && io.outIsTerminal && (output === 'table' || output === 'wide');
      for (;;) {
        const nodes = await nodesNow(context, word);
        if (isLive) io.out(CLEAR);
        await print(context, output, {
          json: () => toWire({ nodes }),
          names: () => [...new Set(nodes.map(({ runId }) => runId))],
          table: (wide) => topTable(nodes, { wide, columns: tableColumns(io), now: now() }),
        });
        if (!isLive) return;
        await delay(REFRESH_MS, undefined, { signal: interrupt }).catch(() => undefined);
        if (interrupt.aborted) return;
      }
    });
}

async function nodesNow(context: Context, word: string | undefined): Promise<readonly NodeNow[]> {
  return callServer(context, async (client) => {
    if (word === undefined) return client.top();
    const { runId } = await findRun(client, word);
    return (await client.top()).filter((node) => node.runId === runId);
  });
}

function now(): EpochMs {
  return asEpochMs(Date.now());
}

type TableOptions = { readonly wide: boolean; readonly columns: number; readonly now: EpochMs };

function topTable(nodes: readonly NodeNow[], { wide, columns, now: at }: TableOptions): string {
  if (nodes.length === 0) return 'nothing runs; start a task with `kedge up TASK.yaml`\n';
  const transfers = wide ? ['DISK', 'NET', 'PLACE'] : [];
  const hasGpu = wide || nodes.some(({ gpu }) => gpu !== null);
  const gpus = hasGpu ? ['GPU'] : [];
  const headings = ['RUN', 'NAME', 'NODE', 'CPU', 'MEMORY', ...gpus, ...transfers];
  const rows = nodes.map((node) => [
    node.runId.slice(-SHORT_ID),
    node.name.slice(0, NAME_CHARS_MAX),
    `${node.allocation}/${node.attempt}/${node.rank}`,
    node.cpuCores === null ? '-' : cores(node.cpuCores),
    memoryCell(node),
    ...(hasGpu ? [node.gpu === null ? '-' : percent(node.gpu)] : []),
    ...(wide
      ? [pair(node.diskRead, node.diskWrite), pair(node.netRx, node.netTx), node.place]
      : []),
    node.progress === null ? '-' : percent(node.progress.done),
    endCell(node, at),
    showUsd(usd(node.costMicros)),
    node.alarms.map(({ kind }) => kind).join(', ') || (node.state === 'running' ? '' : node.state),
  ]);
  const table = renderTable([...headings, 'DONE', 'ENDS IN', 'COST', 'ALARM'], rows, columns);
  const cost = showUsd(usd(addMicros(...nodes.map(({ costMicros }) => costMicros))));
  const count = `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`;
  return `${isoTime(at).slice(11, 19)} UTC, ${count}, ${cost} so far\n${table}`;
}

function memoryCell({ memoryBytes, memoryLimitBytes }: NodeNow): string {
  if (memoryBytes === null) return '-';
  const share =
    memoryLimitBytes === null ? '' : ` ${Math.round((100 * memoryBytes) / memoryLimitBytes)}%`;
  return `${formatBytes(memoryBytes)}${share}`;
}

/** Read and written, or received and sent. */
function pair(to: number | null, from: number | null): string {
  if (to === null || from === null) return '-';
  return `${formatBytes(Math.round(to))}/s, ${formatBytes(Math.round(from))}/s`;
}

function endCell({ progress }: NodeNow, at: EpochMs): string {
  const endsAt = progress?.endsAt ?? null;
  return endsAt === null ? '-' : formatDuration(Math.max(0, endsAt - at));
}
