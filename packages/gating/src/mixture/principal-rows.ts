import { multiply, multiplyByTranspose, randomFor, toFloat64, type Matrix } from '@mixture-of-personas/numeric';
import { stacked } from '@mixture-of-personas/numeric/internal';
import { orthonormalize, orthonormalRows } from './initial.js';

const ROUNDS = 3;

/**
 * Orthonormal directions, count × d at most, that keep the rows of the matrices best: subspace iteration from a random start (Halko,
 * Martinsson & Tropp 2011). Where all rows together span fewer dimensions, the directions span all of them.
 */
export function principalRows(matrices: readonly [Matrix, ...Matrix[]], count: number): Matrix<Float64Array> {
  const all = toFloat64(stacked(...matrices));
  const d = all.cols;
  const size = Math.min(count, d, all.rows);
  let basis = orthonormalRows(size, d, randomFor(0, 'principal rows', 0), all);
  for (let round = 0; round < ROUNDS; round++) {
    const next = toFloat64(multiply(multiplyByTranspose(basis, all), all)); // (R Aᵀ) A
    for (let i = 0; i < size; i++) {
      if (!orthonormalize(next, i)) {
        next.data.set(basis.data.subarray(i * d, (i + 1) * d), i * d);
        if (!orthonormalize(next, i)) next.data.fill(0, i * d, (i + 1) * d);
      }
    }
    basis = next;
  }
  return basis;
}
