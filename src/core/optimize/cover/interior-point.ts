import { factorize, solveFactorized } from './cholesky.ts';

/*
 * Problem: min c·x, A·x = b, x ≥ 0, where every variable is in at most one of many "blocks" (rows
 * of A of which no two share a variable) and in a few of the other rows, the "links".
 * Method: Mehrotra's predictor-corrector. The normal equations have a diagonal part for the blocks,
 * which is eliminated, so that only a links × links system is dense.
 * Complexity: O(Σ_blocks links² + links³) for each of some 15–25 steps.
 * Reference: Mehrotra, On the implementation of a primal-dual interior point method (SIAM J. Optim.
 * 2, 1992); Wright, Primal-Dual Interior-Point Methods (1997), chapters 10 and 11.
 */

export type BlockLp = {
  /** Of each variable. */
  readonly costs: Float64Array;
  /** Of each variable its block, -1 for none, and its coefficient there; slacks are variables too. */
  readonly blocks: Int32Array;
  readonly blockValues: Float64Array;
  /** Entries of variable j in the links: from starts[j] up to starts[j + 1]. */
  readonly starts: Int32Array;
  readonly links: Int32Array;
  readonly linkValues: Float64Array;
  /** Right sides. */
  readonly blockRights: Float64Array;
  readonly linkRights: Float64Array;
};

export type BlockLpAnswer = {
  readonly x: Float64Array;
  /** Of the blocks and the links. */
  readonly blockDuals: Float64Array;
  readonly linkDuals: Float64Array;
  readonly objective: number;
};

/** A point or a direction: of the variables, the rows and the reduced costs. */
type Point = {
  x: Float64Array;
  yBlocks: Float64Array;
  yLinks: Float64Array;
  z: Float64Array;
};

type Rows = { readonly blocks: Float64Array; readonly links: Float64Array };

const STEPS_MAX = 60;
/** How far towards the boundary a step goes. */
const STEP_SHARE = 0.9995;
const STEP_SHARE_FIRST = 0.9;
const INFEASIBLE_MAX = 1e-7;

/** Ends at a relative gap, as far as floating point goes; duals are those of the last step. */
export function interiorPoint(lp: BlockLp, gap: number): BlockLpAnswer {
  const system = new NormalSystem(lp);
  const point = startOf(lp, system);
  for (let step = 0; step < STEPS_MAX; step++) {
    const rest = residuals(lp, point);
    const objective = dot(lp.costs, point.x);
    const complementarity = dot(point.x, point.z);
    const isFeasible = rest.infeasible <= Math.max(INFEASIBLE_MAX, gap * 0.01);
    if (isFeasible && complementarity <= gap * (1 + Math.abs(objective))) break;
    if (!advance(lp, system, { point, rest, complementarity, step })) break;
  }
  return {
    x: point.x,
    blockDuals: point.yBlocks,
    linkDuals: point.yLinks,
    objective: dot(lp.costs, point.x),
  };
}

type Residuals = {
  readonly rows: Rows;
  readonly columns: Float64Array;
  /** The largest of the rows, relative to the right sides. */
  readonly infeasible: number;
};

function residuals(lp: BlockLp, { x, yBlocks, yLinks, z }: Point): Residuals {
  const rows = timesColumns(lp, x);
  let [infeasible, rightMax] = [0, 0];
  const subtract = (values: Float64Array, rights: Float64Array): void => {
    for (let i = 0; i < values.length; i++) {
      values[i] = rights[i]! - values[i]!;
      infeasible = Math.max(infeasible, Math.abs(values[i]!));
      rightMax = Math.max(rightMax, Math.abs(rights[i]!));
    }
  };
  subtract(rows.blocks, lp.blockRights);
  subtract(rows.links, lp.linkRights);
  const columns = timesRows(lp, yBlocks, yLinks);
  for (let j = 0; j < columns.length; j++) columns[j] = lp.costs[j]! - columns[j]! - z[j]!;
  return { rows, columns, infeasible: infeasible / (1 + rightMax) };
}

/** One step; false where there is no more progress to be made in floating point. */
function advance(
  lp: BlockLp,
  system: NormalSystem,
  given: {
    readonly point: Point;
    readonly rest: Residuals;
    readonly complementarity: number;
    readonly step: number;
  },
): boolean {
  const { point, rest, complementarity, step } = given;
  const { x, z } = point;
  const n = x.length;
  system.scale(x, z);
  const products = new Float64Array(n);
  for (let j = 0; j < n; j++) products[j] = -x[j]! * z[j]!;
  const predictor = direction(lp, system, { point, rest, products });
  const [primal, dual] = [longest(x, predictor.x), longest(z, predictor.z)];
  let after = 0;
  for (let j = 0; j < n; j++) {
    after += (x[j]! + primal * predictor.x[j]!) * (z[j]! + dual * predictor.z[j]!);
  }
  const centred = (Math.max(0, after / complementarity) ** 3 * complementarity) / n;
  for (let j = 0; j < n; j++) products[j]! += centred - predictor.x[j]! * predictor.z[j]!;
  const corrector = direction(lp, system, { point, rest, products });
  const share = step < 2 ? STEP_SHARE_FIRST : STEP_SHARE;
  const [longestX, longestZ] = [longest(x, corrector.x), longest(z, corrector.z)];
  const [along, up] = [Math.min(1, share * longestX), Math.min(1, share * longestZ)];
  if (!(along > 1e-10 || up > 1e-10)) return false;
  addScaled(x, corrector.x, along);
  addScaled(z, corrector.z, up);
  addScaled(point.yBlocks, corrector.yBlocks, up);
  addScaled(point.yLinks, corrector.yLinks, up);
  return true;
}

