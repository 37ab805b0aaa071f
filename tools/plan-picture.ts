/** Draws docs/plan.svg for the README: one plan among what it would cost elsewhere. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledFeed } from '../src/adapters/feeds/bundled-feed.ts';
import { gatherOffers } from '../src/app/gather-offers.ts';
import { planTasks } from '../src/app/plan.ts';
import { assert } from '../src/base/assert.ts';
import { showMicros } from '../src/base/money.ts';
import { formatDuration, HOUR_MS } from '../src/base/time.ts';
import type { Plan } from '../src/spec/plan.ts';
import { readTasks } from '../src/spec/read-tasks.ts';

const ROOT = join(import.meta.dirname, '..');
const TASK = 'examples/llama-lora/task.yaml';

type Dot = {
  readonly hours: number;
  readonly micros: number;
  readonly label: string;
  readonly chosen: boolean;
};

const SIZE = { width: 760, height: 380, left: 64, right: 20, top: 46, bottom: 44 };
const LABEL = { width: 7.1, height: 13 };

/** The plan of the example over the bundled catalog alone: the same on every machine. */
export async function examplePlan(): Promise<Plan> {
  const file = readTasks(readFileSync(join(ROOT, TASK), 'utf8'), { file: TASK });
  const offers = await gatherOffers({ feeds: [bundledFeed()], drivers: [] });
  const solver = () => assert(false, 'one task needs no solver') as never;
  return planTasks({ file, offers, solver, launchableOnly: false });
}

/** Cost over time, both logarithmic; below the line lies what is proven impossible. */
export function planPicture(plan: Plan): string {
  const dots = dotsOf(plan);
  const x = scale(
    dots.map(({ hours }) => hours),
    [SIZE.left, SIZE.width - SIZE.right],
  );
  const y = scale(
    [...dots.map(({ micros }) => micros), plan.bound!.micros * 0.7],
    [SIZE.height - SIZE.bottom, SIZE.top],
  );
  const floor = y(plan.bound!.micros);
  const title = `${plan.name}: ${showMicros(plan.costMicros!)}, proven; every dot is another provider or a faster plan`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="#ffffff"/>`,
    text(SIZE.left, 22, title, 'font-size="14" font-weight="600"'),
    rect(SIZE.left, floor, SIZE.width - SIZE.right, SIZE.height - SIZE.bottom),
    text(
      SIZE.left + 8,
      floor + 16,
      `no plan costs less than ${showMicros(plan.bound!.micros)}`,
      'fill="#8a4b00"',
    ),
    ...ticks(dots.map(({ hours }) => hours)).map((hours) => tickX(x(hours), duration(hours))),
    ...ticks(dots.map(({ micros }) => micros / 1e6)).map((usd) => tickY(y(usd * 1e6), `$${usd}`)),
    ...drawn(dots, x, y),
    '</svg>',
    '',
  ].join('\n');
}

function dotsOf(plan: Plan): readonly Dot[] {
  const [line] = plan.allocations;
  const chosen = {
    hours: plan.hours!,
    micros: plan.costMicros!,
    label: labelOf(line!),
    chosen: true,
  };
  const others = plan.alternatives.map((other) => ({
    hours: other.hours!,
    micros: other.costMicros!,
    label: labelOf(other),
    chosen: false,
  }));
  return [chosen, ...others];
}

function labelOf(
  line: Pick<
    Plan['allocations'][number],
    'provider' | 'accelerator' | 'acceleratorCount' | 'count'
  >,
): string {
  const devices = line.acceleratorCount * line.count;
  return `${line.provider} ${devices} × ${line.accelerator}`;
}

/** Dots, and labels where one fits without covering another. */
function drawn(dots: readonly Dot[], x: (v: number) => number, y: (v: number) => number): string[] {
  const taken = dots.map((dot) => around(x(dot.hours), y(dot.micros)));
  return dots.flatMap((dot) => {
    const [cx, cy] = [x(dot.hours), y(dot.micros)];
    const fill = dot.chosen ? '#c2410c' : '#2563eb';
    const circle = `<circle cx="${round(cx)}" cy="${round(cy)}" r="${dot.chosen ? 6 : 3.5}" fill="${fill}"/>`;
    const wide = dot.label.length * LABEL.width;
    const toLeft = cx + 9 + wide > SIZE.width - SIZE.right;
    const left = toLeft ? cx - 9 - wide : cx + 9;
    const box = {
      left,
      right: left + wide,
      top: cy - LABEL.height / 2,
      bottom: cy + LABEL.height / 2,
    };
    const hits = taken.some(
      (other) =>
        box.left < other.right &&
        other.left < box.right &&
        box.top < other.bottom &&
        other.top < box.bottom,
    );
    if (hits) return [circle];
    taken.push(box);
    const weight = dot.chosen ? ' font-weight="600"' : '';
    return [circle, text(left, cy + 4, dot.label, `fill="${fill}"${weight}`)];
  });
}

function around(x: number, y: number) {
  return { left: x - 6, right: x + 6, top: y - 5, bottom: y + 5 };
}

/** Logarithmic, with a little room at both ends. */
function scale(values: readonly number[], [from, to]: readonly [number, number]) {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const room = 0.04 * (high - low || 1);
  return (value: number): number =>
    from + ((Math.log(value) - low + room) / (high - low + 2 * room)) * (to - from);
}

/** 1, 2, 5 times powers of ten within the values. */
function ticks(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from({ length: 9 }, (_, index) => 10 ** (index - 3));
  return powers
    .flatMap((power) => [1, 2, 5].map((step) => step * power))
    .filter((v) => v >= low && v <= high);
}

function tickX(x: number, label: string): string {
  const bottom = SIZE.height - SIZE.bottom;
  return `<path d="M${round(x)} ${SIZE.top}V${bottom}" stroke="#e5e7eb"/>${text(x, bottom + 16, label, 'text-anchor="middle" fill="#6b7280"')}`;
}

function tickY(y: number, label: string): string {
  return `<path d="M${SIZE.left} ${round(y)}H${SIZE.width - SIZE.right}" stroke="#e5e7eb"/>${text(SIZE.left - 6, y + 4, label, 'text-anchor="end" fill="#6b7280"')}`;
}

function rect(left: number, top: number, right: number, bottom: number): string {
  return `<rect x="${left}" y="${round(top)}" width="${right - left}" height="${round(bottom - top)}" fill="#fff7ed"/>`;
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${words}</text>`;
}

function duration(hours: number): string {
  return formatDuration(hours * HOUR_MS);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

if (import.meta.main) writeFileSync(join(ROOT, 'docs/plan.svg'), planPicture(await examplePlan()));
