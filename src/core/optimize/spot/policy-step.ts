import { HOUR_MS } from '../../../base/time.ts';
import type { Side } from './hazard.ts';
import { type Shift, type SlackGrid, shiftOf } from './slack-grid.ts';
import type { SpotJob } from './spot-job.ts';

/** Dearer than any job: of what would miss the deadline. */
const NEVER = 1e9;

/** Where a row begins, and its chance. */
type Part = readonly [number, number];

/**
 * One step of a policy table for one state of availability at a time: by slack, the cost of each
 * choice, and the least. It is the table's inner loop, and so keeps its rows from state to state.
 */
export class PolicyStep {
  readonly #grid: SlackGrid;
  readonly #stepMs: number;
  readonly #spotStates: number;
  readonly #usdPerMs: { readonly spot: number; readonly onDemand: number };
  readonly #waiting: Shift;
  readonly #starting: Shift;
  /** By the steps that a changeover goes on: what is left of it is taken off the work again. */
  readonly #leaving: readonly Shift[];
  /** The first point from which on waiting is safe; the same by the steps of a changeover after. */
  readonly #waitFrom: number;
  readonly #spotFrom: readonly number[];
  /** What the step costs on-demand and on spot, and 0 where it is the last, 1 where others follow. */
  readonly #onDemandNow: Float64Array;
  readonly #spotNow: Float64Array;
  readonly #carry: Float64Array;
  /** By what is held after the step. */
  readonly #later: readonly Float64Array[];
  readonly #wait: Float64Array;
  readonly #onDemand: Float64Array;
  /** By the steps that the changeover takes from the start of the step; with the last one it starts. */
  readonly #spot: readonly Float64Array[];
  #doneFrom = 0;

