import type { Random } from '../../../base/rng.ts';
import { ColumnPool } from './column-pool.ts';
import { type CoupledModel, coupledModel } from './coupled-model.ts';
import { randomCovers } from './cover-for-tests.ts';
import { CoverState } from './cover-state.ts';
import { noPrices } from './dive.ts';
import { type HalfCut, rowOfOffer, type SharedRow } from './half-cuts.ts';
import { type HalvedBound, priceNearCovers, type RowPrices } from './price-near-covers.ts';

const EFFORT = { cellsMax: 1e6, gap: 0 };

/** A cover of each task, as if there were no others; null where one has none. */
function coversAlone(model: CoupledModel): ColumnPool | null {
  const known = new ColumnPool(model.tasks);
  for (let task = 0; task < model.tasks; task++) {
    const column = new CoverState(model).fill(task, noPrices(model), EFFORT);
    if (column === null) return null;
    known.add(column);
  }
  return known;
}

/** What is proven without any prices; null where a task has no cover. */
export function boundAtNoPrices(model: CoupledModel): HalvedBound | null {
  const known = coversAlone(model);
  const none = { cuts: [], halves: [], halfPrices: new Float64Array(0) };
  if (known === null) return null;
  return priceNearCovers(model, { prices: noPrices(model), ...none }, known)!.found;
}

/** A small problem, any half cuts of its offers at any prices, and a cover of each task. */
export function randomPrices(random: Random, count: number) {
  const upTo = (most: number): number => Math.floor(random() * most);
  for (;;) {
    const problem = randomCovers(random, { tasks: 2 + (count % 2), offers: 3, pools: count % 2 });
    const model = coupledModel(problem);
    const { tasks, offers, pools, available } = model;
    const known = coversAlone(model);
    if (known === null) continue;
    const rows: SharedRow[] = [0, 1, 2].map((offer) => rowOfOffer(offer, available[offer]!, tasks));
    const halves = Array.from({ length: 4 }, (): HalfCut => {
      const some = [rows[upTo(rows.length)]!, rows[upTo(rows.length)]!];
      const inside = Uint8Array.from({ length: tasks }, () => upTo(2));
      const sum = [...some.map(({ right }) => right), ...inside].reduce((a, b) => a + b, 0);
      const half = { rows: some, tasks: inside, right: sum >> 1 };
      rows.push(half);
      return half;
    });
    const given: RowPrices = {
      prices: {
        offers: Float64Array.from({ length: offers }, () => upTo(1e6)),
        pools: new Float64Array(pools),
        cuts: new Float64Array(0),
      },
      cuts: [],
      halves,
      halfPrices: Float64Array.from(halves, () => upTo(1.5e6)),
    };
    return { problem, given, known };
  }
}
