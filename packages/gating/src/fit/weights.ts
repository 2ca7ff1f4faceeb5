import {
  expInPlace,
  multiply,
  multiplyByTranspose,
  multiplyTransposed,
  rowOf,
  zeros,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { part, unitOf, type FitSpace, type Group } from './parameters.js';

// C contexts, K personas, N exemplars. ω_ckj = π_ck Ω_ckj = π_ck U_cj V_kj / Z_ck with U = exp(x·e − max), V = exp(g·e + v_e·h_e − max), Z = U Vᵀ.
// A gate that does not look at its input is one context with U = 1.

/** Projected contexts; absent: the gate does not look at its input. */
export interface Contexts {
  /** C × r. */
  readonly all: Matrix<Float64Array>;
  /** C × m. */
  readonly strong: Matrix<Float64Array>;
  /** (R h_x)·(R h_e), C × N, and (R h_x)·(R h_g), C × K. */
  readonly xe: Matrix<Float64Array>;
  readonly xg: Matrix<Float64Array>;
}

/** π, U, V and Z of some contexts. */
export interface Weights {
  /** C. */
  readonly contexts: number;
  /** π, C × K. */
  readonly pi: Matrix<Float64Array>;
  /** U, C × N. */
  readonly u: Matrix<Float64Array>;
  /** V, K × N. */
  readonly v: Matrix<Float64Array>;
  /** Z, C × K. */
  readonly z: Matrix<Float64Array>;
}

/** Gradients of an objective in the logits that the weights are made of; `z` gathers ∂/∂log Z with its sign turned, over Z. */
export interface LogitGradients {
  /** In the logits of π, before Σ is taken off; C × K. */
  readonly s: Matrix<Float64Array>;
  readonly u: Matrix<Float64Array>;
  readonly v: Matrix<Float64Array>;
  /** Σ of (share of the pair / normalizer that it was divided by), C × K. */
  readonly z: Matrix<Float64Array>;
}

/** Contexts from rows of the records. */
export function contextsOf(space: FitSpace, rows: Matrix<Float64Array>): Contexts {
  const all = multiplyByTranspose(rows, space.basis) as Matrix<Float64Array>;
  const strong = multiplyByTranspose(rows, space.strongest) as Matrix<Float64Array>;
  return {
    all,
    strong,
    xe: multiplyByTranspose(all, space.exemplars.all) as Matrix<Float64Array>,
    xg: multiplyByTranspose(all, space.personas.all) as Matrix<Float64Array>,
  };
}

/** The part of the weights that no context changes. */
export function personaSide(space: FitSpace, vector: Float64Array): { v: Matrix<Float64Array>; d: Float64Array } {
  const { exemplars, personas } = space.population;
  const v = logits(space, vector, {
    base: space.ge,
    scale: 'ge',
    matrix: 'Mge',
    left: space.personas.strong,
    right: space.exemplars.strong,
  });
  const c = timesVector(exemplars, part(space, vector, 'exemplarBias'));
  for (let k = 0; k < v.rows; k++) {
    const row = rowOf(v, k);
    for (let j = 0; j < row.length; j++) row[j] += c[j];
  }
  exponentiateRows(v);
  return { v, d: timesVector(personas, part(space, vector, 'personaBias')) };
}

/** The weights of some contexts. */
export function weightsOf(
  space: FitSpace,
  vector: Float64Array,
  { v, d }: ReturnType<typeof personaSide>,
  contexts: Contexts | undefined,
): Weights {
  const { personas, exemplars } = space;
  let pi: Matrix<Float64Array>;
  let u: Matrix<Float64Array>;
  if (contexts === undefined) {
    pi = zeros(1, v.rows);
    u = { data: new Float64Array(v.cols).fill(1), rows: 1, cols: v.cols };
  } else {
    const left = contexts.strong;
    pi = logits(space, vector, { base: contexts.xg, scale: 'xg', matrix: 'Mxg', left, right: personas.strong });
    u = logits(space, vector, { base: contexts.xe, scale: 'xe', matrix: 'Mxe', left, right: exemplars.strong });
    exponentiateRows(u);
  }
  for (let c = 0; c < pi.rows; c++) {
    const row = rowOf(pi, c);
    for (let k = 0; k < row.length; k++) row[k] += d[k];
  }
  exponentiateRows(pi);
  for (let c = 0; c < pi.rows; c++) {
    const row = rowOf(pi, c);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let k = 0; k < row.length; k++) row[k] /= total;
  }
  return { contexts: pi.rows, pi, u, v, z: multiplyByTranspose(u, v) as Matrix<Float64Array> };
}

