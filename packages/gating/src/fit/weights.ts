import {
  expInPlace,
  multiply,
  multiplyByTranspose,
  multiplyTransposed,
  rowOf,
  zeros,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { columnSums } from '@mixture-of-personas/numeric/internal';
import { part, unitOf, type FitSpace, type Group } from './parameters.js';

// C contexts, K personas, N exemplars. ω_ckj = π_kc Ω_ckj = π_kc U_jc V_kj / Z_kc with U = exp(x·e − max), V = exp(g·e + v_e·h_e − max), Z = V U.
// Contexts are columns, so that a loop over them reads memory in order. A gate that does not look at its input is one context with U = 1.

/** Projected contexts with the products that the scales multiply. */
export interface Contexts {
  /** Q h_x, C × m. */
  readonly strong: Matrix<Float64Array>;
  /** (R h_e)·(R h_x), N × C, and (R h_g)·(R h_x), K × C. */
  readonly xe: Matrix<Float64Array>;
  readonly xg: Matrix<Float64Array>;
}

/** π, U, V and Z of some contexts. */
export interface Weights {
  /** C. */
  readonly contexts: number;
  /** π, K × C. */
  readonly pi: Matrix<Float64Array>;
  /** U, N × C. */
  readonly u: Matrix<Float64Array>;
  /** V, K × N. */
  readonly v: Matrix<Float64Array>;
  /** Z, K × C. */
  readonly z: Matrix<Float64Array>;
}

/** Gradients of an objective in the logits of π, U and V, all normalizers apart: `z` gathers each amount over the normalizer it was divided by. */
export type LogitGradients = Readonly<Record<'s' | 'u' | 'v' | 'z', Matrix<Float64Array>>>;

/** Contexts from rows of the records. */
export function contextsOf({ basis, strongest, personas, exemplars }: FitSpace, rows: Matrix<Float64Array>): Contexts {
  const all = product(multiplyByTranspose(rows, basis));
  return {
    strong: product(multiplyByTranspose(rows, strongest)),
    xe: product(multiplyByTranspose(exemplars.all, all)),
    xg: product(multiplyByTranspose(personas.all, all)),
  };
}

/** The part of the weights that no context changes. */
export interface PersonaSide {
  /** V, K × N. */
  readonly v: Matrix<Float64Array>;
  /** v_g·h_g, K long. */
  readonly intercepts: Float64Array;
}

/** V and the personas' intercepts. */
export function personaSide(space: FitSpace, vector: Float64Array): PersonaSide {
  const { exemplars, personas } = space.population;
  const v = logits(space, vector, geOf(space));
  const c = timesVector(exemplars, part(space, vector, 'exemplarBias'));
  const alike = [...part(space, vector, 'ge'), ...part(space, vector, 'Mge')].every((value) => value === 0);
  for (let k = 0; k < v.rows; k++) {
    const row = rowOf(v, k);
    if (alike && k > 0) {
      row.set(rowOf(v, 0));
      continue;
    }
    let largest = -Infinity;
    for (let j = 0; j < row.length; j++) if ((row[j] += c[j]) > largest) largest = row[j];
    expInPlace(row, largest);
  }
  return { v, intercepts: timesVector(personas, part(space, vector, 'personaBias')) };
}

/** The weights of some contexts. */
export function weightsOf(
  space: FitSpace,
  vector: Float64Array,
  { v, intercepts }: PersonaSide,
  contexts: Contexts | undefined,
): Weights {
  const pi = contexts ? logits(space, vector, xgOf(space, contexts)) : zeros(v.rows, 1);
  const u = contexts ? logits(space, vector, xeOf(space, contexts)) : zeros(v.cols, 1);
  for (let at = 0; at < pi.data.length; at++) pi.data[at] += intercepts[Math.floor(at / pi.cols)];
  exponentiateColumns(u);
  exponentiateColumns(pi);
  const totals = columnSums(pi);
  for (let at = 0; at < pi.data.length; at++) pi.data[at] /= totals[at % pi.cols];
  return { contexts: pi.cols, pi, u, v, z: product(multiply(v, u)) };
}

/** Empty gradients for weights. */
export function emptyGradients({ pi, u, v }: Weights): LogitGradients {
  return { s: zeros(pi.rows, pi.cols), u: zeros(u.rows, u.cols), v: zeros(v.rows, v.cols), z: zeros(pi.rows, pi.cols) };
}

/** Parts that gradients belong to, and whether those in the matrices are wanted. */
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
  { weights: { pi, u, v }, contexts, logits: { s, u: dU, v: dV, z }, matrices }: PullBackParts,
  into: Float64Array,
): void {
  const totals = columnSums(s);
  for (let at = 0; at < s.data.length; at++) s.data[at] -= totals[at % s.cols] * pi.data[at];
  subtractProduct(dV, v, product(multiplyByTranspose(z, u)));
  addInteraction(space, into, dV, { ...geOf(space), wanted: matrices });
  addTransposed(space.population.exemplars, columnSums(dV), part(space, into, 'exemplarBias'));
  const rowSums = Float64Array.from({ length: s.rows }, (_, k) => rowOf(s, k).reduce((sum, value) => sum + value, 0));
  addTransposed(space.population.personas, rowSums, part(space, into, 'personaBias'));
  if (contexts === undefined) return;
  subtractProduct(dU, u, product(multiplyTransposed(v, z)));
  addInteraction(space, into, dU, { ...xeOf(space, contexts), wanted: matrices });
  addInteraction(space, into, s, { ...xgOf(space, contexts), wanted: matrices });
}