/** A·dx = rows, Aᵀ·dy + dz = columns, z·dx + x·dz = products. */
function direction(
  lp: BlockLp,
  system: NormalSystem,
  given: { readonly point: Point; readonly rest: Residuals; readonly products: Float64Array },
): Point {
  const { point, rest, products } = given;
  const { x, z } = point;
  const n = x.length;
  const shift = new Float64Array(n);
  for (let j = 0; j < n; j++) shift[j] = (products[j]! - x[j]! * rest.columns[j]!) / z[j]!;
  const right = timesColumns(lp, shift);
  for (let i = 0; i < right.blocks.length; i++)
    right.blocks[i] = rest.rows.blocks[i]! - right.blocks[i]!;
  for (let i = 0; i < right.links.length; i++)
    right.links[i] = rest.rows.links[i]! - right.links[i]!;
  system.solve(right);
  const dz = timesRows(lp, right.blocks, right.links);
  const dx = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    dz[j] = rest.columns[j]! - dz[j]!;
    dx[j] = (products[j]! - x[j]! * dz[j]!) / z[j]!;
  }
  return { x: dx, yBlocks: right.blocks, yLinks: right.links, z: dz };
}

/** Mehrotra's: the least squares solutions, moved well into the positive. */
function startOf(lp: BlockLp, system: NormalSystem): Point {
  const n = lp.costs.length;
  const ones = new Float64Array(n).fill(1);
  system.scale(ones, ones);
  const primal: Rows = { blocks: lp.blockRights.slice(), links: lp.linkRights.slice() };
  system.solve(primal);
  const x = timesRows(lp, primal.blocks, primal.links);
  const dual = timesColumns(lp, lp.costs);
  system.solve(dual);
  const z = timesRows(lp, dual.blocks, dual.links);
  for (let j = 0; j < n; j++) z[j] = lp.costs[j]! - z[j]!;
  lift(x, Math.max(0, -1.5 * least(x)));
  lift(z, Math.max(0, -1.5 * least(z)));
  const product = dot(x, z);
  const [liftX, liftZ] = [(0.5 * product) / sum(z), (0.5 * product) / sum(x)];
  lift(x, Number.isFinite(liftX) && liftX > 0 ? liftX : 1);
  lift(z, Number.isFinite(liftZ) && liftZ > 0 ? liftZ : 1);
  return { x, yBlocks: dual.blocks, yLinks: dual.links, z };
}

/** A·D·Aᵀ with D = x / z, the blocks eliminated. */
class NormalSystem {
  readonly #lp: BlockLp;
  readonly #scale: Float64Array;
  readonly #diagonal: Float64Array;
  /** Variables, block by block. */
  readonly #order: Int32Array;
  readonly #matrix: Float64Array;
  /** Of the block at hand its coupling with the links, and with which of them. */
  readonly #dense: Float64Array;
  readonly #touched: Int32Array;

