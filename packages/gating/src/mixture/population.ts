import { type Matrix, requireFinite, requireSameCols, SettingError, ShapeError } from '@mixture-of-personas/numeric';

/** Embeddings that a mixture is fitted to: n records, K personas and N exemplars as embeddings of one width d. */
export interface Population {
  /**
   * Input of the gate for each record, n × d: h(context), or h(record) itself, or `noContext(n, d)`.
   * Row i is the record a `PairRequest` calls `record: i`. Training and held-out records stand in the same matrix.
   */
  readonly records: Matrix;
  /** h(persona), K × d. */
  readonly personas: Matrix;
  /** h(exemplar), N × d. */
  readonly exemplars: Matrix;
  /** For each record the exemplar that it is itself (0 … N−1) or −1; n long. Left out: none is. */
  readonly ownExemplar?: ArrayLike<number>;
}

/**
 * The gate's input for a study without context: the same unit vector for every record, so that π and Ω are learned but are one
 * for the whole population. Zeros would not do: x = W_x·0 has no gradient and π could never leave the uniform.
 * @returns n × d, every entry 1/√d
 */
export function noContext(n: number, d: number): Matrix<Float64Array> {
  return { data: new Float64Array(n * d).fill(1 / Math.sqrt(d)), rows: n, cols: d };
}

/**
 * Checks a population once, at the door.
 * @throws ShapeError naming the matrix, the row, or the index that does not fit
 */
export function requirePopulation(where: string, population: Population): void {
  const { records, personas, exemplars, ownExemplar } = population;
  for (const [name, matrix] of Object.entries({ records, personas, exemplars })) {
    if (matrix.rows < 1) throw new ShapeError(where, `at least one row in ${name}`, '0', 'Give it some.');
    requireSameCols(where, records, matrix);
    requireFinite(where, name, matrix);
  }
  if (ownExemplar === undefined) return;
  const advice = 'Use −1 for a record that is no exemplar.';
  if (ownExemplar.length !== records.rows) {
    const expected = `${records.rows} entries in ownExemplar (one per record)`;
    throw new ShapeError(where, expected, `${ownExemplar.length}`, advice);
  }
  for (let i = 0; i < ownExemplar.length; i++) {
    const own = ownExemplar[i];
    if (Number.isInteger(own) && own >= -1 && own < exemplars.rows) continue;
    throw new ShapeError(where, `ownExemplar between −1 and ${exemplars.rows - 1}`, `${own} for record ${i}`, advice);
  }
}

/**
 * A list of rows of the population as an array, checked; all rows where none are given.
 * @throws SettingError when it is empty or names a row that is not there
 */
export function requireRecords(
  where: string,
  name: string,
  rows: ArrayLike<number> | undefined,
  population: Population,
): readonly number[] {
  const list = rows ? Array.from(rows) : Array.from({ length: population.records.rows }, (_, i) => i);
  if (list.length === 0) throw new SettingError(where, name, 'at least one record', 'none');
  const last = population.records.rows - 1;
  for (const row of list) {
    if (!Number.isInteger(row) || row < 0 || row > last) throw new SettingError(where, name, `rows 0 … ${last}`, row);
  }
  return list;
}
