import { multiplyByTranspose, toFloat64, zeros, type Matrix } from '@mixture-of-personas/numeric';
import type { Gate } from '../mixture/gate.js';
import { principalRows } from '../mixture/principal-rows.js';
import type { Population } from '../mixture/population.js';

// The gate that is fitted, written by its three kinds of logits; R keeps r directions of the embeddings, Q the m strongest:
//   x·e = α₁ (R h_x)·(R h_e) + (Q h_e)ᵀ M₁ (Q h_x) + v_e·h_e      g·e = α₂ (R h_g)·(R h_e) + (Q h_g)ᵀ M₂ (Q h_e)
//   x·g = α₃ (R h_x)·(R h_g) + (Q h_g)ᵀ M₃ (Q h_x) + v_g·h_g      log τ_k = middle + half · tanh((t + δ_k)/half)
// Every choice of them is an affine gate (`gateOf`); v_e and v_g are what the biases of Eq. 2 do.

/** Units of the vector that is optimized: a step of one unit changes the likelihood about equally in every direction. */
const [SCALE_UNIT, MATRIX_UNIT, TEMPERATURE_UNIT] = [10, 5, 0.1];

/** The groups of parameters, in their order in the vector. */
export type Group =
  'level' | 'deviations' | 'personaBias' | 'exemplarBias' | 'xe' | 'ge' | 'xg' | 'Mxe' | 'Mge' | 'Mxg';

/** Embeddings of a population with what the fit needs of them. */
export interface FitSpace {
  readonly population: Population;
  /** R, r × d. */
  readonly basis: Matrix<Float64Array>;
  /** Q, m × d. */
  readonly strongest: Matrix<Float64Array>;
  /** Embeddings in R and in Q. */
  readonly personas: { readonly all: Matrix<Float64Array>; readonly strong: Matrix<Float64Array> };
  readonly exemplars: { readonly all: Matrix<Float64Array>; readonly strong: Matrix<Float64Array> };
  /** (R h_g)·(R h_e), K × N. */
  readonly ge: Matrix<Float64Array>;
  /** Position of each group in the vector: first entry and length. */
  readonly groups: Readonly<Record<Group, readonly [number, number]>>;
  readonly size: number;
  /** Range of log τ. */
  readonly logRange: readonly [number, number];
}

/** Lays out the parameters for a population. */
export function fitSpace(
  population: Population,
  sizes: { rank: number; matrixRank: number; temperatureRange: readonly [number, number] },
): FitSpace {
  const { rank, matrixRank, temperatureRange } = sizes;
  const { records, personas, exemplars } = population;
  const d = records.cols;
  const basis = principalRows([exemplars, personas], rank);
  const strongest = principalRows([exemplars, personas, records], matrixRank);
  const project = (matrix: Matrix, onto: Matrix): Matrix<Float64Array> =>
    toFloat64(multiplyByTranspose(toFloat64(matrix), onto));
  const both = (matrix: Matrix) => ({ all: project(matrix, basis), strong: project(matrix, strongest) });
  const [g, e] = [both(personas), both(exemplars)];
  const square = strongest.rows ** 2;
  const lengths: Record<Group, number> = {
    level: 1,
    deviations: personas.rows,
    personaBias: d,
    exemplarBias: d,
    xe: 1,
    ge: 1,
    xg: 1,
    Mxe: square,
    Mge: square,
    Mxg: square,
  };
  let size = 0;
  const groups = Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => [name, [size, (size += length) && length]]),
  ) as unknown as FitSpace['groups'];
  return {
    population,
    basis,
    strongest,
    personas: g,
    exemplars: e,
    ge: toFloat64(multiplyByTranspose(g.all, e.all)),
    groups,
    size,
    logRange: [Math.log(temperatureRange[0]), Math.log(temperatureRange[1])],
  };
}

/** A group's entries of a vector, as a view. */
export function part({ groups }: FitSpace, vector: Float64Array, group: Group): Float64Array {
  const [from, length] = groups[group];
  return vector.subarray(from, from + length);
}

/** Units of a group: parameter = unit · entry. */
export function unitOf(group: Group): number {
  if (group === 'xe' || group === 'ge' || group === 'xg') return SCALE_UNIT;
  return group.startsWith('M') ? MATRIX_UNIT : 1;
}

