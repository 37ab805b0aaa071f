import { showUsd, usd } from '../base/money.ts';
import { formatDuration } from '../base/time.ts';
import type { Run } from '../spec/run.ts';
import type { Context } from './context.ts';
import { keptLine } from './describe-artifacts.ts';
import { callServer } from './local-server.ts';

/** The last lines of a followed run, on stderr: how it ended, how long it took, its bill. */
export async function printOutcome(context: Context, run: Run): Promise<void> {
  const { io } = context;
  const { bill, kept } = await callServer(context, async (client) => {
    return { bill: await client.bill(run.runId), kept: await keptLine(client, run) };
  });
  const begun = run.startedAt ?? run.createdAt;
  const took = formatDuration((run.endedAt ?? begun) - begun);
  const hint = run.exitCode === 127 ? ' (127: a command was not found)' : '';
  io.err(`kedge: ${run.name} ${run.outcome}: ${run.reason}${hint}\n`);
  const estimate = bill.estimated ? ' (estimate)' : '';
  io.err(`kedge: ran ${took}, cost ${showUsd(usd(bill.costMicros))}${estimate}\n`);
  if (kept !== null) io.err(kept);
}
