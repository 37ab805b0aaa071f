import { Command } from 'commander';
import { showUsd, usd, usdPerUnit } from '../../base/money.ts';
import { formatDuration, HOUR_MS, isoTime } from '../../base/time.ts';
import { formatBytes } from '../../base/units.ts';
import type { Advice, AllocationAdvice } from '../../spec/advice.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print } from '../output.ts';

const EXAMPLES = `
Examples:
  kedge advise
  kedge advise digits -o json

It changes nothing: \`kedge move RUN --to PLACE\` does, and with
\`kedge up --auto-retune\` Kedge does it whenever that pays.`;

/** `kedge advise`: what a re-plan of a run that goes on would choose now, and save. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (word: string | undefined, { output }: { readonly output: Format }) => {
      const advice = await callServer(context, async (client) => {
        const { runId } = await findRun(client, word);
        return client.advice(runId);
      });
      await print(context, output, {
        json: () => toWire(advice),
        names: () => advice.allocations.flatMap(({ to }) => (to === null ? [] : [to.offerId])),
        table: () => describe(advice),
      });
    });
}

function describe({ runId, allocations }: Advice): string {
  if (allocations.length === 0) return `${runId} has ended: there is nothing to plan anew\n`;
  return `${allocations.flatMap((one) => describeOne(one, allocations.length > 1)).join('\n')}\n`;
}

function describeOne(advice: AllocationAdvice, isOneOfMany: boolean): readonly string[] {
  const { here, hoursLeft, to } = advice;
  const name = isOneOfMany ? `${advice.taskName ?? `task ${advice.allocation}`}: ` : '';
  const left = hoursLeft === null ? '' : `, ${hoursOf(hoursLeft)} left`;
  return [
    `${name}at ${here.offerId}, ${perHour(here.nanosPerHour, here.count)}${left}`,
    ...measuredLines(advice),
    to === null ? `  keep: ${advice.reason}` : `  move to ${to.offerId}: ${savings(advice)}`,
    ...waitLine(advice),
  ];
}

function measuredLines({ measured, fitted }: AllocationAdvice): readonly string[] {
  if (measured === null) return ['  nothing of it has been measured yet'];
  const { cpuPeakCores, memoryPeakBytes, overMs } = measured;
  const cpu = cpuPeakCores === null ? null : `${cpuPeakCores.toFixed(2)} vCPUs`;
  const memory = memoryPeakBytes === null ? null : formatBytes(memoryPeakBytes);
  const used = [cpu, memory].filter((part) => part !== null).join(' and ');
  const over = formatDuration(overMs);
  if (used === '') return ['  its place does not tell what it uses'];
  const line = `  it has used ${used} at most in ${over}`;
  if (fitted === null) return [line];
  return [
    line,
    `  so that it would be asked for as cpus: ${fitted.cpus}+, memory: ${fitted.memoryGib}+`,
  ];
}

function savings({ savesMicros, savesNanosPerHour, paybackHours }: AllocationAdvice): string {
  const hourly = savesNanosPerHour === null ? null : `${showUsd(usdPerUnit(savesNanosPerHour))}/h`;
  const total = savesMicros === null ? null : `${showUsd(usd(savesMicros))} in all`;
  const saved = [hourly, total].filter((part) => part !== null).join(', ');
  return `it saves ${saved}, and has paid for itself after ${hoursOf(paybackHours ?? 0)}`;
}

function waitLine({ notBefore, to }: AllocationAdvice): readonly string[] {
  if (notBefore === null || to !== null) return [];
  return [`  its last move has paid for itself at ${isoTime(notBefore)}`];
}

function hoursOf(hours: number): string {
  return formatDuration(Math.round(hours * HOUR_MS));
}

function perHour(nanosPerHour: AllocationAdvice['here']['nanosPerHour'], count: number): string {
  const price = `${showUsd(usdPerUnit(nanosPerHour))}/h`;
  return count === 1 ? price : `${count} × ${price}`;
}
