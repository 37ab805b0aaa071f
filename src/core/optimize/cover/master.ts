import { type CountCut, countIn } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import { interiorPoint } from './interior-point.ts';
import { Columns } from './relax-coupled.ts';

/*
 * Problem: the cheapest mix of known covers ("columns"), one for each task, that keeps what is
 * available and the pools: the master of a column generation.
 * Method: interior point with a task as a block. It is stopped early, at well centred prices, which
 * makes for far fewer rounds than the extreme prices of a vertex do.
 * Complexity: O(Σ_columns machines² + rows³) for each of some dozen steps.
 * Reference: Gondzio, González-Brevis, Munari, New developments in the primal-dual column
 * generation technique (EJOR 224, 2013); Dantzig and Wolfe (Oper. Res. 8, 1960).
 */

/** One cover of one task: machines of offers, and what they cost without any prices of rows. */
export type Column = {
  readonly task: number;
  readonly cost: number;
  readonly bought: readonly (readonly [offer: number, machines: number])[];
};

/** Prices of what is shared, in micro-dollars: a machine of each offer, a unit of each pool. */
export type SharedPrices = {
  readonly offers: Float64Array;
  readonly pools: Float64Array;
  /** Of each cut that there is. */
  readonly cuts: Float64Array;
};

export type MasterAnswer = {
  readonly prices: SharedPrices;
  /** Of each column, the share of its task that it carries. */
  readonly shares: Float64Array;
  /** What the mix costs, at the gap asked for. */
  readonly value: number;
};

/** The tasks that are to be covered, what is there for them, and what is known of them. */
export type Master = {
  readonly tasks: readonly number[];
  readonly columns: readonly Column[];
  readonly available: Float64Array;
  readonly limits: Float64Array;
  readonly cuts: readonly CountCut[];
  /** What a task costs that no column carries, so that there is always a mix; by task. */
  readonly above: Float64Array;
};

export function solveMaster(model: CoupledModel, master: Master, gap: number): MasterAnswer {
  const { tasks, columns, above } = master;
  const rows = rowsOf(master);
  const blocks = new Map(tasks.map((task, block) => [task, block]));
  const scale = tasks.reduce((sum, task) => sum + above[task]!, 0) / tasks.length || 1;
  const gathered = new Columns();
  for (const column of columns) {
    gathered.add(column.cost / scale, blocks.get(column.task)!, 1);
    for (const [row, amount] of entriesOf(model, column, rows)) gathered.link(row, amount);
  }
  tasks.forEach((task, block) => gathered.add(above[task]! / scale, block, 1));
  for (let row = 0; row < rows.rights.length; row++) gathered.add(0, -1, 0).link(row, 1);
  const ones = new Float64Array(tasks.length).fill(1);
  const rights = Float64Array.from(rows.rights, (right) => Math.min(1, right));
  const { x, linkDuals, objective } = interiorPoint(gathered.lp(ones, rights), gap);
  const prices = {
    offers: new Float64Array(model.offers),
    pools: new Float64Array(model.pools),
    cuts: new Float64Array(master.cuts.length),
  };
  const priceOf = (row: number): number =>
    (Math.max(0, -linkDuals[row]!) * scale) / Math.max(1, rows.rights[row]!);
  rows.offers.forEach((row, offer) => {
    prices.offers[offer] = priceOf(row);
  });
  for (let pool = 0; pool < model.pools; pool++) {
    prices.pools[pool] = priceOf(rows.offers.size + pool);
  }
  for (let cut = 0; cut < master.cuts.length; cut++) {
    prices.cuts[cut] = priceOf(rows.offers.size + model.pools + cut);
  }
  return { prices, shares: x.subarray(0, columns.length), value: objective * scale };
}

type MasterRows = {
  /** Of the offers that any column uses. */
  readonly offers: ReadonlyMap<number, number>;
  /** Of each offer, the rows of its cuts. */
  readonly cuts: ReadonlyMap<number, readonly { readonly cut: CountCut; readonly row: number }[]>;
  readonly rights: readonly number[];
};

function rowsOf({ columns, available, limits, cuts }: Master): MasterRows {
  const used = new Set<number>();
  for (const { bought } of columns) for (const [offer] of bought) used.add(offer);
  const offers = [...used].sort((a, b) => a - b);
  return {
    offers: new Map(offers.map((offer, row) => [offer, row])),
    cuts: Map.groupBy(
      cuts.map((cut, index) => ({ cut, row: offers.length + limits.length + index })),
      ({ cut }) => cut.offer,
    ),
    rights: [
      ...offers.map((offer) => available[offer]!),
      ...limits,
      ...cuts.map(({ right }) => right),
    ],
  };
}

/** Relative to the rights, in the order of the rows. */
function entriesOf(
  model: CoupledModel,
  { task, bought }: Column,
  { offers, cuts, rights }: MasterRows,
): readonly (readonly [row: number, amount: number])[] {
  const entries = bought.map(([offer, machines]): [number, number] => {
    const row = offers.get(offer)!;
    return [row, machines / Math.max(1, rights[row]!)];
  });
  entries.sort((a, b) => a[0] - b[0]);
  for (let pool = 0; pool < model.pools; pool++) {
    const row = offers.size + pool;
    const amount = bought.reduce(
      (sum, [offer, machines]) => sum + machines * model.amounts[pool * model.offers + offer]!,
      0,
    );
    if (amount > 0) entries.push([row, amount / Math.max(1, rights[row]!)]);
  }
  const counted = bought.flatMap(([offer, machines]) =>
    (cuts.get(offer) ?? []).flatMap(({ cut, row }): [number, number][] => {
      const count = countIn(cut, task, machines);
      return count > 0 ? [[row, count / Math.max(1, rights[row]!)]] : [];
    }),
  );
  entries.push(...counted.sort((a, b) => a[0] - b[0]));
  return entries;
}
