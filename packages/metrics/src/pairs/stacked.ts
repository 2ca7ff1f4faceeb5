import { requireSameCols, type Matrix } from '@mixture-of-personas/numeric';

/** Both sets below one another, in float32 where both are. @throws ShapeError for different widths */
export function stacked(x: Matrix, y: Matrix): Matrix {
  requireSameCols('stacked', x, y);
  const length = x.data.length + y.data.length;
  const single = x.data instanceof Float32Array && y.data instanceof Float32Array;
  const data = single ? new Float32Array(length) : new Float64Array(length);
  data.set(x.data);
  data.set(y.data, x.data.length);
  return { data, rows: x.rows + y.rows, cols: x.cols };
}
