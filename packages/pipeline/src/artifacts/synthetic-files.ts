import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { syntheticRow } from './texts.js';

/** Types of the columns of `synthetic.parquet` that hold no text. */
const NUMBERS: Partial<Record<keyof SyntheticRow, 'DOUBLE' | 'INT64'>> = {
  personaProbability: 'DOUBLE',
  exemplarProbability: 'DOUBLE',
  temperature: 'DOUBLE',
  seed: 'INT64',
};

/** Columns that a row need not have a value for. */
const NULLABLE: readonly string[] = ['label', 'context', 'exemplarIds', 'gateModel', 'promptLabel', 'flag'];

const COLUMNS: readonly (keyof SyntheticRow)[] = syntheticRow.keyof().options;

function typeOf(name: keyof SyntheticRow): 'STRING' | 'DOUBLE' | 'INT64' {
  return NUMBERS[name] ?? 'STRING';
}

/** Names of the column types in the front matter of a Hugging Face data set card. */
const FEATURE_TYPES = { STRING: 'string', DOUBLE: 'float64', INT64: 'int64' } as const;

/** Columns that are there only where a row has a value: rows of before have none of them. */
const OPTIONAL: readonly string[] = ['exemplarIds', 'gateModel', 'promptLabel'];

function columnsOf(rows: readonly SyntheticRow[]): (keyof SyntheticRow)[] {
  return COLUMNS.filter((name) => !OPTIONAL.includes(name) || rows.some((row) => row[name] !== undefined));
}

/** The columns of the rows' `synthetic.parquet` as a data set card states them. */
export function datasetFeatures(rows: readonly SyntheticRow[]): { name: string; dtype: string }[] {
  return columnsOf(rows).map((name) => ({ name, dtype: FEATURE_TYPES[typeOf(name)] }));
}

/** A row with its keys in the one order that `synthetic.jsonl` has, whatever order the maker used. */
export function orderedRow(row: SyntheticRow): SyntheticRow {
  return Object.fromEntries(COLUMNS.map((name) => [name, row[name]])) as unknown as SyntheticRow;
}

/** Simulated rows as a Parquet file (Snappy), one column a key. */
export function syntheticParquet(rows: readonly SyntheticRow[]): Uint8Array {
  const columnData = columnsOf(rows).map((name): ColumnSource => {
    const data = rows.map((row) => cellOf(row, name));
    return { name, data, type: typeOf(name), nullable: NULLABLE.includes(name) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** A value as its column has it; `exemplarIds` is a JSON list. */
function cellOf(row: SyntheticRow, name: keyof SyntheticRow): string | number | bigint | null {
  if (name === 'exemplarIds') return row.exemplarIds === undefined ? null : JSON.stringify(row.exemplarIds);
  return typeOf(name) === 'INT64' ? BigInt(row[name] as number) : (row[name] ?? null);
}