/** Empty gradients for weights. */
export function emptyGradients({ pi, u, v }: Weights): LogitGradients {
  return { s: zeros(pi.rows, pi.cols), u: zeros(u.rows, u.cols), v: zeros(v.rows, v.cols), z: zeros(pi.rows, pi.cols) };
}

/** What gradients belong to, and whether those in the matrices are wanted. */
export interface PullBackParts {
  readonly weights: Weights;
  readonly contexts: Contexts | undefined;
  /** Overwritten. */
  readonly logits: LogitGradients;
  readonly matrices: boolean;
}

/** Adds the gradient in the vector's entries that belongs to gradients in the logits. */
export function pullBack(
  space: FitSpace,
  { weights, contexts, logits: gradient, matrices }: PullBackParts,
  into: Float64Array,
): void {
  const { pi, u, v } = weights;
  const { s } = gradient;
  for (let c = 0; c < s.rows; c++) {
    const row = rowOf(s, c);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let k = 0; k < row.length; k++) row[k] -= total * pi.data[c * pi.cols + k];
  }
  const throughV = multiplyTransposed(gradient.z, u); // K × N: Σ_c z_ck U_cj
  const dV = gradient.v;
  for (let at = 0; at < dV.data.length; at++) dV.data[at] -= v.data[at] * throughV.data[at];
  const { personas, exemplars } = space;
  addLogits(
    space,
    into,
    dV,
    {
      base: space.ge,
      scale: 'ge',
      matrix: 'Mge',
      left: personas.strong,
      right: exemplars.strong,
    },
    matrices,
  );
  addTransposedVector(space.population.exemplars, columnSums(dV), part(space, into, 'exemplarBias'));
  addTransposedVector(space.population.personas, columnSums(s), part(space, into, 'personaBias'));
  if (contexts === undefined) return;
  const throughU = multiply(gradient.z, v); // C × N: Σ_k z_ck V_kj
  const dU = gradient.u;
  for (let at = 0; at < dU.data.length; at++) dU.data[at] -= u.data[at] * throughU.data[at];
  const left = contexts.strong;
  addLogits(
    space,
    into,
    dU,
    { base: contexts.xe, scale: 'xe', matrix: 'Mxe', left, right: exemplars.strong },
    matrices,
  );
  addLogits(space, into, s, { base: contexts.xg, scale: 'xg', matrix: 'Mxg', left, right: personas.strong }, matrices);
}

/** One kind of logits: scale · base + left M rightᵀ. */
interface Interaction {
  readonly base: Matrix<Float64Array>;
  readonly scale: Group;
  readonly matrix: Group;
  readonly left: Matrix<Float64Array>;
  readonly right: Matrix<Float64Array>;
}

function logits(
  space: FitSpace,
  vector: Float64Array,
  { base, scale, matrix, left, right }: Interaction,
): Matrix<Float64Array> {
  const factor = part(space, vector, scale)[0] * unitOf(scale);
  const m = part(space, vector, matrix);
  const out = { ...base, data: base.data.map((value) => value * factor) };
  if (m.every((value) => value === 0)) return out;
  const size = left.cols;
  const scaled = { data: m.map((value) => value * unitOf(matrix)), rows: size, cols: size };
  const product = multiplyByTranspose(multiply(left, scaled), right);
  for (let at = 0; at < out.data.length; at++) out.data[at] += product.data[at];
  return out;
}

function addLogits(
  space: FitSpace,
  into: Float64Array,
  gradient: Matrix<Float64Array>,
  { base, scale, matrix, left, right }: Interaction,
  matrices: boolean,
): void {
  let sum = 0;
  for (let at = 0; at < base.data.length; at++) sum += gradient.data[at] * base.data[at];
  part(space, into, scale)[0] += sum * unitOf(scale);
  if (!matrices) return;
  const product = multiplyTransposed(left, multiply(gradient, right));
  const target = part(space, into, matrix);
  for (let at = 0; at < target.length; at++) target[at] += product.data[at] * unitOf(matrix);
}

/** Rows less their maxima, exponentiated. */
function exponentiateRows(matrix: Matrix<Float64Array>): void {
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i);
    let largest = -Infinity;
    for (let j = 0; j < row.length; j++) if (row[j] > largest) largest = row[j];
    expInPlace(row, largest);
  }
}

function timesVector({ data, rows, cols }: Matrix, vector: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  if (vector.every((value) => value === 0)) return out;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0, at = i * cols; j < cols; j++, at++) sum += data[at] * vector[j];
    out[i] = sum;
  }
  return out;
}

function addTransposedVector({ data, rows, cols }: Matrix, vector: Float64Array, into: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const factor = vector[i];
    for (let j = 0, at = i * cols; j < cols; j++, at++) into[j] += factor * data[at];
  }
}

function columnSums({ data, rows, cols }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) sums[j] += data[at];
  return sums;
}
