import { addTimes, CompactHessian, dot } from './compact-hessian.ts';

/*
 * Problem: minimize a smooth function over a convex set onto which points are easily projected:
 * bounds, simplices (shares that sum to one), products of those.
 * Method: projected L-BFGS. A quadratic model from the last few gradients is minimized over the set
 * by projected gradients with exact steps; the line from here to there lies in the set, and Armijo's
 * rule says how far to go on it, by quadratic interpolation.
 * Complexity: O(memory × n) and some tens of projections for each step; a local minimum only,
 * the global one of a convex function.
 * Reference: Schmidt, van den Berg, Friedlander, Murphy, Optimizing Costly Functions with Simple
 * Constraints (AISTATS 2009); Birgin, Martínez, Raydan, Nonmonotone Spectral Projected Gradient
 * Methods (2000).
 */

export type SmoothProblem = {
  /** The value at a point; writes the gradient there. Infinity where there is no value. */
  readonly value: (point: Float64Array, gradient: Float64Array) => number;
  /** Moves a point to the nearest one of the set. */
  readonly project: (point: Float64Array) => void;
};

export type DescentOptions = {
  readonly start: Float64Array;
  /** Of the largest move that a projected step down the gradient still makes. */
  readonly tolerance?: number;
  readonly stepsMax?: number;
  /** Of the value: it ends where some steps together bring less. */
  readonly progressMin?: number;
  /** Steps that the model remembers, and steps on the model for each of the function. */
  readonly memory?: number;
  readonly modelStepsMax?: number;
  readonly isOver?: () => boolean;
};

export type Descent = {
  readonly point: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** No projected step goes on by more than the tolerance. */
  readonly isStationary: boolean;
};

/** Nearer to a minimum, values differ by less than floating point can tell. */
const TOLERANCE = 1e-7;
const STEPS_MAX = 500;
const MEMORY = 10;
/** Progress is looked at after so many. */
const PROGRESS_STEPS = 5;
const MODEL_STEPS_MAX = 50;
const MODEL_TOLERANCE = 1e-9;
/** Of the descent that the slope promises, what a step must bring (Armijo). */
const SUFFICIENT = 1e-4;
const BACKTRACKS_MAX = 40;
/** Of the value: smaller differences are rounding, and slopes tell instead. */
const ROUNDING = 1e-14;
/** Steps of the spectral method are kept between these. */
const SPECTRAL = [1e-10, 1e10] as const;

/** A local minimum, found downhill from the start. */
export function minimizeSmooth(problem: SmoothProblem, options: DescentOptions): Descent {
  const { tolerance = TOLERANCE, stepsMax = STEPS_MAX, memory = MEMORY } = options;
  const { modelStepsMax = MODEL_STEPS_MAX, progressMin = 0 } = options;
  const hessian = new CompactHessian(memory);
  let point: Float64Array = options.start.slice();
  problem.project(point);
  let gradient: Float64Array = new Float64Array(point.length);
  let value = problem.value(point, gradient);
  let before = Infinity;
  let taken = 0;
  for (let steps = 0; steps < stepsMax && options.isOver?.() !== true; steps++) {
    const steepest = projectedMove(problem, point, { gradient, factor: 1 });
    if (largest(steepest) <= tolerance) return { point, value, steps, isStationary: true };
    if (steps % PROGRESS_STEPS === 0) {
      if (progressMin > 0 && before - value < progressMin * Math.abs(value)) break;
      before = value;
    }
    const next = nextPoint(problem, { point, gradient, value }, { hessian, modelStepsMax });
    if (next === null) return { point, value, steps, isStationary: false };
    hessian.learn(difference(next.point, point), difference(next.gradient, gradient));
    ({ point, gradient, value } = next);
    taken++;
  }
  return { point, value, steps: taken, isStationary: false };
}

type Place = {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
};

type Model = { readonly hessian: CompactHessian; readonly modelStepsMax: number };

/** By the model, or straight down where the model leads nowhere; null where nothing goes down. */
function nextPoint(problem: SmoothProblem, place: Place, model: Model): Place | null {
  if (!model.hessian.isEmpty) {
    const next = searchLine(problem, place, modelMove(problem, place, model));
    if (next !== null) return next;
    model.hessian.forget();
  }
  const factor = 1 / Math.max(1, largest(place.gradient));
  return searchLine(problem, place, projectedMove(problem, place.point, { ...place, factor }));
}

/** The move to the least of gradient·d + ½ d·B d over the set. */
function modelMove(
  { project }: SmoothProblem,
  { point, gradient }: Place,
  { hessian, modelStepsMax }: Model,
): Float64Array {
  const move = new Float64Array(point.length);
  const slope = gradient.slice();
  let factor = 1 / Math.max(SPECTRAL[0], Math.sqrt(dot(slope, slope)));
  for (let step = 0; step < modelStepsMax; step++) {
    const at = point.slice();
    addTimes(at, move, 1);
    const turn = projectedMove({ project }, at, { gradient: slope, factor });
    const bent = hessian.times(turn);
    const curvature = dot(turn, bent);
    const descent = -dot(slope, turn);
    if (!(descent > 0) || !(curvature > 0)) break;
    const length = Math.min(1, descent / curvature);
    addTimes(move, turn, length);
    addTimes(slope, bent, length);
    factor = Math.min(SPECTRAL[1], Math.max(SPECTRAL[0], dot(turn, turn) / curvature));
    if (length * largest(turn) < MODEL_TOLERANCE * largest(move)) break;
  }
  return move;
}

/** Armijo's rule on the line; null where it does not go down. */
function searchLine(problem: SmoothProblem, place: Place, move: Float64Array): Place | null {
  const slope = dot(place.gradient, move);
  if (!(slope < 0)) return null;
  let length = 1;
  for (let turn = 0; turn < BACKTRACKS_MAX; turn++) {
    const point = place.point.slice();
    addTimes(point, move, length);
    problem.project(point);
    const gradient = new Float64Array(point.length);
    const value = problem.value(point, gradient);
    const isLower = value <= place.value + SUFFICIENT * length * slope && value < place.value;
    if (isLower || isRounding({ value, slope: dot(gradient, move) }, place.value, slope)) {
      return { point, gradient, value };
    }
    const fitted = (-slope * length * length) / (2 * (value - place.value - slope * length));
    length = fitted > 0.1 * length && fitted < 0.5 * length ? fitted : length / 2;
  }
  return null;
}

/**
 * Where values are too near to each other to be told apart, the slope must have become less steep
 * (Hager, Zhang, A New Conjugate Gradient Method with Guaranteed Descent, 2005, section 4).
 */
function isRounding(
  next: { readonly value: number; readonly slope: number },
  value: number,
  slope: number,
): boolean {
  const isSame = Math.abs(next.value - value) <= ROUNDING * Math.abs(value);
  return isSame && Math.abs(next.slope) <= (1 - 2 * SUFFICIENT) * Math.abs(slope);
}

/** Where a step down the gradient leads after the projection, less where it began. */
function projectedMove(
  { project }: Pick<SmoothProblem, 'project'>,
  point: Float64Array,
  { gradient, factor }: { readonly gradient: Float64Array; readonly factor: number },
): Float64Array {
  const move = point.slice();
  addTimes(move, gradient, -factor);
  project(move);
  addTimes(move, point, -1);
  return move;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((one, index) => one - b[index]!);
}

function largest(numbers: Float64Array): number {
  let most = 0;
  for (let at = 0; at < numbers.length; at++) most = Math.max(most, Math.abs(numbers[at]!));
  return most;
}
