import {
  requireFinite,
  requireRows,
  requireSameCols,
  rowOf,
  unitRows,
  type Matrix,
} from '@mixture-of-personas/numeric';

/**
 * Mean row: what all the texts of a population share. Sentence embeddings crowd into a narrow cone, and similarity only tells records apart
 * once it is gone.
 * @param matrix n × d, n ≥ 1
 * @returns d long
 * @throws ShapeError when empty or not finite
 */
export function centreOf(matrix: Matrix): Float64Array {
  requireRows('centreOf', 'matrix', matrix, 1);
  requireFinite('centreOf', 'matrix', matrix);
  const centre = new Float64Array(matrix.cols);
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i);
    for (let j = 0; j < row.length; j++) centre[j] += row[j] / matrix.rows;
  }
  return centre;
}

/**
 * Rows minus the centre, scaled to unit length: what `initialGate` expects of records, personas and exemplars alike. Keep the centre (the gate's file
 * has a place for it): the same must be done to every embedding that meets the gate later.
 * @param matrix n × d
 * @param centre d long, usually `centreOf(records)`
 * @throws ShapeError when the widths differ, a number is not finite, or a row equals the centre
 */
export function centredUnitRows(matrix: Matrix, centre: Float64Array): Matrix<Float64Array> {
  requireSameCols('centredUnitRows', matrix, { data: centre, rows: 1, cols: centre.length });
  requireFinite('centredUnitRows', 'matrix', matrix);
  const data = Float64Array.from(matrix.data, (value, i) => value - centre[i % matrix.cols]);
  return unitRows({ data, rows: matrix.rows, cols: matrix.cols });
}