  constructor(
    job: SpotJob,
    grid: SlackGrid,
    scale: {
      readonly stepMs: number;
      readonly pendingMs: readonly number[];
      /** So many of `pendingMs` are kept. */
      readonly spotStates: number;
    },
  ) {
    const { stepMs, pendingMs, spotStates } = scale;
    const row = () => new Float64Array(grid.length);
    const from = (ms: number): number => {
      const found = grid.findIndex((slackMs) => slackMs >= ms);
      return found === -1 ? grid.length : found;
    };
    [this.#grid, this.#stepMs, this.#spotStates] = [grid, stepMs, spotStates];
    this.#usdPerMs = {
      spot: job.spotNanosPerHour / 1e9 / HOUR_MS,
      onDemand: job.onDemandNanosPerHour / 1e9 / HOUR_MS,
    };
    this.#waiting = shiftOf(grid, -stepMs);
    this.#starting = shiftOf(grid, -job.changeoverMs);
    this.#leaving = pendingMs.map((ms) => shiftOf(grid, ms));
    this.#waitFrom = from(job.changeoverMs + stepMs);
    this.#spotFrom = pendingMs.map((ms) => from(job.changeoverMs - ms));
    [this.#onDemandNow, this.#spotNow, this.#carry] = [row(), row(), row()];
    this.#later = [row(), row(), ...pendingMs.map(row)];
    [this.#wait, this.#onDemand] = [row(), row()];
    this.#spot = pendingMs.map(row);
  }

  begin(stepsLeft: number): void {
    const timeLeftMs = stepsLeft * this.#stepMs;
    this.#doneFrom = this.#grid.length;
    for (let point = this.#grid.length - 1; point >= 0; point--) {
      const workMs = Math.max(0, timeLeftMs - this.#grid[point]!);
      if (workMs === 0) this.#doneFrom = point;
      const nowMs = Math.min(this.#stepMs, workMs);
      this.#onDemandNow[point] = nowMs * this.#usdPerMs.onDemand;
      this.#spotNow[point] = nowMs * this.#usdPerMs.spot;
      this.#carry[point] = workMs <= this.#stepMs ? 0 : 1;
    }
  }

  /** What follows, in expectation, when this is held; the last of `parts` is that of a flip. */
  expect(before: Float32Array, held: number, parts: readonly [Part, Part, Part]): void {
    const [[same, stay], [older, grow], [flipped, flip]] = parts;
    const later = this.#later[held]!;
    for (let point = 0; point < later.length; point++) {
      later[point] = stay * before[same + point]! + grow * before[older + point]!;
    }
    if (held <= 2) {
      for (let point = 0; point < later.length; point++) {
        later[point]! += flip * before[flipped + point]!;
      }
      return;
    }
    const { below, share } = this.#leaving[held - 2]!;
    for (let point = 0; point < later.length; point++) {
      later[point]! += flip * betweenKept(before, flipped + below[point]!, share[point]!);
    }
  }

  /** Fills the rows of all that can be held. */
  decide(layer: Float32Array, side: Side, rowOf: (held: number) => number): void {
    this.#costOfWaiting();
    this.#costOfOnDemand();
    if (side === 1) for (let row = 0; row < this.#spot.length; row++) this.#costOfSpot(row);
    const start = this.#spot.at(-1)!;
    const { below, share } = this.#starting;
    const [none, onDemand, spot] = [rowOf(0), rowOf(1), rowOf(2)];
    for (let point = 0; point < below.length; point++) {
      const at = below[point]!;
      const wait = this.#wait[point]!;
      const toOnDemand = at < 0 ? NEVER : between(this.#onDemand, at, share[point]!);
      const toSpot = at < 0 || side === 0 ? NEVER : between(start, at, share[point]!);
      layer[none + point] = Math.min(wait, toOnDemand, toSpot);
      layer[onDemand + point] = Math.min(wait, this.#onDemand[point]!, toSpot);
      if (side === 1) layer[spot + point] = Math.min(wait, toOnDemand, this.#spot[0]![point]!);
    }
    if (side === 0) return;
    for (let pending = 1; pending < this.#spotStates; pending++) {
      this.#decideInChangeover(layer, { pending, none, row: rowOf(2 + pending) });
    }
  }

  /** Spot whose changeover goes on: it goes on, or is left as if it had not begun. */
  #decideInChangeover(
    layer: Float32Array,
    { pending, none, row }: { readonly [key in 'pending' | 'none' | 'row']: number },
  ): void {
    const { below, share } = this.#leaving[pending]!;
    const stay = this.#spot[pending]!;
    for (let point = 0; point < stay.length; point++) {
      const leave = betweenKept(layer, none + below[point]!, share[point]!);
      layer[row + point] = Math.min(leave, stay[point]!);
    }
  }

  #costOfWaiting(): void {
    const { below, share } = this.#waiting;
    const later = this.#later[0]!;
    for (let point = 0; point < later.length; point++) {
      if (point >= this.#doneFrom) this.#wait[point] = 0;
      else if (point < this.#waitFrom) this.#wait[point] = NEVER;
      else this.#wait[point] = between(later, below[point]!, share[point]!);
    }
  }

  #costOfOnDemand(): void {
    const later = this.#later[1]!;
    for (let point = 0; point < later.length; point++) {
      this.#onDemand[point] = this.#onDemandNow[point]! + this.#carry[point]! * later[point]!;
    }
  }

  /** By the slack that is left once the changeover has been taken from it. */
  #costOfSpot(row: number): void {
    const pending = Math.max(0, row - 1);
    const later = this.#later[2 + pending]!;
    const from = this.#spotFrom[pending]!;
    const costs = this.#spot[row]!;
    for (let point = 0; point < costs.length; point++) {
      const carry = this.#carry[point]!;
      const isSafe = point >= from || carry === 0;
      costs[point] = isSafe ? this.#spotNow[point]! + carry * later[point]! : NEVER;
    }
  }
}

/** NEVER at either end is never in between. */
function between(row: Float64Array, below: number, share: number): number {
  const low = row[below]!;
  if (share === 0 || low >= NEVER) return low;
  return low * (1 - share) + row[below + 1]! * share;
}

/** The same of a row that is kept. */
function betweenKept(layer: Float32Array, below: number, share: number): number {
  const low = layer[below]!;
  if (share === 0 || low >= NEVER) return low;
  return low * (1 - share) + layer[below + 1]! * share;
}