  constructor(lp: BlockLp) {
    this.#lp = lp;
    const links = lp.linkRights.length;
    this.#scale = new Float64Array(lp.costs.length);
    this.#diagonal = new Float64Array(lp.blockRights.length);
    this.#matrix = new Float64Array(links * links);
    this.#dense = new Float64Array(links);
    this.#touched = new Int32Array(links);
    this.#order = Int32Array.from(lp.blocks.keys()).sort(
      (a, b) => lp.blocks[a]! - lp.blocks[b]! || a - b,
    );
  }

  scale(x: Float64Array, z: Float64Array): void {
    const { blocks, blockValues } = this.#lp;
    this.#diagonal.fill(0);
    for (let j = 0; j < x.length; j++) {
      const scale = x[j]! / z[j]!;
      this.#scale[j] = scale;
      if (blocks[j]! >= 0) this.#diagonal[blocks[j]!]! += scale * blockValues[j]! ** 2;
    }
    this.#assemble();
    factorize(this.#matrix, this.#lp.linkRights.length);
  }

  /** In the place of the right sides. */
  solve(right: Rows): void {
    const { blocks, blockValues, starts, links, linkValues } = this.#lp;
    const through = new Float64Array(right.blocks.length);
    for (let b = 0; b < through.length; b++) through[b] = right.blocks[b]! / this.#diagonal[b]!;
    for (let j = 0; j < blocks.length; j++) {
      const block = blocks[j]!;
      if (block < 0) continue;
      const factor = this.#scale[j]! * blockValues[j]! * through[block]!;
      for (let k = starts[j]!; k < starts[j + 1]!; k++) {
        right.links[links[k]!]! -= factor * linkValues[k]!;
      }
    }
    solveFactorized(this.#matrix, right.links.length, right.links);
    for (let j = 0; j < blocks.length; j++) {
      const block = blocks[j]!;
      if (block < 0) continue;
      let value = 0;
      for (let k = starts[j]!; k < starts[j + 1]!; k++) {
        value += linkValues[k]! * right.links[links[k]!]!;
      }
      right.blocks[block]! -= this.#scale[j]! * blockValues[j]! * value;
    }
    for (let b = 0; b < through.length; b++) right.blocks[b]! /= this.#diagonal[b]!;
  }

  #assemble(): void {
    const { blocks, blockValues, starts, links, linkValues } = this.#lp;
    const n = this.#dense.length;
    const [matrix, dense, touched] = [this.#matrix, this.#dense, this.#touched];
    matrix.fill(0);
    let [block, count] = [-1, 0];
    for (const j of this.#order) {
      if (blocks[j]! !== block) {
        this.#eliminate(block, count);
        [block, count] = [blocks[j]!, 0];
      }
      const scale = this.#scale[j]!;
      const share = block < 0 ? 0 : scale * blockValues[j]!;
      for (let k = starts[j]!; k < starts[j + 1]!; k++) {
        const row = links[k]!;
        const value = scale * linkValues[k]!;
        for (let l = starts[j]!; l <= k; l++)
          matrix[row * n + links[l]!]! += value * linkValues[l]!;
        if (block < 0) continue;
        if (dense[row] === 0) touched[count++] = row;
        dense[row]! += share * linkValues[k]!;
      }
    }
    this.#eliminate(block, count);
  }

  /** What is left of the links' part without a block; clears what was gathered of it. */
  #eliminate(block: number, count: number): void {
    if (count === 0) return;
    const n = this.#dense.length;
    const [matrix, dense] = [this.#matrix, this.#dense];
    const rows = this.#touched.subarray(0, count);
    if (count > 1) rows.sort();
    const inverse = 1 / this.#diagonal[block]!;
    for (let i = 0; i < count; i++) {
      const at = rows[i]! * n;
      const factor = dense[rows[i]!]! * inverse;
      for (let k = 0; k <= i; k++) matrix[at + rows[k]!]! -= factor * dense[rows[k]!]!;
    }
    for (let i = 0; i < count; i++) dense[rows[i]!] = 0;
  }
}

function timesColumns(lp: BlockLp, x: Float64Array): Rows {
  const { blocks, blockValues, starts, links, linkValues } = lp;
  const rows = {
    blocks: new Float64Array(lp.blockRights.length),
    links: new Float64Array(lp.linkRights.length),
  };
  for (let j = 0; j < x.length; j++) {
    const value = x[j]!;
    if (blocks[j]! >= 0) rows.blocks[blocks[j]!]! += blockValues[j]! * value;
    for (let k = starts[j]!; k < starts[j + 1]!; k++) {
      rows.links[links[k]!]! += linkValues[k]! * value;
    }
  }
  return rows;
}

function timesRows(lp: BlockLp, yBlocks: Float64Array, yLinks: Float64Array): Float64Array {
  const { blocks, blockValues, starts, links, linkValues } = lp;
  const columns = new Float64Array(lp.costs.length);
  for (let j = 0; j < columns.length; j++) {
    let value = blocks[j]! >= 0 ? blockValues[j]! * yBlocks[blocks[j]!]! : 0;
    for (let k = starts[j]!; k < starts[j + 1]!; k++) value += linkValues[k]! * yLinks[links[k]!]!;
    columns[j] = value;
  }
  return columns;
}

/** How far one may go until something is zero; 1 for as far as one likes. */
function longest(values: Float64Array, steps: Float64Array): number {
  let length = 1 / STEP_SHARE;
  for (let j = 0; j < values.length; j++) {
    if (steps[j]! < 0) length = Math.min(length, -values[j]! / steps[j]!);
  }
  return length;
}

function addScaled(values: Float64Array, steps: Float64Array, factor: number): void {
  for (let j = 0; j < values.length; j++) values[j]! += factor * steps[j]!;
}

function lift(values: Float64Array, by: number): void {
  for (let j = 0; j < values.length; j++) values[j]! += by;
}

function dot(a: Float64Array, b: Float64Array): number {
  let result = 0;
  for (let j = 0; j < a.length; j++) result += a[j]! * b[j]!;
  return result;
}

function sum(values: Float64Array): number {
  let result = 0;
  for (const value of values) result += value;
  return result;
}

function least(values: Float64Array): number {
  let result = Infinity;
  for (const value of values) result = Math.min(result, value);
  return result;
}
