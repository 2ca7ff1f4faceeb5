import {
  classProbabilities,
  fitLogisticRegression,
  rowOf,
  SettingError,
  zeros,
  type LabeledRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { dot, solveLogisticHessian } from '@mixture-of-personas/numeric/internal';

/** Value of log 0 in the reverse cross-entropy. */
const LOG_ZERO = -4;

/** Rows that a loss is taken on. */
export type ValidationRows = Omit<LabeledRows, 'classes'>;

/**
 * Influence of every training row on the loss of the validation rows, as ProGen (arXiv 2210.12329) scores its texts:
 * I(z) = −∇ℓ_RCE(V; θ)ᵀ H⁻¹ ∇ℓ_CE(z; θ). Negative: the row helps; −I(z)/n is, to first order, what the validation loss gains when z is left out.
 * Here θ is a multinomial logistic regression on embeddings, so H⁻¹ is exact where ProGen's is sampled. ℓ_CE has no λ: only the rows differ.
 * @param regularization λ of the fit, on the biases too
 * @returns n scores, in the order of the rows
 * @throws ShapeError or SettingError when sets do not fit
 */
export function influenceScores(
  training: LabeledRows,
  validation: ValidationRows,
  regularization: number,
): Float64Array {
  if (validation.rows.rows === 0 || validation.rows.rows !== validation.classOf.length)
    throw new SettingError('influenceScores', 'validation', 'one or more rows with a class each', validation.rows.rows);
  const penalty = { regularization, penalizeBias: true };
  const theta = fitLogisticRegression(training, penalty);
  const p = classProbabilities(training.rows, theta);
  const direction = solveLogisticHessian(training, penalty, theta, reverseGradient(validation, theta));
  return Float64Array.from({ length: training.rows.rows }, (_, i) => {
    const [row, of] = [rowOf(training.rows, i), rowOf(p, i)];
    let sum = 0;
    for (let c = 0; c < of.length; c++) {
      const error = of[c]! - (training.classOf[i] === c ? 1 : 0);
      sum += error * timesRow(rowOf(direction, c), row);
    }
    return -sum;
  });
}

/** ∇θ of ℓ_RCE = −(1/|V|) Σ_i Σ_k p_k log q_k with q the given class, log 0 := −4: an error counts by the probability that is lost, up to 4. C × (d + 1): with a_k = −log q_k, the derivative by logit k is p_k (a_k − Σ_j p_j a_j). */
function reverseGradient({ rows, classOf }: ValidationRows, theta: Matrix<Float64Array>): Matrix<Float64Array> {
  const p = classProbabilities(rows, theta);
  const gradient = zeros(theta.rows, theta.cols);
  classOf.forEach((own, i) => {
    const [of, row] = [rowOf(p, i), rowOf(rows, i)];
    const mean = -LOG_ZERO * (1 - of[own]!);
    for (let c = 0; c < of.length; c++) {
      const slope = (of[c]! * ((c === own ? 0 : -LOG_ZERO) - mean)) / rows.rows;
      const into = rowOf(gradient, c);
      for (let j = 0; j < row.length; j++) into[j] = into[j]! + slope * row[j]!;
      into[row.length] = into[row.length]! + slope;
    }
  });
  return gradient;
}

/** v · [x; 1]. */
const timesRow = (v: Float64Array, row: Matrix['data']): number => dot(row, v) + v[row.length]!;
