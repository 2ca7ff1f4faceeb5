// β = 1/τ; s = log β; z_t logits, y_t the token that stands at t. With maxima subtracted,
//   log p_τ = β·a − R(s),  a = Σ_t (z_t[y_t] − max z_t),  R(s) = Σ_t log Σ_v exp(β (z_t[v] − max z_t)).
// R is analytic in s, so a Chebyshev series of NODES terms over the range of τ holds it. Largest errors on rows of 256,000 logits over
// τ ∈ [0.25, 2.5], the kernel's arithmetic (decision 0030) included: 3e-6 nat a token, 4e-3 nat per unit of τ in the derivative, both at τ = 0.25, where
// logits are normal with σ = 2.6; 4e-6 and 6e-5 where they are soft-capped (test/scoring/curve-error.test.ts). On the
// golden families: 9e-5 nat and 2.3e-3 in the derivative, at τ = 0.6, where two tokens change places as τ falls.
import { SettingError } from '@mixture-of-personas/numeric';
import type { ScoreCurve } from '../model/language-model.js';

/** Terms of the series, and nodes at which a forward pass is reduced. */
export const NODES = 20;
/** Temperatures a curve answers for, both ends included. */
export const TEMPERATURE_RANGE: readonly [lowest: number, highest: number] = [0.25, 2.5];

const [LOWEST, HIGHEST] = TEMPERATURE_RANGE;
const MIDDLE = -Math.log(LOWEST * HIGHEST) / 2;
const HALF_WIDTH = Math.log(HIGHEST / LOWEST) / 2;
/** Chebyshev points of the first kind in [−1, 1]. */
const POINTS = Float64Array.from({ length: NODES }, (_, n) => Math.cos((Math.PI * (n + 0.5)) / NODES));

/** cos(π k (n + ½) / NODES), entry (k, n): T_k at point n. */
const COSINES = Float64Array.from({ length: NODES * NODES }, (_, i) =>
  Math.cos((Math.PI * Math.floor(i / NODES) * ((i % NODES) + 0.5)) / NODES),
);

/** β at the nodes, NODES numbers, decreasing. */
export const NODE_BETAS: Float64Array = POINTS.map((x) => Math.exp(MIDDLE + HALF_WIDTH * x));

/** A curve held as numbers: what a store keeps. */
export interface CurveData {
  readonly tokens: number;
  /** a = Σ_t (z_t[y_t] − max z_t), ≤ 0. */
  readonly gap: number;
  /** Chebyshev coefficients of R over s, NODES numbers. */
  readonly coefficients: Float64Array;
  /**
   * Present where R is known between bounds alone, and `coefficients` are of their middle: Chebyshev coefficients of half the difference of the upper and
   * lower one, or of minus that. Absent where R is known.
   */
  readonly difference?: Float64Array | undefined;
}

/**
 * Chebyshev coefficients of the series through the values at the nodes (discrete cosine transform).
 * @param values R at NODE_BETAS
 */
export function coefficientsOf(values: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: NODES }, (_, k) => {
    let sum = 0;
    for (let n = 0; n < NODES; n++) sum += (values[n] ?? 0) * (COSINES[k * NODES + n] ?? 0);
    return ((k === 0 ? 1 : 2) * sum) / NODES;
  });
}

/** Σ_k c_k T_k(x) by Clenshaw's recurrence. */
function series(c: Float64Array, x: number): number {
  let b1 = 0;
  let b2 = 0;
  for (let k = c.length - 1; k > 0; k--) [b1, b2] = [2 * x * b1 - b2 + (c[k] ?? 0), b1];
  return x * b1 - b2 + (c[0] ?? 0);
}

/** Σ_k c_k T_k'(x) = Σ_k k c_k U_{k−1}(x), by Clenshaw's recurrence. */
function seriesDerivative(c: Float64Array, x: number): number {
  let b1 = 0;
  let b2 = 0;
  for (let k = c.length - 1; k > 0; k--) [b1, b2] = [2 * x * b1 - b2 + k * (c[k] ?? 0), b1];
  return b1;
}

