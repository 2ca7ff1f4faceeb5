/** Ways to make one vector of a text's token vectors, by the names that sentence-transformers has for them. */
export const POOLING_MODES = ['cls', 'max', 'mean', 'mean_sqrt_len_tokens', 'weightedmean', 'lasttoken'] as const;
/** One of `POOLING_MODES`. */
export type PoolingMode = (typeof POOLING_MODES)[number];

/** Token vectors of a padded batch, B × L × D, row-major. */
export interface TokenVectors {
  readonly data: Float32Array;
  /** L, padding included. */
  readonly tokens: number;
  /** D. */
  readonly cols: number;
}

/** The tokens of one text that are pooled: positions `from` to `to` − 1 of text `b`. */
export type PooledTokens = Readonly<Record<'b' | 'from' | 'to', number>>;

/**
 * One vector for a text, padding left out, special tokens included. With n = to − from tokens h_t:
 * cls: the first · lasttoken: the last · max: max_t h_t, component by component · mean: Σ_t h_t / n ·
 * mean_sqrt_len_tokens: Σ_t h_t / √n · weightedmean: Σ_t (t + 1) h_t / Σ_t (t + 1), t counted from the text's first token.
 * @returns D numbers, zeros for no tokens; sums run in float64
 */
export function pool(vectors: TokenVectors, { b, from, to }: PooledTokens, mode: PoolingMode): Float32Array {
  const { data, tokens, cols } = vectors;
  const out = new Float32Array(cols);
  const row = (t: number): Float32Array => data.subarray((b * tokens + t) * cols, (b * tokens + t + 1) * cols);
  if (to <= from) return out;
  if (mode === 'cls' || mode === 'lasttoken') {
    out.set(row(mode === 'cls' ? from : to - 1));
    return out;
  }
  if (mode === 'max') {
    out.set(row(from));
    for (let t = from + 1; t < to; t++) {
      // Not Math.max: a NaN must stay visible to the check that follows.
      row(t).forEach((value, d) => (out[d] = value > out[d]! || Number.isNaN(value) ? value : out[d]!));
    }
    return out;
  }
  const sums = new Float64Array(cols);
  let total = 0;
  for (let t = from; t < to; t++) {
    const weight = mode === 'weightedmean' ? t + 1 : 1;
    total += weight;
    const values = row(t);
    for (let d = 0; d < cols; d++) sums[d]! += weight * values[d]!;
  }
  const divisor = mode === 'mean_sqrt_len_tokens' ? Math.sqrt(total) : total;
  return out.map((_, d) => sums[d]! / divisor);
}
