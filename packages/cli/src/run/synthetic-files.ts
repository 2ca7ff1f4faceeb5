import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';

/** Type of each column of `synthetic.parquet`: the keys of a row, in their order. */
const COLUMN_TYPES: Readonly<Record<keyof Required<SyntheticRow>, 'STRING' | 'DOUBLE' | 'INT64'>> = {
  id: 'STRING',
  text: 'STRING',
  label: 'STRING',
  context: 'STRING',
  personaId: 'STRING',
  exemplarId: 'STRING',
  personaProbability: 'DOUBLE',
  exemplarProbability: 'DOUBLE',
  temperature: 'DOUBLE',
  seed: 'INT64',
  model: 'STRING',
  promptHash: 'STRING',
  flag: 'STRING',
};

/** Columns that a row need not have a value for. */
const NULLABLE: readonly string[] = ['label', 'context', 'flag'];

const COLUMNS = Object.keys(COLUMN_TYPES) as (keyof SyntheticRow)[];

/** A row with its keys in the one order that `synthetic.jsonl` has, whatever order the maker used. */
export function orderedRow(row: SyntheticRow): SyntheticRow {
  return Object.fromEntries(COLUMNS.map((name) => [name, row[name]])) as unknown as SyntheticRow;
}

/** Simulated rows as a Parquet file (Snappy), one column a key. */
export function syntheticParquet(rows: readonly SyntheticRow[]): Uint8Array {
  const columnData = COLUMNS.map((name): ColumnSource => {
    const type = COLUMN_TYPES[name];
    const data = rows.map((row) => (type === 'INT64' ? BigInt(row[name] as number) : (row[name] ?? null)));
    return { name, data, type, nullable: NULLABLE.includes(name) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