/** A score curve over a Chebyshev series; costs 20 multiplications a question. */
export class ChebyshevCurve implements ScoreCurve {
  /** The numbers behind it. */
  readonly data: CurveData;
  /** Temperatures it answers for. */
  readonly range: readonly [lowest: number, highest: number];
  readonly width: ((temperature: number) => number) | undefined;

  /** @param range within TEMPERATURE_RANGE: narrower where the numbers hold only there */
  constructor(data: CurveData, range: readonly [lowest: number, highest: number] = TEMPERATURE_RANGE) {
    this.data = data;
    this.range = range;
    const { difference } = data;
    if (difference === undefined) return;
    const half = (s: number): number => series(difference, (s - MIDDLE) / HALF_WIDTH);
    this.width = (temperature) => 2 * Math.abs(half(logBeta(temperature, range)));
  }

  get tokens(): number {
    return this.data.tokens;
  }

  /** Σ_t log softmax(z_t / τ)[y_t], nats. @throws SettingError when τ is outside the curve's range */
  logProbability(temperature: number): number {
    return Math.min(0, this.valueAt(temperature)); // a sum of log-probabilities; the series may lie 1e-6 above
  }

  /** β a − R(s), which is `logProbability` but for what the series errs by above 0. @throws SettingError likewise */
  valueAt(temperature: number): number {
    const s = logBeta(temperature, this.range);
    return Math.exp(s) * this.data.gap - series(this.data.coefficients, (s - MIDDLE) / HALF_WIDTH);
  }

  /** d/dτ of `logProbability`: −(β a − R′(s)) / τ. @throws SettingError when τ is outside the curve's range */
  derivative(temperature: number): number {
    const s = logBeta(temperature, this.range);
    const slope = seriesDerivative(this.data.coefficients, (s - MIDDLE) / HALF_WIDTH) / HALF_WIDTH;
    return (slope - Math.exp(s) * this.data.gap) / temperature;
  }
}

/** The curve of no tokens: certain at every temperature. */
export function emptyCurve(range?: ChebyshevCurve['range']): ChebyshevCurve {
  return new ChebyshevCurve({ tokens: 0, gap: 0, coefficients: new Float64Array(NODES) }, range);
}

function logBeta(temperature: number, [lowest, highest]: readonly [number, number]): number {
  if (!(temperature >= lowest - 1e-12 && temperature <= highest + 1e-12))
    throw new SettingError('ScoreCurve', 'temperature', `between ${lowest} and ${highest}`, temperature);
  return -Math.log(temperature);
}

/**
 * The numbers of any curve: its own when it is a ChebyshevCurve, else sampled at the nodes (a = 0, R = −log p).
 * @throws SettingError when the curve does not answer over the whole of TEMPERATURE_RANGE
 */
export function curveData(curve: ScoreCurve): CurveData {
  if (curve instanceof ChebyshevCurve) return curve.data;
  const values = NODE_BETAS.map((beta) => -curve.logProbability(1 / beta));
  return { tokens: curve.tokens, gap: 0, coefficients: coefficientsOf(values) };
}

/**
 * The curve of one completion from its logits, in plain arithmetic: for callers that have logits, and for tests of the kernel.
 * @param logits T rows of equal length, finite or −∞ with at least one finite entry
 * @param tokens T indices into the rows: which token stands there
 */
export function scoreCurveOf(logits: readonly ArrayLike<number>[], tokens: ArrayLike<number>): ScoreCurve {
  let gap = 0;
  const values = new Float64Array(NODES);
  logits.forEach((row, t) => {
    let top = -Infinity;
    for (let v = 0; v < row.length; v++) top = Math.max(top, row[v] ?? top);
    gap += (row[tokens[t] ?? -1] ?? Number.NaN) - top;
    NODE_BETAS.forEach((beta, n) => {
      let sum = 0;
      for (let v = 0; v < row.length; v++) sum += Math.exp(beta * ((row[v] ?? top) - top));
      values[n] = (values[n] ?? 0) + Math.log(sum);
    });
  });
  return new ChebyshevCurve({ tokens: logits.length, gap, coefficients: coefficientsOf(values) });
}
