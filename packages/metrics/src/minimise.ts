/** A function and its gradient at a point. */
export interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Pairs of steps and gradient changes that stand for the curvature. */
const MEMORY = 10;

/**
 * Minimises a smooth convex function by L-BFGS with a backtracking line search (Nocedal & Wright, algorithms 7.4 and 3.1).
 * @param at the function; must be finite wherever it is asked
 * @param start where to begin
 * @param tolerance stops when no partial derivative is larger, or no step lowers the value any more
 * @returns the minimiser
 */
export function minimise(
  at: (x: Float64Array) => Evaluated,
  start: Float64Array,
  { tolerance = 1e-6, iterations = 500 }: { readonly tolerance?: number; readonly iterations?: number } = {},
): Float64Array {
  let x = start;
  let now = at(x);
  const steps: { s: Float64Array; y: Float64Array; sy: number }[] = [];
  for (let round = 0; round < iterations; round++) {
    if (now.gradient.every((partial) => Math.abs(partial) <= tolerance)) break;
    const direction = directionOf(now.gradient, steps);
    const slope = dot(direction, now.gradient);
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let next = moved(x, direction, length);
    let there = at(next);
    while (there.value > now.value + 1e-4 * length * slope && length > 1e-12) {
      length /= 2;
      next = moved(x, direction, length);
      there = at(next);
    }
    if (!(there.value < now.value)) break;
    const s = direction.map((value) => value * length);
    const y = there.gradient.map((value, i) => value - now.gradient[i]);
    const sy = dot(s, y);
    if (sy > 1e-12 * dot(y, y)) steps.push({ s, y, sy });
    if (steps.length > MEMORY) steps.shift();
    x = next;
    now = there;
  }
  return x;
}

/** − H g by the two-loop recursion. */
function directionOf(
  gradient: Float64Array,
  steps: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly sy: number }[],
): Float64Array {
  const q = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { s, y, sy } of [...steps].reverse()) {
    const alpha = dot(s, q) / sy;
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i] -= alpha * y[i];
  }
  const last = steps.at(-1);
  if (last) {
    const scale = last.sy / dot(last.y, last.y);
    for (let i = 0; i < q.length; i++) q[i] *= scale;
  }
  for (const { s, y, sy } of steps) {
    const gap = alphas.pop()! - dot(y, q) / sy;
    for (let i = 0; i < q.length; i++) q[i] += gap * s[i];
  }
  return q;
}

function moved(x: Float64Array, direction: Float64Array, length: number): Float64Array {
  return x.map((value, i) => value + length * direction[i]);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
