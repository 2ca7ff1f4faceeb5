import {
  multiplyByTranspose,
  multiplyTransposed,
  rowOf,
  SettingError,
  ShapeError,
  softmaxInPlace,
  zeros,
  type Matrix,
} from '@mixture-of-personas/numeric';

// n rows, d the embeddings' width, C classes; ẽ = [e; 1]; θ is C × (d + 1); p = softmax(θ ẽ); λ the L2 weight, on every parameter.

/** A training set of a linear classifier. */
export interface LabeledRows {
  /** n × (d + 1): embeddings with a column of ones, from `withOnes`. */
  readonly rows: Matrix<Float64Array>;
  /** n class numbers, 0 … C − 1. */
  readonly classOf: Int32Array;
  /** C ≥ 2. */
  readonly classes: number;
  /** λ > 0. */
  readonly regularization: number;
}

/** Newton steps at most; a strictly convex loss takes some five to ten. */
const NEWTON_STEPS = 60;

/** Embeddings with a column of ones, so that the bias is a parameter like any other. */
export function withOnes(embeddings: Matrix): Matrix<Float64Array> {
  const { rows, cols } = embeddings;
  const out = zeros(rows, cols + 1);
  for (let i = 0; i < rows; i++) {
    out.data.set(rowOf(embeddings, i), i * (cols + 1));
    out.data[i * (cols + 1) + cols] = 1;
  }
  return out;
}

/**
 * θ* = argmin (1/n) Σ −log p_y + (λ/2)‖θ‖², by Newton's method with conjugate gradients, until no entry of the gradient exceeds 1e-10.
 * @returns C × (d + 1)
 * @throws ShapeError or SettingError when labels do not match the rows, a class number is out of range or λ is not positive
 */
export function trainClassifier(set: LabeledRows): Matrix<Float64Array> {
  requireSet(set);
  let theta = zeros(set.classes, set.rows.cols);
  let loss = lossAt(set, theta);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const p = probabilities(set.rows, theta);
    const gradient = gradientAt(set, theta, p);
    if (gradient.data.every((value) => Math.abs(value) < 1e-10)) break;
    const direction = solveHessian(set, p, gradient);
    let next = theta;
    let lower = loss;
    // On a convex loss a Newton step that goes too far is cut; where rounding stops every step, the minimum is reached.
    for (let scale = 1; scale > 1e-4; scale /= 2) {
      next = added(theta, -scale, direction);
      lower = lossAt(set, next);
      if (lower <= loss) break;
    }
    if (lower > loss) break;
    [theta, loss] = [next, lower];
  }
  return theta;
}

/** p of each row, n × C. */
export function probabilities(rows: Matrix<Float64Array>, theta: Matrix<Float64Array>): Matrix<Float64Array> {
  const p = multiplyByTranspose(rows, theta);
  for (let i = 0; i < p.rows; i++) softmaxInPlace(rowOf(p, i));
  return p;
}

/**
 * x with H x = b, H = (1/n) Σ (diag(p) − p pᵀ) ⊗ ẽ ẽᵀ + λI, by conjugate gradients on exact products: to a residual of 1e-12 of b.
 * @param set the training set
 * @param p `probabilities` of its rows at θ
 * @param b C × (d + 1)
 */
export function solveHessian(set: LabeledRows, p: Matrix<Float64Array>, b: Matrix<Float64Array>): Matrix<Float64Array> {
  const x = zeros(b.rows, b.cols);
  const residual = Float64Array.from(b.data);
  let direction = { ...b, data: Float64Array.from(b.data) };
  let size = dot(residual, residual);
  const enough = size * 1e-24;
  for (let step = 0; step < 4 * b.data.length && size > enough; step++) {
    const product = hessianTimes(set, p, direction);
    const along = size / dot(direction.data, product.data);
    for (let i = 0; i < residual.length; i++) {
      x.data[i] = x.data[i]! + along * direction.data[i]!;
      residual[i] = residual[i]! - along * product.data[i]!;
    }
    const next = dot(residual, residual);
    const ratio = next / size;
    direction = { ...b, data: residual.map((value, i) => value + ratio * direction.data[i]!) };
    size = next;
  }
  return x;
}

/** Σ a_i b_i. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function hessianTimes(
  { rows, regularization }: LabeledRows,
  p: Matrix<Float64Array>,
  v: Matrix<Float64Array>,
): Matrix<Float64Array> {
  const a = multiplyByTranspose(rows, v);
  for (let i = 0; i < a.rows; i++) {
    const [logits, of] = [rowOf(a, i), rowOf(p, i)];
    const mean = dot(of, logits);
    for (let c = 0; c < logits.length; c++) logits[c] = (of[c]! * (logits[c]! - mean)) / rows.rows;
  }
  return added(multiplyTransposed(a, rows), regularization, v);
}

function gradientAt(set: LabeledRows, theta: Matrix<Float64Array>, p: Matrix<Float64Array>): Matrix<Float64Array> {
  const { rows, classOf, regularization } = set;
  const residuals = { ...p, data: p.data.map((value) => value / rows.rows) };
  classOf.forEach((c, i) => (residuals.data[i * p.cols + c] = residuals.data[i * p.cols + c]! - 1 / rows.rows));
  return added(multiplyTransposed(residuals, rows), regularization, theta);
}

function lossAt({ rows, classOf, regularization }: LabeledRows, theta: Matrix<Float64Array>): number {
  const logits = multiplyByTranspose(rows, theta);
  let sum = 0;
  classOf.forEach((c, i) => {
    const row = rowOf(logits, i);
    const own = row[c]!;
    sum += softmaxInPlace(row) - own;
  });
  return sum / rows.rows + (regularization / 2) * dot(theta.data, theta.data);
}

function added(a: Matrix<Float64Array>, scale: number, b: Matrix<Float64Array>): Matrix<Float64Array> {
  return { ...a, data: a.data.map((value, i) => value + scale * b.data[i]!) };
}

function requireSet({ rows, classOf, classes, regularization }: LabeledRows): void {
  if (classOf.length !== rows.rows || rows.rows === 0) {
    const advice = 'Give one class number per row, and at least one row.';
    throw new ShapeError('trainClassifier', `${rows.rows} class numbers`, String(classOf.length), advice);
  }
  if (!(classes >= 2) || classOf.some((c) => c < 0 || c >= classes))
    throw new SettingError('trainClassifier', 'classes', 'at least 2, and more than every class number', classes);
  if (!(regularization > 0 && regularization < Infinity))
    throw new SettingError('trainClassifier', 'regularization', 'a positive number', regularization);
}
