import { showMicros } from '../base/money.ts';
import type { Frontier, FrontierPlan } from '../spec/frontier.ts';
import { placesOf, timeOf } from './draw-frontier.ts';
import { axisOf } from './frontier-axis.ts';

const SIZE = { width: 760, height: 380, left: 84, right: 24, top: 48, bottom: 46 };
const LINE = '#2563eb';
const TITLE_CHARS_MAX = 90;

/**
 * The frontier as a picture: a staircase, for between two plans the cheaper one is not done yet.
 * The machines of each plan show when it is pointed at.
 */
export function frontierSvg({ name, plans, isWhole }: Frontier): string {
  const x = axisOf(
    plans.map(({ hours }) => hours),
    [SIZE.left, SIZE.width - SIZE.right],
  );
  const y = axisOf(
    plans.map(({ costMicros }) => costMicros),
    [SIZE.height - SIZE.bottom, SIZE.top],
  );
  const [first, last] = [plans[0]!, plans.at(-1)!];
  const bottom = SIZE.height - SIZE.bottom;
  const title = `${name ?? 'plan'}: cost against time, ${plans.length} plans that nothing beats`;
  const note = isWhole ? '' : ' (more lie between)';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="#ffffff"/>`,
    `<text x="${SIZE.left}" y="24" font-size="15" font-weight="600">${escaped(shortened(title + note))}</text>`,
    `<path d="M${SIZE.left} ${SIZE.top} V${bottom} H${SIZE.width - SIZE.right}" fill="none" stroke="#9ca3af"/>`,
    `<path d="${staircase(plans, { x, y })}" fill="none" stroke="${LINE}" stroke-width="1.5"/>`,
    ...plans.map((plan) => dot(plan, { x, y })),
    label({ x: SIZE.left - 8, y: y(first.costMicros) + 4 }, showMicros(first.costMicros), 'end'),
    label({ x: SIZE.left - 8, y: y(last.costMicros) + 4 }, showMicros(last.costMicros), 'end'),
    label({ x: SIZE.left, y: bottom + 20 }, timeOf(first), 'start'),
    label({ x: SIZE.width - SIZE.right, y: bottom + 20 }, timeOf(last), 'end'),
    '</svg>',
    '',
  ].join('\n');
}

type Axes = { readonly x: (hours: number) => number; readonly y: (micros: number) => number };

function staircase(plans: readonly FrontierPlan[], { x, y }: Axes): string {
  const [first, ...others] = plans;
  const steps = others.map((plan) => `H${round(x(plan.hours))} V${round(y(plan.costMicros))}`);
  return [`M${round(x(first!.hours))} ${round(y(first!.costMicros))}`, ...steps].join(' ');
}

function dot(plan: FrontierPlan, { x, y }: Axes): string {
  const words = `${timeOf(plan)}, ${showMicros(plan.costMicros)}: ${placesOf(plan)}`;
  const [cx, cy] = [round(x(plan.hours)), round(y(plan.costMicros))];
  return `<circle cx="${cx}" cy="${cy}" r="4.5" fill="${LINE}"><title>${escaped(words)}</title></circle>`;
}

function label(at: { x: number; y: number }, text: string, anchor: 'start' | 'end'): string {
  return `<text x="${round(at.x)}" y="${round(at.y)}" text-anchor="${anchor}" fill="#374151">${escaped(text)}</text>`;
}

function shortened(text: string): string {
  return text.length <= TITLE_CHARS_MAX ? text : `${text.slice(0, TITLE_CHARS_MAX - 1)}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
