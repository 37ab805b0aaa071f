import { type Rate, showMicros, showRate } from '../../base/money.ts';
import { formatDuration, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import type { Refusal } from '../../spec/match.ts';
import type { Alternative, Plan, PlanAllocation, PlanTransfer } from '../../spec/plan.ts';
import type { SpotRun } from '../../spec/spot-run.ts';
import { alignColumns, wrapLine } from './columns.ts';
import { servingWords } from './explain-serving.ts';
import { carbonWords, objectiveWords } from './plan-carbon.ts';
import { inWords, laterWords, waitWords } from './plan-start.ts';
import { replicaWords } from './replica-words.ts';

export type ExplainOptions = {
  /** Every alternative and refusal, instead of the first few. */
  readonly verbose: boolean;
  /** Width of the lines. */
  readonly columns: number;
};

const FEW = 5;

/**
 * A plan in words, a line each: what, why it is the best, what it would cost elsewhere, what was
 * refused and what would let it in.
 */
export function explainPlan(plan: Plan, options: ExplainOptions): readonly string[] {
  const few = options.verbose ? Infinity : FEW;
  return [
    ...wrapLine(headline(plan), options.columns),
    ...plan.allocations.flatMap((line) => [
      ...wrapLine(allocationWords(line), options.columns),
      ...wrapSpot(line, options.columns),
      ...wrapReplica(line, options.columns),
    ]),
    ...(plan.transfers ?? []).flatMap((one) => wrapLine(transferWords(plan, one), options.columns)),
    ...waitWords(plan).flatMap((one) => wrapLine(one, options.columns)),
    ...carbonWords(plan).flatMap((one) => wrapLine(one, options.columns)),
    ...servingWords(plan, options.verbose).flatMap((one) => wrapLine(one, options.columns)),
    ...wrapLine(`  ${boundWords(plan)}`, options.columns),
    ...launchNote(plan).flatMap((note) => wrapLine(note, options.columns)),
    ...alternativeLines(plan, few),
    ...refusalLines(plan.refusals, few, options.columns),
  ];
}

function headline({ name, costMicros, hours, nanosPerHour, interval }: Plan): string {
  const title = name ?? 'plan';
  if (costMicros === null)
    return `${title}: ${showRate(nanosPerHour!)} an hour, for as long as it takes`;
  const cost = showMicros(costMicros);
  const time = hours === null ? '' : ` in ${hoursWords(hours)}`;
  if (interval === null) return `${title}: ${cost}${time}`;
  const { costLowMicros, costHighMicros, hoursLow, hoursHigh } = interval;
  const money = `${showMicros(costLowMicros)} to ${showMicros(costHighMicros)}`;
  return `${title}: ${cost}${time} (8 of 10 times ${money}, ${hoursWords(hoursLow)} to ${hoursWords(hoursHigh)})`;
}

function allocationWords(line: PlanAllocation): string {
  const { count, hours, nanosPerHour, costMicros, source, asOf, estimated } = line;
  const price = `${showRate(nanosPerHour)}/h${laterWords(line)}${count > 1 ? ' each' : ''}`;
  const begins = line.startS ? `, beginning in ${inWords(line.startS)},` : '';
  const time = hours === null ? '' : ` for ${hoursWords(hours)}${begins}`;
  const cost = costMicros === null ? '' : ` = ${showMicros(costMicros)}`;
  const kind = estimated ? 'estimate' : 'price';
  return `  ${count} × ${machineWords(line)}${time} at ${price}${cost} (${kind}: ${source}, ${asOf})`;
}

function wrapSpot({ spotRun }: PlanAllocation, columns: number): readonly string[] {
  return spotRun === undefined ? [] : wrapLine(`    ${spotWords(spotRun)}`, columns);
}

function wrapReplica(line: PlanAllocation, columns: number): readonly string[] {
  const words = replicaWords(line);
  return words === null ? [] : wrapLine(`    ${words}`, columns);
}

function spotWords(run: SpotRun): string {
  const { hours, spotHours, onDemandHours, onDemand, preemptions, checkpointEveryS } = run;
  const isMixed = onDemand !== null && onDemandHours > 0;
  const waitHours = hours - spotHours - onDemandHours;
  const parts = [
    `${hoursWords(spotHours)} paid on spot`,
    ...(isMixed
      ? [`${hoursWords(onDemandHours)} on demand at ${showRate(onDemand.nanosPerHour)}/h`]
      : []),
    ...(waitHours * HOUR_MS >= MINUTE_MS ? [`${hoursWords(waitHours)} of waits`] : []),
    `${Number(preemptions.toPrecision(2))} interruptions`,
    ...(checkpointEveryS === null
      ? []
      : [`a checkpoint every ${formatDuration(checkpointEveryS * SECOND_MS)}`]),
  ];
  return `expected: ${parts.join(', ')}`;
}

function transferWords({ allocations }: Plan, transfer: PlanTransfer): string {
  const { from, to, gigabytes, fromPlace, toPlace, costMicros } = transfer;
  const nameOf = (task: number): string =>
    allocations.find((line) => line.task === task)?.taskName ?? `task ${task + 1}`;
  const where = fromPlace === toPlace ? `within ${fromPlace}` : `${fromPlace} → ${toPlace}`;
  const cost = costMicros === 0 ? 'free' : showMicros(costMicros);
  return `  data ${nameOf(from)} → ${nameOf(to)}: ${gigabytes} GB ${where}, ${cost}`;
}

type Machine = Pick<
  PlanAllocation,
  'place' | 'instance' | 'accelerator' | 'acceleratorCount' | 'spot'
>;

function machineWords({ place, instance, accelerator, acceleratorCount, spot }: Machine): string {
  const parts = [
    place,
    instance === place ? null : instance,
    accelerator === null ? null : `${accelerator}:${acceleratorCount}`,
    spot ? 'spot' : null,
  ];
  return parts.filter((part) => part !== null).join(' ');
}

const PROOF_WORDS: Readonly<Record<string, string>> = {
  enumeration: 'all ways were compared',
  dp: 'the exact recurrence was redone',
  duals: 'by the prices of what is needed and scarce, in exact integers',
  tree: 'a recorded search was redone, in exact integers',
};

/** Where nothing proves how cheap a plan can be. */
const NO_BOUND: Readonly<Record<Plan['minimize'], string>> = {
  cost: 'the cheapest that was found; nothing is proven',
  time: 'the fastest that was found, and the cheapest of those',
  carbon: 'the least carbon that was found, and the cheapest of those',
  weighted: 'the best that was found by these prices',
};

function boundWords(plan: Plan): string {
  const { bound, gap, minimize, costMicros } = plan;
  const other = objectiveWords(plan);
  if (other !== null) return other;
  if (bound === null && costMicros !== null) return NO_BOUND[minimize];
  if (bound === null) {
    return 'the cheapest by the hour; nothing tells how long it takes, so it has no total: add work, or model and training';
  }
  const proof = PROOF_WORDS[bound.proof];
  const limit = `${showMicros(bound.micros)}${costMicros === null ? ' an hour' : ''}`;
  if (proof === undefined) return `claimed by the solver: nothing is below ${limit}`;
  const faster = minimize === 'time' ? ' that is as fast' : '';
  if (gap === 0) return `proven: no plan${faster} costs less than ${limit} (${proof})`;
  const percent = (100 * gap!).toPrecision(2);
  return `proven within ${percent} %: no plan${faster} costs less than ${limit} (${proof})`;
}

function launchNote({ allocations }: Plan): readonly string[] {
  const places = [
    ...new Set(allocations.filter((line) => !line.launchable).map((line) => line.provider)),
  ];
  if (places.length === 0 || places.includes('inline')) return [];
  const names = places.join(', ');
  return [
    `  note: what-if: Kedge has no driver for ${names} yet; \`kedge up\` takes the best place of \`kedge check\``,
  ];
}

function alternativeLines({ alternatives, allocations }: Plan, few: number): readonly string[] {
  if (alternatives.length === 0) return [];
  const several = allocations.some(({ task }) => task > 0);
  const rows = alternatives.slice(0, few).map((other) => alternativeRow(other, several));
  const more = alternatives.length - rows.length;
  return [
    '',
    'Elsewhere, or faster:',
    ...alignColumns(rows).map((row) => `  ${row}`),
    ...(more > 0 ? [`  and ${more} more: -o wide`] : []),
  ];
}

function alternativeRow(other: Alternative, several: boolean): readonly string[] {
  const { costMicros, hours, nanosPerHour, count, task } = other;
  const cost =
    costMicros === null ? `${showRate((nanosPerHour * count) as Rate)}/h` : showMicros(costMicros);
  const begins = other.startS ? ` in ${inWords(other.startS)}` : '';
  const time = hours === null ? '' : `${hoursWords(hours)}${begins}`;
  const machine = `${count > 1 ? `${count} × ` : ''}${machineWords(other)}`;
  return [...(several ? [`task ${task + 1}`] : []), cost, time, machine];
}

function refusalLines(
  refusals: readonly Refusal[],
  few: number,
  columns: number,
): readonly string[] {
  if (refusals.length === 0) return [];
  const offers = refusals.reduce((sum, refusal) => sum + refusal.offers, 0);
  const shown = refusals.slice(0, few);
  const more = refusals.length - shown.length;
  return [
    '',
    `Refused: ${offers} offers; the nearest, and what would let them in:`,
    ...shown.flatMap((refusal) => wrapLine(refusalWords(refusal), columns)),
    ...(more > 0 ? [`  and ${more} more reasons: -o wide`] : []),
  ];
}

function refusalWords({ place, instance, offers, reason, fix }: Refusal): string {
  const machine = instance === null || instance === place ? '' : ` ${instance}`;
  const count = offers > 1 ? ` and ${offers - 1} more` : '';
  return `  ${place}${machine}${count}: ${reason} → ${fix}`;
}

function hoursWords(hours: number): string {
  return formatDuration(Math.round(hours * HOUR_MS));
}
