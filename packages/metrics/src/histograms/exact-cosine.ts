import type { Matrix } from '@mixture-of-personas/numeric';

/**
 * The cosine of two rows in float64, in [−1, 1].
 * @param squares squared length of each row
 */
export function exactCosine({ data, cols }: Matrix, squares: ArrayLike<number>, i: number, j: number): number {
  const cosine = dotOf(data, i * cols, j * cols, cols) / Math.sqrt(squares[i]) / Math.sqrt(squares[j]);
  return Math.max(-1, Math.min(1, cosine));
}

/** Which of the equal bins on [−1, 1] a cosine falls in; 1 falls in the last. */
export function binOf(cosine: number, bins: number): number {
  return Math.min(bins - 1, Math.floor(((cosine + 1) / 2) * bins));
}

/** The inner product of two rows, by where they start, in float64 and four sums. */
function dotOf(data: Float32Array | Float64Array, a: number, b: number, cols: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let p = 0;
  for (; p + 4 <= cols; p += 4) {
    s0 += data[a + p] * data[b + p];
    s1 += data[a + p + 1] * data[b + p + 1];
    s2 += data[a + p + 2] * data[b + p + 2];
    s3 += data[a + p + 3] * data[b + p + 3];
  }
  for (; p < cols; p++) s0 += data[a + p] * data[b + p];
  return s0 + s1 + (s2 + s3);
}
