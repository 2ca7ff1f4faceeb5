import { multiply, multiplyByTranspose, multiplyTransposed, type Matrix } from '@mixture-of-personas/numeric';

// R = B + used personas; Y = [dL/du; dL/dv], R × N; L = [x; g], R × hidden, so that [u; v] = L eᵀ and e = H W_eᵀ with embeddings H, N × d.
//   dL/dW_e = (Yᵀ L)ᵀ H = Lᵀ (Y H)        and        dL/dL = Y e = (Y H) W_eᵀ
// Both orders give the same numbers; which is cheaper depends on how many rows there are beside N exemplars and hidden dimensions.

/** Exemplars as embeddings (N × d), as projections (N × hidden), and the weights between (hidden × d). */
export interface Exemplars {
  readonly embeddings: Matrix;
  readonly projected: Matrix;
  readonly weights: Matrix;
}

/** dL/db_e = Lᵀ (Y 1), hidden long. */
export function exemplarBiasGradient(y: Matrix, factors: Matrix): Float64Array {
  const gradient = new Float64Array(factors.cols);
  for (let r = 0; r < y.rows; r++) {
    let sum = 0;
    for (let at = r * y.cols; at < (r + 1) * y.cols; at++) sum += y.data[at];
    for (let h = 0; h < gradient.length; h++) gradient[h] += sum * factors.data[r * factors.cols + h];
  }
  return gradient;
}

/** dL/dW_e (hidden × d) and the exemplars' part of dL/dx and dL/dg (R × hidden), by the cheaper order of products. */
export function exemplarGradients(
  { y, factors }: { readonly y: Matrix; readonly factors: Matrix },
  { embeddings, projected, weights }: Exemplars,
): { readonly weights: Matrix; readonly projections: Matrix } {
  const [rows, exemplars, d, hidden] = [y.rows, embeddings.rows, embeddings.cols, projected.cols];
  const throughEmbeddings = rows * d * (exemplars + 2 * hidden);
  const throughProjections = exemplars * hidden * (d + 2 * rows);
  if (throughEmbeddings < throughProjections) {
    const sums = multiply(y, embeddings); // R × d
    return { weights: multiplyTransposed(factors, sums), projections: multiplyByTranspose(sums, weights) };
  }
  const ofProjected = multiplyTransposed(y, factors); // N × hidden
  return { weights: multiplyTransposed(ofProjected, embeddings), projections: multiply(y, projected) };
}