/** One kind of logits: scale · base + left M rightᵀ. */
interface Interaction {
  readonly base: Matrix<Float64Array>;
  readonly scale: Group;
  readonly matrix: Group;
  readonly left: Matrix<Float64Array>;
  readonly right: Matrix<Float64Array>;
}

function geOf({ ge, personas, exemplars }: FitSpace): Interaction {
  return { base: ge, scale: 'ge', matrix: 'Mge', left: personas.strong, right: exemplars.strong };
}

function xeOf({ exemplars }: FitSpace, { xe, strong }: Contexts): Interaction {
  return { base: xe, scale: 'xe', matrix: 'Mxe', left: exemplars.strong, right: strong };
}

function xgOf({ personas }: FitSpace, { xg, strong }: Contexts): Interaction {
  return { base: xg, scale: 'xg', matrix: 'Mxg', left: personas.strong, right: strong };
}

function logits(
  space: FitSpace,
  vector: Float64Array,
  { base, scale, matrix, left, right }: Interaction,
): Matrix<Float64Array> {
  const factor = part(space, vector, scale)[0] * unitOf(scale);
  const m = part(space, vector, matrix);
  const out = zeros(base.rows, base.cols);
  for (let at = 0; at < out.data.length; at++) out.data[at] = base.data[at] * factor;
  if (m.every((value) => value === 0)) return out;
  const scaled = { data: m.map((value) => value * unitOf(matrix)), rows: left.cols, cols: left.cols };
  const added = multiplyByTranspose(multiply(left, scaled), right);
  for (let at = 0; at < out.data.length; at++) out.data[at] += added.data[at];
  return out;
}

function addInteraction(
  space: FitSpace,
  into: Float64Array,
  gradient: Matrix<Float64Array>,
  { base, scale, matrix, left, right, wanted }: Interaction & { readonly wanted: boolean },
): void {
  let sum = 0;
  for (let at = 0; at < base.data.length; at++) sum += gradient.data[at] * base.data[at];
  part(space, into, scale)[0] += sum * unitOf(scale);
  if (!wanted) return;
  const added = multiplyTransposed(left, multiply(gradient, right));
  const target = part(space, into, matrix);
  for (let at = 0; at < target.length; at++) target[at] += added.data[at] * unitOf(matrix);
}

/** a −= b · c, entry by entry. */
function subtractProduct(a: Matrix<Float64Array>, b: Matrix<Float64Array>, c: Matrix<Float64Array>): void {
  for (let at = 0; at < a.data.length; at++) a.data[at] -= b.data[at] * c.data[at];
}

/** Columns less their maxima, exponentiated. */
function exponentiateColumns({ data, cols }: Matrix<Float64Array>): void {
  const maxima = new Float64Array(cols).fill(-Infinity);
  for (let at = 0; at < data.length; at++) maxima[at % cols] = Math.max(maxima[at % cols], data[at]);
  for (let at = 0; at < data.length; at++) data[at] -= maxima[at % cols];
  expInPlace(data);
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

function addTransposed({ data, rows, cols }: Matrix, vector: Float64Array, into: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const factor = vector[i];
    if (factor !== 0) for (let j = 0, at = i * cols; j < cols; j++, at++) into[j] += factor * data[at];
  }
}

/** A product of float64 factors, which is float64. */
function product(matrix: Matrix): Matrix<Float64Array> {
  return matrix as Matrix<Float64Array>;
}
