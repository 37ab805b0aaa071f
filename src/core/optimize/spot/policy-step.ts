import { HOUR_MS } from '../../../base/time.ts';
import type { Side } from './hazard.ts';
import { pointBelow, type Shift, type SlackGrid, shiftOf } from './slack-grid.ts';
import type { SpotJob } from './spot-job.ts';

/** Dearer than any job: of what would miss the deadline. */
const NEVER = 1e9;
/** So many points below those that can come to be are kept: they are interpolated with. */
const MARGIN = 8;

/** Where a row begins, and its chance. */
type Part = readonly [number, number];

/**
 * One step of a policy table for one state of availability at a time: by slack, the cost of each
 * choice, and the least. It is the table's inner loop, and so keeps its rows from state to state.
 */
export class PolicyStep {
  readonly #grid: SlackGrid;
  readonly #stepMs: number;
  /** Of a job that has not begun, a changeover included: no state has less slack than that leaves. */
  readonly #neededMs: number;
  readonly #changeoverMs: number;
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
  /** The points that count now: what has less slack cannot come to be, what has more is done. */
  #first = 0;
  #last = 0;
  #firstBefore = 0;

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
    this.#changeoverMs = job.changeoverMs;
    this.#neededMs = job.workMs + job.changeoverMs;
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

  /** Only points from `first` to `last` are filled in; those above it cost nothing more. */
  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#last;
  }

  begin(stepsLeft: number): void {
    const timeLeftMs = stepsLeft * this.#stepMs;
    const grid = this.#grid;
    this.#firstBefore = this.#first;
    this.#first = Math.max(0, pointBelow(grid, timeLeftMs - this.#neededMs) - MARGIN);
    while (this.#last < grid.length - 1 && grid[this.#last]! < timeLeftMs) this.#last++;
    for (let point = this.#first; point <= this.#last; point++) {
      const workMs = Math.max(0, timeLeftMs - grid[point]!);
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
    if (held <= 2) {
      for (let point = this.#firstBefore; point <= this.#last; point++) {
        const kept = stay * before[same + point]! + grow * before[older + point]!;
        later[point] = kept + flip * before[flipped + point]!;
      }
      return;
    }
    const { below, share } = this.#leaving[held - 2]!;
    for (let point = this.#firstBefore; point <= this.#last; point++) {
      const kept = stay * before[same + point]! + grow * before[older + point]!;
      const left = betweenKept(before, flipped + below[point]!, share[point]!);
      later[point] = kept + flip * left;
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
    for (let point = this.#first; point <= this.#last; point++) {
      const at = below[point]!;
      const wait = this.#wait[point]!;
      const by = share[point]!;
      const isKept = at >= this.#first;
      const toOnDemand = isKept
        ? between(this.#onDemand, at, by)
        : this.#startedBelow(this.#onDemand, point);
      let toSpot = NEVER;
      if (side === 1) toSpot = isKept ? between(start, at, by) : this.#startedBelow(start, point);
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
    for (let point = this.#first; point <= this.#last; point++) {
      const leave = betweenKept(layer, none + below[point]!, share[point]!);
      layer[row + point] = Math.min(leave, stay[point]!);
    }
  }

  /** Below 0 nothing can start in time. */
  #startedBelow(row: Float64Array, point: number): number {
    const slackMs = this.#grid[point]! - this.#changeoverMs;
    return slackMs < 0 ? NEVER : this.#beyond(row, this.#first, slackMs);
  }

  #costOfWaiting(): void {
    const { below, share } = this.#waiting;
    const later = this.#later[0]!;
    for (let point = this.#first; point <= this.#last; point++) {
      const at = below[point]!;
      if (this.#onDemandNow[point] === 0) this.#wait[point] = 0;
      else if (point < this.#waitFrom) this.#wait[point] = NEVER;
      else if (at >= this.#firstBefore) this.#wait[point] = between(later, at, share[point]!);
      else
        this.#wait[point] = this.#beyond(
          later,
          this.#firstBefore,
          this.#grid[point]! - this.#stepMs,
        );
    }
  }

  /** Below the first point that is kept the line through it and the next one goes on. */
  #beyond(row: Float64Array, first: number, slackMs: number): number {
    const [from, to] = [this.#grid[first]!, this.#grid[first + 1]!];
    const share = (slackMs - from) / (to - from);
    return row[first]! * (1 - share) + row[first + 1]! * share;
  }

  #costOfOnDemand(): void {
    const later = this.#later[1]!;
    for (let point = this.#first; point <= this.#last; point++) {
      this.#onDemand[point] = this.#onDemandNow[point]! + this.#carry[point]! * later[point]!;
    }
  }

  /** By the slack that is left once the changeover has been taken from it. */
  #costOfSpot(row: number): void {
    const pending = Math.max(0, row - 1);
    const later = this.#later[2 + pending]!;
    const from = this.#spotFrom[pending]!;
    const costs = this.#spot[row]!;
    for (let point = this.#first; point <= this.#last; point++) {
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
