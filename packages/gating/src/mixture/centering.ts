import {
  requireFinite,
  requireRows,
  requireSameCols,
  rowOf,
  unitRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { meanRow } from '@mixture-of-personas/numeric/internal';
import type { Population } from './population.js';

/**
 * Mean row: what all the texts of a population share. Sentence embeddings crowd into a narrow cone, and similarity only tells records apart
 * once it is gone.
 * @param matrix n × d, n ≥ 1
 * @returns d long
 * @throws ShapeError when empty or not finite
 */
export function centerOf(matrix: Matrix): Float64Array {
  requireRows('centerOf', 'matrix', matrix, 1);
  requireFinite('centerOf', 'matrix', matrix);
  return meanRow(matrix);
}

/** The centers of the three kinds of texts, d long each. */
export interface Centers {
  readonly records: Float64Array;
  readonly personas: Float64Array;
  readonly exemplars: Float64Array;
}

/** A population whose rows are centered unit vectors, with the centers for embeddings that meet the gate later. */
export interface PreparedPopulation extends Population {
  readonly records: Matrix<Float64Array>;
  readonly personas: Matrix<Float64Array>;
  readonly exemplars: Matrix<Float64Array>;
  readonly centers: Centers;
}

/**
 * Embeddings as every fit here expects them: each kind of text less its own center, rows of unit length. Personas and contexts lie in cones of
 * their own, and differ only apart from their own mean; a kind whose rows are all alike (one persona) is centered by the records instead.
 * @param raw embeddings as the encoder gives them
 * @param options `centers`: those of an earlier population, for a gate fitted there
 * @throws ShapeError when widths differ, a number is not finite, or a row equals its center
 */
export function preparePopulation(raw: Population, options: { readonly centers?: Centers } = {}): PreparedPopulation {
  const records = options.centers?.records ?? centerOf(raw.records);
  const centers = options.centers ?? {
    records,
    personas: ownCenter(raw.personas, records),
    exemplars: ownCenter(raw.exemplars, records),
  };
  return {
    ...raw,
    records: centeredUnitRows(raw.records, centers.records),
    personas: centeredUnitRows(raw.personas, centers.personas),
    exemplars: centeredUnitRows(raw.exemplars, centers.exemplars),
    centers,
  };
}

/** The mean of texts of one kind; the fallback where some row is that mean. */
function ownCenter(matrix: Matrix, fallback: Float64Array): Float64Array {
  const center = centerOf(matrix);
  for (let i = 0; i < matrix.rows; i++) {
    const differs = rowOf(matrix, i).some((value, j) => Math.abs(value - center[j]) > 1e-6 * Math.abs(value));
    if (!differs) return fallback;
  }
  return center;
}

/**
 * Rows minus the center, scaled to unit length: what `initialGate` expects of records, personas and exemplars alike. Keep the center (the gate's file
 * has a place for it): the same must be done to every embedding that meets the gate later.
 * @param matrix n × d
 * @param center d long, usually `centerOf(records)`
 * @throws ShapeError when the widths differ, a number is not finite, or a row equals the center
 */
export function centeredUnitRows(matrix: Matrix, center: Float64Array): Matrix<Float64Array> {
  requireSameCols('centeredUnitRows', matrix, { data: center, rows: 1, cols: center.length });
  requireFinite('centeredUnitRows', 'matrix', matrix);
  const data = Float64Array.from(matrix.data, (value, i) => value - center[i % matrix.cols]);
  return unitRows({ data, rows: matrix.rows, cols: matrix.cols });
}
