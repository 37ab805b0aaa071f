import type { ServingWork } from '../../src/core/optimize/model/problem.ts';
import type { LinearModel, LinearRow } from '../../src/ports/solver.ts';

/**
 * A GPU mix as Mélange models it (Griggs et al., arXiv:2404.14527, section 4.4), to be compared
 * with: the requests of each bucket are cut into slices, and a binary says for each slice and each
 * type that it goes there, whole. Types' availability is the bound of their counts, pools are rows.
 */
export function slicedMix(
  work: ServingWork,
  given: {
    /** Slices of each bucket. */
    readonly factor: number;
    /** Dollars an hour of one machine, and how many there are; Infinity for no end. */
    readonly prices: readonly number[];
    readonly available: readonly number[];
    readonly pools: readonly { readonly amounts: readonly number[]; readonly limit: number }[];
  },
): LinearModel {
  const { factor, prices, available, pools } = given;
  const types = work.options.length;
  const asked = [...work.rates.keys()].filter((bucket) => work.rates[bucket]! > 0);
  const cost = [...prices];
  const upper = available.map((one) => Math.min(one, 1e6));
  const loads: { columns: number[]; values: number[] }[] = prices.map((_, type) => ({
    columns: [type],
    values: [-1],
  }));
  const rows: LinearRow[] = [];
  for (const bucket of asked) {
    const able = [...Array(types).keys()].filter(
      (type) => work.options[type]!.throughputs[bucket]! > 0,
    );
    for (let slice = 0; slice < factor; slice++) {
      const columns = able.map((_, at) => cost.length + at);
      able.forEach((type, at) => {
        cost.push(0);
        upper.push(1);
        loads[type]!.columns.push(columns[at]!);
        const rate = work.rates[bucket]! / factor;
        loads[type]!.values.push(rate / work.options[type]!.throughputs[bucket]!);
      });
      rows.push({ columns, values: columns.map(() => 1), lower: 1, upper: 1 });
    }
  }
  for (const load of loads) rows.push({ ...load, lower: -Infinity, upper: 0 });
  for (const { amounts, limit } of pools) {
    rows.push({
      columns: amounts.map((_, type) => type),
      values: amounts,
      lower: -Infinity,
      upper: limit,
    });
  }
  return { cost, lower: cost.map(() => 0), upper, integer: cost.map(() => true), rows };
}
