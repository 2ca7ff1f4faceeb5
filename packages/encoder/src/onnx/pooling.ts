/** How token vectors become one: their mean, the first one (`[CLS]`), or the largest value of each component. */
export type Pooling = 'mean' | 'cls' | 'max';

/** Token vectors of a padded batch, B × L × D, row-major. */
export interface TokenVectors {
  readonly data: Float32Array;
  /** L, padding included. */
  readonly tokens: number;
  /** D. */
  readonly cols: number;
}

/**
 * One vector for text b of the batch, special tokens included and padding left out.
 * mean: (1/n) Σ_t h_t · cls: h_0 · max: max_t h_t, component by component.
 * @param length n, the real tokens of text b; 0 gives zeros
 * @returns D numbers; sums run in float64
 */
export function pool(vectors: TokenVectors, b: number, length: number, pooling: Pooling): Float32Array {
  const { data, tokens, cols } = vectors;
  const out = new Float32Array(cols);
  const used = pooling === 'cls' ? Math.min(length, 1) : length;
  const start = b * tokens * cols;
  for (let d = 0; d < cols; d++) {
    let sum = 0;
    let largest = used > 0 ? -Infinity : 0;
    for (let t = 0; t < used; t++) {
      const value = data[start + t * cols + d]!;
      sum += value;
      // Not Math.max alone: a NaN must stay visible to the check that follows.
      largest = value > largest || Number.isNaN(value) ? value : largest;
    }
    out[d] = pooling === 'max' ? largest : sum / Math.max(used, 1);
  }
  return out;
}
