import type { Matrix } from '@mixture-of-personas/numeric';

/** A float32 matrix as bytes: rows and columns as little-endian uint32, then the entries row by row, little-endian. */
export function encodeMatrix(matrix: Matrix<Float32Array>): Uint8Array {
  const bytes = new Uint8Array(8 + matrix.data.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, matrix.rows, true);
  view.setUint32(4, matrix.cols, true);
  matrix.data.forEach((value, i) => view.setFloat32(8 + 4 * i, value, true));
  return bytes;
}

/** The matrix that `encodeMatrix` wrote. */
export function decodeMatrix(bytes: Uint8Array): Matrix<Float32Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows = view.getUint32(0, true);
  const cols = view.getUint32(4, true);
  const data = Float32Array.from({ length: rows * cols }, (_, i) => view.getFloat32(8 + 4 * i, true));
  return { data, rows, cols };
}
