import type { Matrix } from '@mixture-of-personas/numeric';
import { columnSums, dot } from '@mixture-of-personas/numeric/internal';

import { overBlocks } from '../pairs/int16-blocks.js';
import { releaseInt16, int16SetsOf, type Int16Sets, type Int16Set } from '../pairs/int16.js';

/** Larger |x|² / d could overflow once cubed in float32. */
const LARGEST = 1e9;

/**
 * MMD² with k(x, y) = (x·y / d + 1)³. Of k = 1 + 3t + t² (t + 3), t = x·y / d, the 1 cancels, the sum of t is that of two vectors' product, in float64, and the
 * rest is summed from 16-bit products. Rounding moves a row by 1e-5 of its length, in no direction that depends on the data: over many pairs that
 * averages out.
 * @param x n₁ × d
 * @param y n₂ × d
 * @param options `biased` keeps i = j
 * @returns null where the kernel cannot run, or the rows are too long
 */
export function cubicMmd(
  x: Matrix,
  y: Matrix,
  options: { readonly biased: boolean; readonly threads: number },
): number | null {
  const { biased, threads } = options;
  const int16 = int16SetsOf([x, y], { threads });
  if (!int16) return null;
  for (const { factors, squares, scales } of int16.sets) {
    for (let i = 0; i < factors.length; i++) {
      if (squares[i] / x.cols > LARGEST) return null;
      scales[i] = factors[i] > 0 ? 1 / (factors[i] * Math.sqrt(x.cols)) : 0;
    }
  }
  const [a, b] = int16.sets;
  const [sumA, sumB] = [columnSums(x), columnSums(y)];
  const pairs = x.rows * y.rows;
  const across = (3 * dot(sumA, sumB)) / x.cols / pairs + sumOver(int16, a, b) / pairs;
  const value = meanWithin(int16, a, sumA, biased) + meanWithin(int16, b, sumB, biased) - 2 * across;
  releaseInt16(int16);
  return value;
}

/** Mean of k − 1 over the pairs of a set. */
function meanWithin(int16: Int16Sets, set16: Int16Set, sums: Float64Array, biased: boolean): number {
  const { set, squares, rounded, scales } = set16;
  let [trace, exact, asRounded] = [0, 0, 0];
  for (let i = 0; i < set.rows; i++) {
    const t = squares[i] / set.cols;
    trace += t;
    exact += t * t * (t + 3);
    const r = rounded[i] * scales[i] * scales[i];
    asRounded += r * r * (r + 3);
  }
  const linear = 3 * (dot(sums, sums) / set.cols);
  // Blocks on the diagonal hold each row with itself, as it was rounded.
  const ordered = 2 * sumOver(int16, set16, set16) - asRounded;
  return biased
    ? (linear + ordered + exact) / set.rows ** 2
    : (linear - 3 * trace + ordered) / (set.rows * (set.rows - 1));
}

/** The kernel's sums, in the same order however many threads made them; blocks on the diagonal count half. */
function sumOver(int16: Int16Sets, a: Int16Set, b: Int16Set): number {
  const sums: number[] = [];
  const steps = overBlocks(int16, [a, b], {
    call: () => ['sumBlock'],
    done: ({ diagonal }, _, sum, index) => (sums[index] = diagonal ? sum / 2 : sum),
  });
  while (!steps.next().done);
  return sums.reduce((total, sum) => total + sum, 0);
}
