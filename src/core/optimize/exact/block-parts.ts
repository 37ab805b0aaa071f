import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { type Term, times } from './linear-builder.ts';
import {
  type Block,
  isUsable,
  machinesMax,
  microsOfSeconds,
  type Part,
  rowScale,
  type TaskParts,
  type TaskScope,
  WORKED_S,
} from './part.ts';

/** So many machines are told apart one by one; more of them come in blocks of powers of two. */
const SINGLES_MAX = 6;

/**
 * Work by the hour where the window is itself to be found. Machines × seconds would be a product
 * of two unknowns; in blocks of machines that are hired or not, and that run as long as each
 * other, it is a sum. With a second's increment that loses nothing to speak of; with a longer one
 * all machines of a block pay for the same increments.
 */
export function blockParts(
  scope: TaskScope,
): TaskParts & { readonly duration: number; readonly isExact: boolean } {
  const { builder, problem, task, windowS } = scope;
  const { work } = problem.tasks[task]!;
  assert(work.kind === 'divisible', 'these are the parts of divisible work');
  const need = work.units * SECONDS_PER_HOUR;
  const duration = builder.column({ upper: windowS, whole: false });
  const made = work.options.flatMap(({ offer, throughput }, option) => {
    if (throughput <= 0 || !isUsable(problem, offer)) return [];
    const { billingIncrementS: incrementS } = problem.offers[offer]!;
    const enough = Math.ceil(need / (throughput * incrementS));
    const sizes = blockSizes(Math.min(machinesMax(problem, offer), enough));
    const blocks = sizes.map((size) => blockOf(scope, { offer, size, duration, enough }));
    if (blocks.length === 0) return [];
    const seconds = blocks.map(({ size, seconds: column }) => ({ column, value: size }));
    const part = {
      task,
      option,
      offer,
      machines: blocks.map(({ size, used }) => ({ column: used, value: size })),
      machineHours: times(seconds, 1 / SECONDS_PER_HOUR),
      micros: blocks.flatMap(({ micros }) => micros),
      share: times(seconds, throughput / need),
      hired: { kind: 'blocks' as const, blocks },
    } satisfies Part;
    return [part];
  });
  const scale = rowScale(need);
  const done = made.flatMap(({ share }) => times(share, need * scale));
  const row = builder.row(done, { lower: need * scale });
  const isExact = made.every(
    ({ offer, hired }) =>
      problem.offers[offer]!.billingIncrementS <= 1 || hired.blocks.every(({ size }) => size === 1),
  );
  const needRows = [{ row, factor: scale * SECONDS_PER_HOUR }];
  return { parts: made, needRows, duration, isExact };
}

/** Sizes such that some of them sum to every number up to the most. */
export function blockSizes(most: number): readonly number[] {
  if (most <= SINGLES_MAX) return Array.from({ length: most }, () => 1);
  const sizes: number[] = [];
  for (let left = most, size = 1; left > 0; size *= 2) {
    const taken = Math.min(size, left);
    sizes.push(taken);
    left -= taken;
  }
  return sizes;
}

function blockOf(
  { builder, problem, windowS }: TaskScope,
  {
    offer,
    size,
    duration,
    enough,
  }: {
    readonly offer: number;
    readonly size: number;
    readonly duration: number;
    readonly enough: number;
  },
): Block & { readonly micros: readonly Term[] } {
  const terms = problem.offers[offer]!;
  const { billingIncrementS: incrementS, billingMinimumS: minimumS } = terms;
  const each = Math.min(enough, Math.ceil(windowS / incrementS));
  const used = builder.column({ upper: 1, whole: true });
  const increments = builder.column({ upper: each, whole: true });
  const seconds = builder.column({ upper: Math.min(windowS, each * incrementS), whole: false });
  const one = (column: number, value = 1): Term => ({ column, value });
  builder.row([one(seconds), one(increments, -incrementS)], { upper: 0 });
  builder.row([one(seconds), one(duration, -1)], { upper: 0 });
  builder.row([one(increments), one(used, -each)], { upper: 0 });
  builder.row([one(increments), one(used, -1)], { lower: 0 });
  builder.row([one(seconds), one(used, -WORKED_S)], { lower: 0 });
  const perIncrement = size * microsOfSeconds(terms, incrementS);
  if (minimumS <= incrementS) {
    return { size, used, seconds, micros: [one(increments, perIncrement)] };
  }
  const billed = builder.column({ upper: Infinity, whole: false });
  builder.row([one(billed), one(increments, -incrementS)], { lower: 0 });
  builder.row([one(billed), one(used, -minimumS)], { lower: 0 });
  return { size, used, seconds, micros: [one(billed, size * microsOfSeconds(terms, 1))] };
}
