import type { CoupledModel } from './coupled-model.ts';
import { type BlockLp, interiorPoint } from './interior-point.ts';

/*
 * Problem: the linear relaxation of many coupled covers.
 * Method: interior point with an offer as a block: an offer is shared by all tasks, a variable is
 * in one offer, one task and the pools.
 * Complexity: O(offers × tasks²) for each of some twenty steps.
 * Reference: interior-point.ts.
 */

export type Relaxed = {
  /** Machines, fractions, task after task. */
  readonly machines: Float64Array;
  /** Prices of a unit of work of each task, and of a unit of each pool. */
  readonly work: Float64Array;
  readonly pools: Float64Array;
};

/** With some of the offers only, or with all for null. */
export function relaxCoupled(
  model: CoupledModel,
  gap: number,
  some: ReadonlySet<number> | null = null,
): Relaxed {
  const scaled = scalesOf(model);
  const { lp, places } = blockLp(model, scaled, some);
  const { x, linkDuals } = interiorPoint(lp, gap);
  const machines = new Float64Array(model.tasks * model.offers);
  places.forEach((place, column) => {
    machines[place] = x[column]!;
  });
  return {
    machines,
    work: Float64Array.from(model.needs, (need, task) =>
      need === 0 ? 0 : (Math.max(0, linkDuals[task]!) * scaled.cost) / need,
    ),
    pools: Float64Array.from(model.limits, (limit, pool) =>
      limit === 0 ? 0 : (Math.max(0, -linkDuals[model.tasks + pool]!) * scaled.cost) / limit,
    ),
  };
}

type Scales = { readonly cost: number };

/** Needs and limits are 1, and costs about 1: then the steps are well conditioned. */
function scalesOf({ costs }: CoupledModel): Scales {
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  return { cost: mean > 0 ? mean : 1 };
}

/** Variables: machines of each task on each offer, then the slacks of offers, tasks and pools. */
function blockLp(
  model: CoupledModel,
  scales: Scales,
  some: ReadonlySet<number> | null,
): { readonly lp: BlockLp; readonly places: readonly number[] } {
  const columns = new Columns();
  const places: number[] = [];
  const offers = [...model.costs.keys()].filter((offer) => some?.has(offer) ?? true);
  for (let task = 0; task < model.tasks; task++) {
    for (const [block, offer] of offers.entries()) {
      const place = task * model.offers + offer;
      const units = model.units[place]!;
      if (units === 0 || model.available[offer] === 0 || model.needs[task] === 0) continue;
      places.push(place);
      columns.add(model.costs[offer]! / scales.cost, block, 1);
      columns.link(task, units / model.needs[task]!);
      for (let pool = 0; pool < model.pools; pool++) {
        const amount = model.amounts[pool * model.offers + offer]!;
        const limit = model.limits[pool]!;
        if (amount > 0) columns.link(model.tasks + pool, limit === 0 ? amount : amount / limit);
      }
    }
  }
  for (const block of offers.keys()) columns.add(0, block, 1);
  for (let task = 0; task < model.tasks; task++) columns.add(0, -1, 0).link(task, -1);
  for (let pool = 0; pool < model.pools; pool++) columns.add(0, -1, 0).link(model.tasks + pool, 1);
  const rights = [
    ...Array.from(model.needs, (need) => Math.min(1, need)),
    ...Array.from(model.limits, (limit) => Math.min(1, limit)),
  ];
  const available = Float64Array.from(offers, (offer) => model.available[offer]!);
  return { lp: columns.lp(available, Float64Array.from(rights)), places };
}

/** Gathers the columns of a linear program. */
export class Columns {
  readonly #costs: number[] = [];
  readonly #blocks: number[] = [];
  readonly #blockValues: number[] = [];
  readonly #starts: number[] = [];
  readonly #links: number[] = [];
  readonly #linkValues: number[] = [];

  add(cost: number, block: number, blockValue: number): this {
    this.#costs.push(cost);
    this.#blocks.push(block);
    this.#blockValues.push(blockValue);
    this.#starts.push(this.#links.length);
    return this;
  }

  /** An entry of the column added last; links ascend. */
  link(link: number, value: number): void {
    this.#links.push(link);
    this.#linkValues.push(value);
  }

  lp(blockRights: Float64Array, linkRights: Float64Array): BlockLp {
    return {
      costs: Float64Array.from(this.#costs),
      blocks: Int32Array.from(this.#blocks),
      blockValues: Float64Array.from(this.#blockValues),
      starts: Int32Array.from([...this.#starts, this.#links.length]),
      links: Int32Array.from(this.#links),
      linkValues: Float64Array.from(this.#linkValues),
      blockRights,
      linkRights,
    };
  }
}
