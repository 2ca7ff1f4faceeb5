import { SettingError, ShapeError } from '../errors.js';
import { centered } from '../linalg/centered.js';
import { multiplyByTranspose, multiplyTransposed } from '../linalg/multiply.js';
import { dot, rowOf, toFloat64, zeros, type Matrix } from '../matrix.js';
import { softmaxInPlace } from '../softmax.js';

// n rows, d their width, C classes; x̃ = [x; 1]; θ is C × (d + 1), the bias last; p = softmax(θ x̃); λ the L2 weight.

/** Rows with a class each. */
export interface LabeledRows {
  /** n × d. */
  readonly rows: Matrix;
  /** n class numbers, 0 … C − 1. */
  readonly classOf: Int32Array;
  /** C ≥ 2. */
  readonly classes: number;
}

/** Penalty of a logistic regression. */
export interface LogisticPenalty {
  /** λ > 0, on the mean loss. C of scikit-learn is 1 / (nλ). */
  readonly regularization: number;
  /** Whether λ holds for the biases too. @defaultValue false */
  readonly penalizeBias?: boolean;
}

/** Newton steps at most; a strictly convex loss takes some five to ten. */
const NEWTON_STEPS = 60;
/** The fit ends when no entry of the gradient is larger. */
const TOLERANCE = 1e-10;

/** The loss of a training set: x̃, and λ of each column of θ. */
interface Problem {
  readonly rows: Matrix<Float64Array>;
  readonly classOf: Int32Array;
  readonly penalty: Float64Array;
}

/**
 * Multinomial logistic regression: θ* = argmin (1/n) Σ −log p_y + (λ/2)‖θ‖², by Newton's method with conjugate gradients, until no entry
 * of the gradient exceeds 1e-10 or rounding stops every step.
 * @returns C × (d + 1): the weights of each class, then its bias
 * @throws ShapeError or SettingError when labels do not match the rows, a class number is out of range or λ is not positive
 */
export function fitLogisticRegression(set: LabeledRows, penalty: LogisticPenalty): Matrix<Float64Array> {
  requireSet(set, penalty);
  if (penalty.penalizeBias) return newton(problemOf(set, penalty), set.classes);
  // A free bias takes up the mean of the rows: centered ones have the same minimum, and a better condition.
  const { mean, rows } = centered(set.rows);
  const theta = newton(problemOf({ ...set, rows }, penalty), set.classes);
  for (let c = 0; c < set.classes; c++) {
    const row = rowOf(theta, c);
    row[mean.length] -= dot(row.subarray(0, mean.length), mean);
  }
  return theta;
}

/**
 * Probabilities of the classes, p = softmax(θ x̃).
 * @param rows n × d
 * @param theta C × (d + 1), from `fitLogisticRegression`
 * @returns n × C
 */
export const classProbabilities = (rows: Matrix, theta: Matrix<Float64Array>): Matrix<Float64Array> =>
  probabilities(withOnes(rows), theta);

/**
 * x with H x = b, H = (1/n) Σ (diag(p) − p pᵀ) ⊗ x̃ x̃ᵀ + λI, the Hessian of the fit, by conjugate gradients to a residual of 1e-12 of b.
 * @param theta C × (d + 1), where the Hessian is taken
 * @param b C × (d + 1)
 */
export function solveLogisticHessian(
  set: LabeledRows,
  penalty: LogisticPenalty,
  theta: Matrix<Float64Array>,
  b: Matrix<Float64Array>,
): Matrix<Float64Array> {
  const problem = problemOf(set, penalty);
  return solveHessian(problem, probabilities(problem.rows, theta), b, 1e-12);
}

function problemOf({ rows, classOf }: LabeledRows, { regularization, penalizeBias }: LogisticPenalty): Problem {
  const penalty = new Float64Array(rows.cols + 1).fill(regularization);
  if (!penalizeBias) penalty[rows.cols] = 0;
  return { rows: withOnes(rows), classOf, penalty };
}

function withOnes(given: Matrix): Matrix<Float64Array> {
  const { data, rows, cols } = toFloat64(given);
  const out = zeros(rows, cols + 1);
  for (let i = 0; i < rows; i++) {
    const row = rowOf(out, i);
    row.set(data.subarray(i * cols, (i + 1) * cols));
    row[cols] = 1;
  }
  return out;
}

