import { Command } from 'commander';
import { showUsd, usd } from '../../base/money.ts';
import { asEpochMs, formatDuration, isoTime } from '../../base/time.ts';
import type { Client } from '../../sdk/client.ts';
import { currentLine, lineOf } from '../../spec/place-of-attempt.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Run } from '../../spec/run.ts';
import { packSamples } from '../../spec/top.ts';
import { type Json, toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { keptWords } from '../describe-artifacts.ts';
import { queueLines } from '../describe-queue.ts';
import { alarmLines, usageLines } from '../describe-usage.ts';
import { findRun } from '../find-run.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';
import { marksFor } from '../sparkline.ts';

/** `kedge show`: one run with its plan, attempts and events. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge show\n  kedge show digits -o json')
    .action(async (word: string | undefined, { output }: { readonly output: Format }) => {
      const { run, plan, events, bill, samples, queue } = await callServer(
        context,
        async (client) => {
          const { runId } = await findRun(client, word);
          const [all, cost] = [await allEvents(client, runId), await client.bill(runId)];
          const used = await client.samples(runId);
          const line = await client.queue(runId);
          const told = { events: all, bill: cost, samples: used, queue: line };
          return { ...(await client.run(runId)), ...told };
        },
      );
      const marks = marksFor(context.env);
      const now = asEpochMs(Date.now());
      await print(context, output, {
        json: () => ({
          run: toWire(run),
          plan: toWire(plan),
          bill: toWire(bill),
          samples: toWire(packSamples(samples)),
          queue: toWire(queue),
          events,
        }),
        names: () => [run.runId],
        table: () =>
          [
            ...summary(run, plan),
            `cost     ${showUsd(usd(bill.costMicros))}${bill.estimated ? ' (estimate)' : ''}`,
            ...queueLines(queue, now),
            ...alarmLines(run),
            ...usageLines(samples, { columns: context.io.columns, marks, now }),
            '',
            nodeTable(run, plan, tableColumns(context.io)),
            eventTable(events, plan, tableColumns(context.io)),
          ].join('\n'),
      });
    });
}

async function allEvents(client: Client, runId: string): Promise<readonly Json[]> {
  const events: Json[] = [];
  for (;;) {
    const page = await client.events(runId, events.length);
    events.push(...page);
    if (page.length === 0) return events;
  }
}

function summary(run: Run, plan: Plan): string[] {
  const started = run.startedAt === null ? '-' : isoTime(run.startedAt);
  const took =
    run.startedAt === null || run.endedAt === null
      ? ''
      : ` (took ${formatDuration(run.endedAt - run.startedAt)})`;
  return [
    `run      ${run.runId}`,
    `name     ${run.name}`,
    `state    ${run.state}${run.outcome === null ? '' : `, ${run.outcome}`}`,
    ...(run.reason === null ? [] : [`reason   ${run.reason}`]),
    `place    ${placesOf(run, plan).join(', ')}`,
    `started  ${started}${took}`,
  ];
}

/** Where each of its allocations is now, or will be. */
function placesOf(run: Run, plan: Plan): readonly string[] {
  const places = plan.allocations.map((_, line) => currentLine(run, plan, line).place);
  return [...new Set(places)];
}

function nodeTable(run: Run, plan: Plan, columns: number): string {
  const rows = run.nodes.map((node) => [
    plan.allocations[node.allocation]?.taskName ?? String(node.allocation),
    lineOf(run, plan, node).place,
    String(node.attempt),
    String(node.rank),
    node.outcome ?? node.state,
    node.exitCode === null ? '-' : String(node.exitCode),
  ]);
  return renderTable(['TASK', 'PLACE', 'ATTEMPT', 'RANK', 'STATE', 'EXIT'], rows, columns);
}

function eventTable(events: readonly Json[], plan: Plan, columns: number): string {
  const rows = (events as { at: string; type: string; data: Record<string, Json> }[]).map(
    ({ at, type, data }) => [at.slice(11, 23), type, words(data, plan)],
  );
  return renderTable(['TIME (UTC)', 'EVENT', ''], rows, columns);
}

/** What a person wants of an event's data: where, then why. */
function words(data: Readonly<Record<string, Json>>, { allocations }: Plan): string {
  const line = allocations[Number(data['allocation'])];
  const task = allocations.length > 1 ? line?.taskName : undefined;
  const where = typeof data['attempt'] === 'number' ? `attempt ${data['attempt']}` : '';
  const rank = typeof data['rank'] === 'number' ? `node ${data['rank']}` : '';
  const kind = data['kind'] ?? '';
  const why = data['reason'] ?? data['place'] ?? data['name'] ?? keptWords(data);
  return [task, where, rank, kind, why].filter(Boolean).join(', ');
}
