import type { LogLikelihoodCurve, Pair } from '../mixture/gate.js';

// Curves are kept as values and slopes at T knots, equally spaced in log τ, with a cubic through them (Hermite): the same function at every
// call, with an exact derivative. On SmolLM2's curves it is within 1e-3 nats of the curve itself.
const KNOTS = 16;

/** Scores of one record: which of the table's pairs it has, and how likely each was to be chosen. */
export interface RecordScores {
  /** Row of the population. */
  readonly record: number;
  /** Indices into the table's pairs, without repetition. */
  readonly pairs: Int32Array;
  /** log of the probability with which this record scores each of them, given that the pair is a candidate; zeros: all are scored. */
  readonly logInclusion: Float64Array;
}

/** Curves of some pairs for each of some records: all that a fit needs, in memory ∝ records × scored pairs. */
export interface ScoreTable {
  /** The candidate pairs, P long. */
  readonly pairs: readonly Pair[];
  /** log of the probability with which each pair became a candidate, P long; absent: the candidates are all K·N pairs. */
  readonly logCandidate?: Float64Array;
  readonly records: readonly RecordScores[];
  /** log τ of the first knot and the distance to the next. */
  readonly firstKnot: number;
  readonly knotStep: number;
  /** Entry by entry (record after record), T values log p and T slopes d log p / d log τ. */
  readonly knots: Float32Array;
  /** Number of the first entry of each record, and the total: records + 1 long. */
  readonly offsets: Int32Array;
}

/** A table without curves yet. */
export function emptyScoreTable(
  parts: Pick<ScoreTable, 'pairs' | 'records' | 'logCandidate'>,
  [low, high]: readonly [number, number],
): ScoreTable {
  const firstKnot = Math.log(low);
  const offsets = new Int32Array(parts.records.length + 1);
  parts.records.forEach(({ pairs }, i) => (offsets[i + 1] = offsets[i] + pairs.length));
  const knots = new Float32Array(offsets[parts.records.length] * 2 * KNOTS);
  return { ...parts, firstKnot, knotStep: (Math.log(high) - firstKnot) / (KNOTS - 1), knots, offsets };
}

/** Puts one entry's curve into a table. */
export function setCurve({ firstKnot, knotStep, knots }: ScoreTable, entry: number, curve: LogLikelihoodCurve): void {
  for (let t = 0, at = entry * 2 * KNOTS; t < KNOTS; t++, at++) {
    const temperature = Math.exp(firstKnot + t * knotStep);
    knots[at] = curve.logProbability(temperature);
    knots[at + KNOTS] = temperature * curve.derivative(temperature);
  }
}

/** A table of curves, which stand record after record, in the order of each record's pairs. */
export function scoreTable(
  parts: Pick<ScoreTable, 'pairs' | 'records' | 'logCandidate'>,
  curves: readonly LogLikelihoodCurve[],
  temperatureRange: readonly [number, number],
): ScoreTable {
  const table = emptyScoreTable(parts, temperatureRange);
  curves.forEach((curve, entry) => setCurve(table, entry, curve));
  return table;
}

/** Reads the curves of a table at one log τ. */
export interface CurveReader {
  /** log p of an entry, nats. */
  value(entry: number): number;
  /** d log p / d log τ of it. */
  slope(entry: number): number;
}

/** A reader at a temperature inside the table's range. */
export function readerAt({ firstKnot, knotStep: h, knots }: ScoreTable, logTemperature: number): CurveReader {
  const position = (logTemperature - firstKnot) / h;
  const t = Math.min(KNOTS - 2, Math.max(0, Math.floor(position)));
  const s = Math.min(1, Math.max(0, position - t));
  const values = [(1 + 2 * s) * (1 - s) ** 2, s * s * (3 - 2 * s), h * s * (1 - s) ** 2, h * s * s * (s - 1)];
  const slopes = [(6 * s * (s - 1)) / h, (6 * s * (1 - s)) / h, (1 - s) * (1 - 3 * s), s * (3 * s - 2)];
  const mix = (entry: number, [v0, v1, d0, d1]: readonly number[]): number => {
    const at = entry * 2 * KNOTS + t;
    return v0 * knots[at] + v1 * knots[at + 1] + d0 * knots[at + KNOTS] + d1 * knots[at + KNOTS + 1];
  };
  return { value: (entry) => mix(entry, values), slope: (entry) => mix(entry, slopes) };
}
