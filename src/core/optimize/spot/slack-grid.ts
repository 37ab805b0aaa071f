/**
 * The values of slack (milliseconds of time left beyond the work left) at which a table is kept,
 * ascending from 0, and linear interpolation between them. They are dense where a changeover
 * counts; beyond they are multiples of half a step, so that waiting needs little interpolation.
 */
export type SlackGrid = Float64Array;

/** For each point of the grid another slack: the point below it and how far it is to the next. */
export type Shift = { readonly below: Int32Array; readonly share: Float64Array };

const NEAR_STEPS = 2;

export function slackGrid(scale: {
  readonly stepMs: number;
  readonly changeoverMs: number;
  readonly slackMs: number;
}): SlackGrid {
  const { stepMs, changeoverMs, slackMs } = scale;
  const points = [0];
  const unit = Math.max(stepMs / 10, Math.min(changeoverMs || stepMs, stepMs) / 2);
  for (let at = unit; at < NEAR_STEPS * stepMs; at += unit) points.push(at);
  points.push(changeoverMs);
  let at = NEAR_STEPS * stepMs;
  while (at < slackMs) {
    points.push(at);
    at += stepMs * widthInSteps(at / stepMs);
  }
  points.push(at);
  return Float64Array.from(new Set(points)).sort();
}

/** At most a 32nd of the slack, and half a step at least. */
function widthInSteps(steps: number): number {
  return Math.max(0.5, 2 ** Math.floor(Math.log2(steps / 32)));
}

/** The point at or below a slack of 0 or more; the last but one from the end on. */
export function pointBelow(grid: SlackGrid, slackMs: number): number {
  let [low, high] = [0, grid.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (grid[middle]! <= slackMs) low = middle;
    else high = middle;
  }
  return low;
}

export function shareAbove(grid: SlackGrid, below: number, slackMs: number): number {
  return Math.min(1, (slackMs - grid[below]!) / (grid[below + 1]! - grid[below]!));
}

/** Where each point of the grid comes to lie; −1 below 0, and at the end beyond it. */
export function shiftOf(grid: SlackGrid, byMs: number): Shift {
  const below = new Int32Array(grid.length).fill(-1);
  const share = new Float64Array(grid.length);
  for (let point = 0; point < grid.length; point++) {
    const slackMs = grid[point]! + byMs;
    if (slackMs < 0) continue;
    below[point] = pointBelow(grid, slackMs);
    share[point] = shareAbove(grid, below[point]!, slackMs);
  }
  return { below, share };
}
