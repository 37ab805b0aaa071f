import { asMicros, type Micros, showMicros } from '../base/money.ts';
import { formatDuration, HOUR_MS } from '../base/time.ts';
import type { Frontier, FrontierPlan } from '../spec/frontier.ts';
import { axisOf } from './frontier-axis.ts';
import { renderTable } from './output.ts';
import { wrapWords } from './wrap-words.ts';

const ROWS = 11;
const COLUMNS_MAX = 72;
const DOT = '●';

/** The frontier for a terminal: a picture, a table, and what more of each limit is worth. */
export function describeFrontier(frontier: Frontier, columns: number): string {
  const { plans, isWhole, worth } = frontier;
  const rows = plans.map((plan) => [timeOf(plan), showMicros(plan.costMicros), placesOf(plan)]);
  const end = isWhole
    ? 'Nothing beats these in both time and cost, and nothing lies between them.'
    : 'Nothing beats these in both time and cost; more of them lie between these.';
  return [
    ...(plans.length > 1 ? [...drawFrontier(plans, columns), ''] : []),
    renderTable(['TIME', 'COST', 'MACHINES'], rows, columns).trimEnd(),
    '',
    ...wrapWords(end, { columns: Math.min(columns, 100), indent: 0 }),
    ...worth.map(({ more, savesMicros }) => `${more}: ${savingOf(savesMicros)}`),
    '',
  ].join('\n');
}

function savingOf(micros: Micros): string {
  return micros === 0 ? 'saves nothing' : `saves ${showMicros(micros)}`;
}

/** Cost upwards, time to the right, a dot for each plan. */
export function drawFrontier(plans: readonly FrontierPlan[], columns: number): readonly string[] {
  const costs = plans.map(({ costMicros }) => costMicros);
  const labels = [Math.max(...costs), Math.min(...costs)].map((cost) => showMicros(asMicros(cost)));
  const margin = Math.max(...labels.map(({ length }) => length));
  const width = Math.min(columns, COLUMNS_MAX) - margin - 3;
  const x = axisOf(
    plans.map(({ hours }) => hours),
    [0, width - 1],
  );
  const y = axisOf(costs, [ROWS - 1, 0]);
  const cells = Array.from({ length: ROWS }, () => Array.from({ length: width }, () => ' '));
  for (const { hours, costMicros } of plans) {
    cells[Math.round(y(costMicros))]![Math.round(x(hours))] = DOT;
  }
  const lines = cells.map((row, index) => {
    const label = index === 0 ? labels[0]! : index === ROWS - 1 ? labels[1]! : '';
    return `${label.padStart(margin)} │${row.join('')}`.trimEnd();
  });
  const [from, to] = [timeOf(plans[0]!), timeOf(plans.at(-1)!)];
  return [
    ...lines,
    `${' '.repeat(margin)} └${'─'.repeat(width)}`,
    `${' '.repeat(margin + 2)}${from}${to.padStart(width - from.length)}`,
  ];
}

export function timeOf({ hours }: Pick<FrontierPlan, 'hours'>): string {
  return formatDuration(Math.round(hours * HOUR_MS));
}

/** `2 × aws/us-east-1/-/p5.48xlarge + 1 × …`, the same offer counted once. */
export function placesOf({ lines }: FrontierPlan): string {
  const machines = new Map<string, number>();
  for (const line of lines) {
    machines.set(line.offerId, (machines.get(line.offerId) ?? 0) + line.machines);
  }
  return [...machines].map(([offer, count]) => `${count} × ${offer}`).join(' + ');
}
