import {
  centered,
  minimize,
  multiplyByTranspose,
  softmaxInPlace,
  toFloat64,
  type Evaluated,
  type Matrix,
} from '@mixture-of-personas/numeric';

/** A linear classifier: the score of class c for row x is weights_c · (x − mean) + bias_c. */
export interface LinearClassifier {
  /** C × d. */
  readonly weights: Matrix<Float64Array>;
  readonly bias: Float64Array;
  readonly mean: Float64Array;
}

/**
 * Multinomial logistic regression: minimizes Σ −log softmax(W x + b)[class] + ‖W‖² / 2 (scikit-learn's default, C = 1; the bias is free).
 * @param rows n × d
 * @param classOf n class numbers, 0 … classes − 1
 * @param classes ≥ 2
 */
export function fitLogisticRegression(rows: Matrix, classOf: Int32Array, classes: number): LinearClassifier {
  const { mean, rows: x } = centered(rows);
  const d = x.cols;
  const { point: solution } = minimize(
    (w) => penalizedLoss(w, x, classOf, classes),
    new Float64Array(classes * (d + 1)),
  );
  return {
    weights: { data: solution.slice(0, classes * d), rows: classes, cols: d },
    bias: solution.slice(classes * d),
    mean,
  };
}

/** Mean of the objective over the rows, so that its gradient does not grow with them. W comes first in `w`, then the bias. */
export function penalizedLoss(
  w: Float64Array,
  x: Matrix<Float64Array>,
  classOf: Int32Array,
  classes: number,
): Evaluated {
  const { rows: n, cols: d } = x;
  const weights = { data: w.subarray(0, classes * d), rows: classes, cols: d };
  const scores = multiplyByTranspose(x, weights).data;
  const gradient = new Float64Array(w.length);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const p = scores.subarray(i * classes, (i + 1) * classes);
    for (let c = 0; c < classes; c++) p[c] += w[classes * d + c];
    const own = p[classOf[i]];
    value += softmaxInPlace(p) - own;
    p[classOf[i]] -= 1;
    for (let c = 0; c < classes; c++) {
      gradient[classes * d + c] += p[c] / n;
      const weight = p[c] / n;
      for (let j = 0; j < d; j++) gradient[c * d + j] += weight * x.data[i * d + j];
    }
  }
  let penalty = 0;
  for (let at = 0; at < classes * d; at++) {
    penalty += w[at] * w[at];
    gradient[at] += w[at] / n;
  }
  return { value: (value + penalty / 2) / n, gradient };
}

/** The class of highest score for each row. */
export function predict({ weights, bias, mean }: LinearClassifier, rows: Matrix): Int32Array {
  const offset = bias.map((value, c) => {
    let shift = 0;
    for (let j = 0; j < mean.length; j++) shift += weights.data[c * mean.length + j] * mean[j];
    return value - shift;
  });
  const scores = multiplyByTranspose(toFloat64(rows), weights);
  return Int32Array.from({ length: rows.rows }, (_, i) => {
    let best = 0;
    const at = (c: number): number => scores.data[i * bias.length + c] + offset[c];
    for (let c = 1; c < bias.length; c++) if (at(c) > at(best)) best = c;
    return best;
  });
}
