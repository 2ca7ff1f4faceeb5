import * as zlib from 'node:zlib';
import { decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors';
import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type Compressors } from 'hyparquet';
import { UserError } from '../../errors.js';
import { checkFooter, checkGroup, checkRows, type GroupReading } from './parquet-checks.js';
import { exactColumns, PARSERS, type ColumnReader } from './parquet-values.js';
import type { RawRow } from '../text/raw-row.js';

/** Decompressors beside hyparquet's own (none, Snappy). Node.js has Zstandard from 22.15; hyparquet-compressors has it in JavaScript. */
const COMPRESSORS: Compressors = {
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (bytes, length) => decompressZstd(bytes, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/**
 * Opens a Parquet file; rows are read one row group at a time.
 * @param wanted names of the columns to read; the others are there without a value. @defaultValue all
 * @returns the rows, and `note`: the value of a key of the file's own metadata, such as `huggingface`
 * @throws UserError `bad-parquet` with the reason
 */
export async function openParquet(
  file: AsyncBuffer,
  name: string,
  wanted?: readonly string[],
): Promise<{ note: (key: string) => string | undefined; rows: AsyncGenerator<RawRow, void> }> {
  const guarded = guardFor(file, name);
  const metadata = await guarded(async () => {
    await checkFooter(file);
    const read = await parquetMetadataAsync(file, { geoparquet: false });
    checkRows(read, file.byteLength);
    return read;
  });
  const columns = exactColumns(metadata);
  const read = columns.map((column) => column.name).filter((column) => wanted?.includes(column) ?? true);
  const twice = columns.find((column, i) => columns.findIndex((other) => other.name === column.name) !== i);
  if (twice !== undefined) {
    const problem = `${name} names the column ${twice.name} twice.`;
    throw new UserError('bad-parquet', problem, { remedy: 'Rename one of them.' });
  }
  return {
    note: (key) => metadata.key_value_metadata?.find((entry) => entry.key === key)?.value,
    rows: rowsOf({ file, metadata, columns: read, compressors: COMPRESSORS }, columns, guarded),
  };
}

async function* rowsOf(
  reading: GroupReading,
  columns: readonly ColumnReader[],
  guarded: Guard,
): AsyncGenerator<RawRow, void> {
  const read = columns.filter((column) => reading.columns.includes(column.name));
  // So that all keep the file's order.
  const unread: Readonly<Record<string, unknown>> = Object.fromEntries(columns.map(({ name }) => [name, undefined]));
  let start = 0;
  for (const group of reading.metadata.row_groups) {
    const rowEnd = start + Number(group.num_rows);
    const rows = await guarded(async () => {
      await checkGroup(group, reading);
      // Without text from bytes, so that exactColumns sees a decimal's bytes.
      return parquetReadObjects({ ...reading, parsers: PARSERS, utf8: false, rowStart: start, rowEnd });
    });
    for (const [i, row] of rows.entries()) {
      const fields = { ...unread };
      await guarded(() => read.forEach(({ name, valueOf }) => (fields[name] = valueOf(row[name]))));
      yield { fields, where: `row ${start + i + 1}`, key: String(start + i + 1) };
    }
    start = rowEnd;
  }
}

type Guard = <Result>(work: () => Result | Promise<Result>) => Promise<Result>;

/** Runs a step of reading; its failure is told with the file's name, and only a file without Parquet's last bytes is called incomplete. */
function guardFor(file: AsyncBuffer, name: string): Guard {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
      const tail = Buffer.from(await file.slice(Math.max(0, file.byteLength - 4), file.byteLength)).toString('latin1');
      const remedy =
        tail === 'PAR1'
          ? 'Write it again with texts in UTF-8 and compression="snappy", or convert it to jsonl.'
          : 'It does not end as a Parquet file: check that it is one and is complete.';
      const problem = `${name} cannot be read as Parquet: ${reason}.`;
      throw new UserError('bad-parquet', problem, { remedy, cause: error });
    }
  };
}