function newton(problem: Problem, classes: number): Matrix<Float64Array> {
  let theta = zeros(classes, problem.rows.cols);
  let loss = lossAt(problem, theta);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const p = probabilities(problem.rows, theta);
    const gradient = gradientAt(problem, theta, p);
    if (gradient.data.every((value) => Math.abs(value) < TOLERANCE)) break;
    // An early step need not be exact: the smaller the gradient, the closer the solution (Nocedal & Wright 2006, algorithm 7.1).
    const accuracy = Math.min(0.1, dot(gradient.data, gradient.data) ** 0.25);
    const direction = solveHessian(problem, p, gradient, accuracy);
    let next = theta;
    let lower = loss;
    // On a convex loss a Newton step that goes too far is cut; where rounding stops every step, the minimum is reached.
    for (let scale = 1; scale > 1e-4; scale /= 2) {
      next = { ...theta, data: theta.data.map((value, i) => value - scale * direction.data[i]) };
      lower = lossAt(problem, next);
      if (lower <= loss) break;
    }
    if (!(lower <= loss)) break;
    [theta, loss] = [next, lower];
  }
  return theta;
}

function probabilities(rows: Matrix<Float64Array>, theta: Matrix<Float64Array>): Matrix<Float64Array> {
  const p = multiplyByTranspose(rows, theta);
  for (let i = 0; i < p.rows; i++) softmaxInPlace(rowOf(p, i));
  return p;
}

/** H⁻¹ b, until the residual is `accuracy` of b. */
function solveHessian(
  problem: Problem,
  p: Matrix<Float64Array>,
  b: Matrix<Float64Array>,
  accuracy: number,
): Matrix<Float64Array> {
  const x = zeros(b.rows, b.cols);
  const residual = b.data.slice();
  let direction = { ...b, data: b.data.slice() };
  let size = dot(residual, residual);
  const enough = size * accuracy ** 2;
  for (let step = 0; step < 4 * b.data.length && size > enough; step++) {
    const product = hessianTimes(problem, p, direction);
    const along = size / dot(direction.data, product.data);
    for (let i = 0; i < residual.length; i++) {
      x.data[i] += along * direction.data[i];
      residual[i] -= along * product.data[i];
    }
    const next = dot(residual, residual);
    const ratio = next / size;
    direction = { ...b, data: residual.map((value, i) => value + ratio * direction.data[i]) };
    size = next;
  }
  return x;
}

function hessianTimes(
  { rows, penalty }: Problem,
  p: Matrix<Float64Array>,
  v: Matrix<Float64Array>,
): Matrix<Float64Array> {
  const logits = multiplyByTranspose(rows, v);
  for (let i = 0; i < logits.rows; i++) {
    const [of, row] = [rowOf(p, i), rowOf(logits, i)];
    const mean = dot(of, row);
    for (let c = 0; c < row.length; c++) row[c] = (of[c] * (row[c] - mean)) / rows.rows;
  }
  return penalized(multiplyTransposed(logits, rows), penalty, v);
}

function gradientAt(
  { rows, classOf, penalty }: Problem,
  theta: Matrix<Float64Array>,
  p: Matrix<Float64Array>,
): Matrix<Float64Array> {
  const residuals = { ...p, data: p.data.map((value) => value / rows.rows) };
  classOf.forEach((c, i) => (residuals.data[i * p.cols + c] -= 1 / rows.rows));
  return penalized(multiplyTransposed(residuals, rows), penalty, theta);
}

function lossAt({ rows, classOf, penalty }: Problem, theta: Matrix<Float64Array>): number {
  const logits = multiplyByTranspose(rows, theta);
  let sum = 0;
  classOf.forEach((c, i) => {
    const row = rowOf(logits, i);
    const own = row[c];
    sum += softmaxInPlace(row) - own;
  });
  const squares = theta.data.reduce((total, value, at) => total + penalty[at % theta.cols] * value ** 2, 0);
  return sum / rows.rows + squares / 2;
}

/** a + λ v, written over `a`. */
function penalized(a: Matrix<Float64Array>, penalty: Float64Array, v: Matrix<Float64Array>): Matrix<Float64Array> {
  for (let at = 0; at < a.data.length; at++) a.data[at] += penalty[at % a.cols] * v.data[at];
  return a;
}

function requireSet({ rows, classOf, classes }: LabeledRows, { regularization }: LogisticPenalty): void {
  if (classOf.length !== rows.rows || rows.rows === 0) {
    const advice = 'Give one class number per row, and at least one row.';
    throw new ShapeError('fitLogisticRegression', `${rows.rows} class numbers`, String(classOf.length), advice);
  }
  if (!(classes >= 2) || classOf.some((c) => c < 0 || c >= classes))
    throw new SettingError('fitLogisticRegression', 'classes', 'at least 2, and more than every class number', classes);
  if (!(regularization > 0 && regularization < Infinity))
    throw new SettingError('fitLogisticRegression', 'regularization', 'a positive number', regularization);
}
