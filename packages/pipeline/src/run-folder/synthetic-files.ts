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
  gateModel: 'STRING',
  promptHash: 'STRING',
  flag: 'STRING',
};

/** Columns that a row need not have a value for. */
const NULLABLE: readonly string[] = ['label', 'context', 'gateModel', 'flag'];

const COLUMNS = Object.keys(COLUMN_TYPES) as (keyof SyntheticRow)[];

/** Names of the column types in the front matter of a Hugging Face data set card. */
const FEATURE_TYPES = { STRING: 'string', DOUBLE: 'float64', INT64: 'int64' } as const;

/** `gateModel` is a column only where a row has one. */
function columnsOf(rows: readonly SyntheticRow[]): (keyof SyntheticRow)[] {
  return COLUMNS.filter((name) => name !== 'gateModel' || rows.some(({ gateModel }) => gateModel !== undefined));
}

/** The columns of the rows' `synthetic.parquet` as a data set card states them. */
export function datasetFeatures(rows: readonly SyntheticRow[]): { name: string; dtype: string }[] {
  return columnsOf(rows).map((name) => ({ name, dtype: FEATURE_TYPES[COLUMN_TYPES[name]] }));
}

/** A row with its keys in the one order that `synthetic.jsonl` has, whatever order the maker used. */
export function orderedRow(row: SyntheticRow): SyntheticRow {
  return Object.fromEntries(COLUMNS.map((name) => [name, row[name]])) as unknown as SyntheticRow;
}

/** Simulated rows as a Parquet file (Snappy), one column a key. */
export function syntheticParquet(rows: readonly SyntheticRow[]): Uint8Array {
  const columnData = columnsOf(rows).map((name): ColumnSource => {
    const type = COLUMN_TYPES[name];
    const data = rows.map((row) => (type === 'INT64' ? BigInt(row[name] as number) : (row[name] ?? null)));
    return { name, data, type, nullable: NULLABLE.includes(name) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
