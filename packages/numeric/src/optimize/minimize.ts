import { dot } from '../matrix.js';

/** A function and its gradient at a point. */
export interface Evaluated {
  /** May be ∞ (never −∞ or NaN) where the function is not defined: the line search then turns back. */
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Settings of `minimize`. */
export interface MinimizeOptions {
  /** Stops when no partial derivative is larger. @defaultValue 1e-6 */
  readonly tolerance?: number;
  /** Stops when an iteration lowers the value by less than this, absolutely. @defaultValue 0 */
  readonly valueTolerance?: number;
  /** @defaultValue 500 */
  readonly maxIterations?: number;
}

/** Result of `minimize`. */
export interface Minimum extends Evaluated {
  readonly point: Float64Array;
  readonly iterations: number;
  /** Calls of the function. */
  readonly evaluations: number;
  /** Whether a tolerance was met, rather than `maxIterations` reached. */
  readonly converged: boolean;
}

/** A point on the line of a search: f(x + length · direction) and its slope there. */
interface Trial extends Evaluated {
  readonly length: number;
  readonly point: Float64Array;
  readonly slope: number;
}

/** One remembered step: s = Δx, y = Δgradient. */
interface Correction {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly sy: number;
}

const MEMORY = 10;
/** Constants of the strong Wolfe conditions: sufficient decrease and curvature. */
const [DECREASE, CURVATURE] = [1e-4, 0.9];
const MAX_TRIALS = 25;

/**
 * Minimizes a smooth function by L-BFGS with a line search for the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 7.4, 3.5 and
 * 3.6). Deterministic.
 * @param at the function; finite at `start`
 * @param start where to begin; left as it is
 */
export function minimize(
  at: (point: Float64Array) => Evaluated,
  start: Float64Array,
  { tolerance = 1e-6, valueTolerance = 0, maxIterations = 500 }: MinimizeOptions = {},
): Minimum {
  let evaluations = 0;
  const evaluate = (point: Float64Array): Evaluated => {
    evaluations++;
    return at(point);
  };
  let point: Float64Array = start.slice();
  let now = evaluate(point);
  let corrections: Correction[] = [];
  let converged = false;
  let iterations = 0;
  while (!(converged = now.gradient.every((partial) => Math.abs(partial) <= tolerance)) && iterations < maxIterations) {
    const direction = directionOf(now.gradient, corrections);
    const slope = dot(direction, now.gradient);
    const first = corrections.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(now.gradient, now.gradient))) : 1;
    const next = slope < 0 ? lineSearch(evaluate, { length: 0, point, slope, ...now }, direction, first) : undefined;
    if (next === undefined) {
      converged = corrections.length === 0; // no step along the gradient lowers the value: rounding is reached
      if (converged) break;
      corrections = [];
      continue;
    }
    iterations++;
    const s = direction.map((value) => value * next.length);
    const y = next.gradient.map((value, i) => value - now.gradient[i]);
    const sy = dot(s, y);
    if (sy > 1e-12 * dot(y, y)) corrections.push({ s, y, sy });
    if (corrections.length > MEMORY) corrections.shift();
    const gain = now.value - next.value;
    [point, now] = [next.point, { value: next.value, gradient: next.gradient }];
    if ((converged = gain <= valueTolerance)) break;
  }
  return { ...now, point, iterations, evaluations, converged };
}

/** A point of the line that meets the strong Wolfe conditions, else the lowest one found; undefined when none is lower. */
function lineSearch(
  at: (point: Float64Array) => Evaluated,
  start: Trial,
  direction: Float64Array,
  first: number,
): Trial | undefined {
  const trialAt = (length: number): Trial => {
    const point = start.point.map((value, i) => value + length * direction[i]);
    const there = at(point);
    return { ...there, length, point, slope: dot(there.gradient, direction) };
  };
  const tooHigh = ({ value, length }: Trial): boolean => !(value <= start.value + DECREASE * length * start.slope);
  const flatEnough = ({ slope }: Trial): boolean => Math.abs(slope) <= -CURVATURE * start.slope;
  // `low` is the best point that decreases enough; the other end of the bracket is `high`, absent while the line only falls.
  let [low, high]: [Trial, Trial | undefined] = [start, undefined];
  let length = first;
  for (let trials = 0; trials < MAX_TRIALS; trials++) {
    const trial = trialAt(length);
    if (tooHigh(trial) || trial.value >= low.value) {
      high = trial;
    } else {
      if (flatEnough(trial)) return trial;
      if (high === undefined ? trial.slope >= 0 : trial.slope * (high.length - low.length) >= 0) high = low;
      low = trial;
    }
    if (high === undefined) length = 2.5 * length;
    else if (Math.abs(high.length - low.length) <= 1e-12 * Math.max(high.length, low.length)) break;
    else length = between(low, high);
  }
  return low.length > 0 && low.value < start.value ? low : undefined;
}

/** The minimum of the cubic through both values and slopes, kept away from the ends; the middle where there is none. */
function between(low: Trial, high: Trial): number {
  const width = high.length - low.length;
  const middle = low.length + width / 2;
  if (!Number.isFinite(high.value)) return middle;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.length - high.length);
  const square = d1 * d1 - low.slope * high.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const length = high.length - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  const share = (length - low.length) / width;
  return share > 0.1 && share < 0.9 ? length : middle;
}

/** −H g by the two-loop recursion. */
function directionOf(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const q = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { s, y, sy } of [...corrections].reverse()) {
    const alpha = dot(s, q) / sy;
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i] -= alpha * y[i];
  }
  const last = corrections.at(-1);
  const scale = last === undefined ? 1 : last.sy / dot(last.y, last.y);
  for (let i = 0; i < q.length; i++) q[i] *= scale;
  for (const { s, y, sy } of corrections) {
    const gap = alphas.pop()! - dot(y, q) / sy;
    for (let i = 0; i < q.length; i++) q[i] += gap * s[i];
  }
  return q;
}
