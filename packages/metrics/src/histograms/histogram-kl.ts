import { sumOf } from '@mixture-of-personas/numeric/internal';
import { requireCounts } from '../metric/checks.js';

/**
 * Σ P ln(P/Q) with P ← (P + ε)/(1 + bins ε), and Q alike, from counts.
 * @throws ShapeError when a histogram is empty or a count negative
 */
export function histogramKl(synthetic: ArrayLike<number>, golden: ArrayLike<number>, epsilon: number): number {
  requireCounts('histogramKl', 'synthetic', synthetic);
  requireCounts('histogramKl', 'golden', golden);
  const p = smoothed(synthetic, epsilon);
  const q = smoothed(golden, epsilon);
  let sum = 0;
  for (let b = 0; b < p.length; b++) sum += p[b] * Math.log(p[b] / q[b]);
  return Math.max(0, sum);
}

function smoothed(counts: ArrayLike<number>, epsilon: number): Float64Array {
  const total = sumOf(counts);
  return Float64Array.from(counts, (count) => (count / total + epsilon) / (1 + counts.length * epsilon));
}