/** log τ_k and its derivative in the level's entry (that in δ_k's is √K times it). */
export function logTemperatures(space: FitSpace, vector: Float64Array): { values: Float64Array; slopes: Float64Array } {
  const [low, high] = space.logRange;
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  const deviations = part(space, vector, 'deviations');
  const level = part(space, vector, 'level')[0];
  const root = Math.sqrt(deviations.length);
  const values = new Float64Array(deviations.length);
  const slopes = new Float64Array(deviations.length);
  deviations.forEach((deviation, k) => {
    const bend = Math.tanh((TEMPERATURE_UNIT * (level + root * deviation)) / half);
    values[k] = middle + half * bend;
    slopes[k] = TEMPERATURE_UNIT * (1 - bend * bend);
  });
  return { values, slopes };
}

/** δ_k, dimensionless like log τ: what the prior on temperatures is about. */
export function temperatureDeviation(personas: number): number {
  return TEMPERATURE_UNIT * Math.sqrt(personas);
}

/** The entry of `level` at which all temperatures are τ. */
export function levelAt({ logRange: [low, high] }: FitSpace, temperature: number): number {
  const half = (high - low) / 2;
  const share = (Math.log(temperature) - (low + high) / 2) / half;
  return (half * Math.atanh(Math.min(0.99, Math.max(-0.99, share)))) / TEMPERATURE_UNIT;
}

/** The gate of a vector. Its hidden width is 2 r + 2 + 3 m, less what is not used. */
export function gateOf(space: FitSpace, vector: Float64Array): Gate {
  const d = space.basis.cols;
  const rows: Rows = [];
  const scaled = (group: Group): Float64Array => part(space, vector, group).map((value) => value * unitOf(group));
  const [[xe], [ge], [xg]] = [scaled('xe'), scaled('ge'), scaled('xg')];
  addScales(rows, space.basis, { xe, ge, xg });
  addMatrix(rows, space.strongest, scaled('Mxe'), ['e', 'x']);
  addMatrix(rows, space.strongest, scaled('Mge'), ['g', 'e']);
  addMatrix(rows, space.strongest, scaled('Mxg'), ['g', 'x']);
  const [g, e] = [scaled('personaBias'), scaled('exemplarBias')];
  if (g.some((value) => value !== 0)) rows.push({ g, bias: 1 });
  if (e.some((value) => value !== 0)) rows.push({ e, bias: 1 });
  if (rows.length === 0) rows.push({});
  const matrix = (side: 'x' | 'g' | 'e'): Matrix<Float64Array> => {
    const out = zeros(rows.length, d);
    rows.forEach((row, i) => row[side] && out.data.set(row[side], i * d));
    return out;
  };
  return {
    inputWeights: matrix('x'),
    personaWeights: matrix('g'),
    exemplarWeights: matrix('e'),
    inputBias: Float64Array.from(rows, ({ bias }) => bias ?? 0),
    personaBias: new Float64Array(rows.length),
    exemplarBias: new Float64Array(rows.length),
    temperatures: logTemperatures(space, vector).values.map(Math.exp),
  };
}

type Rows = { x?: Float64Array; g?: Float64Array; e?: Float64Array; bias?: number }[];

/** Two blocks of R in which the products of the factors are the three scales: e = (s, 0), x = (xe/s, p), g = (ge/s, q), p q = xg − xe ge/s². */
function addScales(rows: Rows, basis: Matrix<Float64Array>, { xe, ge, xg }: Record<'xe' | 'ge' | 'xg', number>): void {
  if (xe === 0 && ge === 0 && xg === 0) return;
  const s = Math.sqrt(Math.max(Math.abs(xe), Math.abs(ge))) || 1;
  const rest = xg - (xe * ge) / (s * s);
  const p = Math.sqrt(Math.abs(rest));
  for (let i = 0; i < basis.rows; i++) {
    const row = basis.data.slice(i * basis.cols, (i + 1) * basis.cols);
    const times = (factor: number): Float64Array => row.map((value) => value * factor);
    rows.push({ x: times(xe / s), g: times(ge / s), e: times(s) });
    if (p > 0) rows.push({ x: times(p), g: times(Math.sign(rest) * p) });
  }
}

/** m dimensions in which left·right is (Q left)ᵀ M (Q right). */
function addMatrix(
  rows: Rows,
  strongest: Matrix<Float64Array>,
  matrix: Float64Array,
  [left, right]: readonly ['g' | 'e', 'x' | 'e'],
): void {
  if (matrix.every((value) => value === 0)) return;
  const { rows: m, cols: d } = strongest;
  for (let i = 0; i < m; i++) {
    const mixed = new Float64Array(d);
    for (let j = 0; j < m; j++) {
      for (let c = 0; c < d; c++) mixed[c] += matrix[i * m + j] * strongest.data[j * d + c];
    }
    rows.push({ [left]: strongest.data.slice(i * d, (i + 1) * d), [right]: mixed });
  }
}
