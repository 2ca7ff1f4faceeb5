import {
  type Matrix,
  requireFinite,
  requireRows,
  requireSameCols,
  SettingError,
  ShapeError,
} from '@mixture-of-personas/numeric';

/** Squares of larger entries overflow once summed, and so would every distance. */
const LARGEST_ENTRY = 1e150;

/**
 * Checks what every figure over embeddings demands: equal width, enough rows on both sides, finite entries whose squares are finite.
 * @throws ShapeError naming the set, row and column
 */
export function requireSets(where: string, synthetic: Matrix, golden: Matrix, atLeast: number): void {
  requireSet(where, 'synthetic', synthetic, atLeast);
  requireSet(where, 'golden', golden, atLeast);
  requireSameCols(where, synthetic, golden);
}

/** The same demands of one matrix. @throws ShapeError */
export function requireSet(where: string, name: string, matrix: Matrix, atLeast: number): void {
  requireRows(where, name, matrix, atLeast);
  if (matrix.cols < 1) throw new ShapeError(where, `at least 1 column in ${name}`, '0', 'Embed the texts first.');
  if (matrix.data.length !== matrix.rows * matrix.cols) {
    const [found, advice] = [String(matrix.data.length), 'Give rows and cols that fit the data.'];
    throw new ShapeError(where, `${matrix.rows} × ${matrix.cols} numbers in ${name}`, found, advice);
  }
  requireFinite(where, name, matrix);
  const { data, cols } = matrix;
  if (data instanceof Float32Array) return; // the largest float32 squares to 1e77
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i]) > LARGEST_ENTRY) {
      const found = `${data[i]} in row ${Math.floor(i / cols)}, column ${i % cols}`;
      const advice = 'Scale the embeddings down.';
      throw new ShapeError(where, `entries up to ${LARGEST_ENTRY} in ${name}`, found, advice);
    }
  }
}

/**
 * Checks what cosines also demand: a direction in every row.
 * @param sets by the names that messages give them
 * @throws ShapeError naming the set and the first row of zeros
 */
export function requireDirections(where: string, sets: Readonly<Record<string, Matrix>>): void {
  for (const [name, { data, rows, cols }] of Object.entries(sets)) {
    for (let i = 0; i < rows; i++) {
      let j = 0;
      while (j < cols && data[i * cols + j] === 0) j++;
      if (j < cols) continue;
      const [expected, actual] = [`rows with a direction in ${name}`, `only zeros in row ${i}`];
      throw new ShapeError(where, expected, actual, 'Drop the row or embed its text again.');
    }
  }
}

/** @throws ShapeError when there are fewer than `atLeast` documents */
export function requireDocuments(
  where: string,
  documents: readonly unknown[],
  atLeast: number,
  name = 'documents',
): void {
  if (documents.length < atLeast) {
    throw new ShapeError(where, `at least ${atLeast} ${name}`, String(documents.length), 'Give it more texts.');
  }
}

/** @throws SettingError unless `value` is an integer of at least `least` */
export function requireCount(where: string, setting: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new SettingError(where, setting, `an integer of at least ${least}`, value);
  }
}

/** @throws SettingError unless `value` is a finite number above 0 */
export function requirePositive(where: string, setting: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) throw new SettingError(where, setting, 'a number above 0', value);
}

/** @throws SettingError unless 0 < value < 1 (or ≤ 1 with `closed`) */
export function requireShare(where: string, setting: string, value: number, closed = false): void {
  if (!(value > 0 && (closed ? value <= 1 : value < 1))) {
    throw new SettingError(where, setting, closed ? 'above 0 and at most 1' : 'between 0 and 1', value);
  }
}

/**
 * Histograms as counts: same length, every entry finite and ≥ 0, something in each.
 * @throws ShapeError naming the histogram and the entry
 */
export function requireCounts(where: string, name: string, counts: ArrayLike<number>): void {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!Number.isFinite(counts[i]) || counts[i] < 0) {
      throw new ShapeError(where, `counts of 0 or more in ${name}`, `${counts[i]} at ${i}`, 'Give raw counts.');
    }
    total += counts[i];
  }
  if (!(total > 0)) throw new ShapeError(where, `at least one count in ${name}`, 'none', 'Give it more records.');
}

/** Embeddings with one label a row. */
export interface Labeled {
  readonly embeddings: Matrix;
  readonly labels: readonly string[];
}

/** @throws ShapeError naming the side whose labels are not one per row */
export function requireLabels(where: string, sides: Readonly<Record<'synthetic' | 'golden', Labeled>>): void {
  for (const [name, { embeddings, labels }] of Object.entries(sides)) {
    if (labels.length === embeddings.rows) continue;
    throw new ShapeError(where, `${embeddings.rows} labels in ${name}`, String(labels.length), 'Give one label a row.');
  }
}
