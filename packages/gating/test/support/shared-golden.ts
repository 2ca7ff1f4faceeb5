import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { matrixOf } from '@mixture-of-personas/numeric';
import type { GateInputs, ScoredPairs } from '../../src/backends/backend.js';
import type { Gate } from '../../src/mixture/gate.js';

/** One case of ../shared/golden/gating: written by an independent float64 implementation. */
export interface GoldenCase {
  name: string;
  B: number;
  K: number;
  N: number;
  h: number;
  topM: number;
  selfMask: boolean;
  inputs: number[][];
  personas: number[][];
  exemplars: number[][];
  ownExemplar: number[];
  W_x: number[][];
  W_g: number[][];
  W_e: number[][];
  temperature: number[];
  pi: number[][];
  omega: number[][][];
  pairs: [number, number][][];
  logWeight: number[][];
  logProb: number[][];
  responsibility: number[][];
  logLikelihood: number[];
  loss: number;
  grad: { W_x: number[][]; W_g: number[][]; W_e: number[][]; temperature: number[] };
  tokens: { logits: number[][][][]; targets: number[][][] };
  afterOneAdamStep: { lr: number; W_x: number[][]; W_g: number[][]; W_e: number[][]; temperature: number[] };
}

const folder = new URL('../../../../../shared/golden/gating/', import.meta.url);

/** The cases, or none when the shared folder is not beside this clone. */
export const goldenCases: GoldenCase[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenCase)
  : [];

export function gateOfCase(golden: GoldenCase): Gate {
  return {
    inputWeights: matrixOf(golden.W_x),
    personaWeights: matrixOf(golden.W_g),
    exemplarWeights: matrixOf(golden.W_e),
    inputBias: new Float64Array(golden.W_x.length),
    personaBias: new Float64Array(golden.W_x.length),
    exemplarBias: new Float64Array(golden.W_x.length),
    temperatures: Float64Array.from(golden.temperature),
  };
}

export function inputsOfCase(golden: GoldenCase): GateInputs {
  return {
    contexts: matrixOf(golden.inputs),
    personas: matrixOf(golden.personas),
    exemplars: matrixOf(golden.exemplars),
    ...(golden.selfMask ? { masked: golden.ownExemplar } : {}),
  };
}

/**
 * log p_τ = Σ_t log softmax(z_t/τ)[y_t] and its exact derivative −Σ_t (z_t[y_t] − Σ_v softmax(z_t/τ)_v z_t[v]) / τ².
 * The file's own `dLogProbDTemperature` is a coarse difference quotient (up to 0.16 off this, and off what `grad.temperature` implies);
 * `grad.temperature` agrees with this one to 1e-13.
 */
function tokenCurve(logits: number[][], targets: number[], temperature: number): { value: number; derivative: number } {
  let [value, derivative] = [0, 0];
  logits.forEach((z, t) => {
    const largest = Math.max(...z);
    const weights = z.map((entry) => Math.exp((entry - largest) / temperature));
    const total = weights.reduce((sum, entry) => sum + entry, 0);
    const mean = z.reduce((sum, entry, v) => sum + (entry * weights[v]) / total, 0);
    value += (z[targets[t]] - largest) / temperature - Math.log(total);
    derivative -= (z[targets[t]] - mean) / temperature ** 2;
  });
  return { value, derivative };
}

/** The case's pairs, scored from the case's token logits. */
export function scoredOfCase(golden: GoldenCase): ScoredPairs {
  const flat = golden.pairs.flat();
  const curves = golden.pairs.flatMap((row, b) =>
    row.map(([k], m) => tokenCurve(golden.tokens.logits[b][m], golden.tokens.targets[b][m], golden.temperature[k])),
  );
  return {
    pairs: {
      rows: golden.B,
      perRow: golden.pairs[0].length,
      personas: Int32Array.from(flat, ([k]) => k),
      exemplars: Int32Array.from(flat, ([, j]) => j),
      logWeights: Float64Array.from(golden.logWeight.flat()),
    },
    logProbabilities: Float64Array.from(curves, ({ value }) => value),
    derivatives: Float64Array.from(curves, ({ derivative }) => derivative),
  };
}

/** Largest absolute difference of two lists of equal length. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
  return largest;
}
