import * as zlib from 'node:zlib';
import { decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
} from 'hyparquet';
import { UserError } from '../../errors.js';
import { checkFooter, checkGroup, checkRows } from './parquet-checks.js';
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

/** A Parquet file's rows and what its description says of them. */
export interface ParquetRows {
  /** Value of a key of the file's own metadata, such as `huggingface`. */
  readonly note: (key: string) => string | undefined;
  readonly rows: AsyncGenerator<RawRow>;
}

/**
 * Opens a Parquet file; rows are read one row group at a time.
 * @param wanted names of the columns to read; the others are there without a value. @defaultValue all
 * @throws UserError `bad-parquet` with the reason
 */
export async function openParquet(file: AsyncBuffer, name: string, wanted?: readonly string[]): Promise<ParquetRows> {
  const guarded = guardFor(file, name);
  const metadata = await guarded(async () => {
    await checkFooter(file);
    const read = await parquetMetadataAsync(file, { geoparquet: false });
    checkRows(read, file.byteLength);
    return read;
  });
  const columns = exactColumns(metadata);
  const twice = columns.find((column, i) => columns.findIndex((other) => other.name === column.name) !== i);
  if (twice !== undefined) {
    throw new UserError('bad-parquet', `${name} names the column ${twice.name} twice.`, {
      remedy: 'Rename one of them.',
    });
  }
  return {
    note: (key) => metadata.key_value_metadata?.find((entry) => entry.key === key)?.value,
    rows: rowsOf({ file, metadata, columns, wanted, guarded }),
  };
}

interface OpenFile {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly ColumnReader[];
  readonly wanted: readonly string[] | undefined;
  readonly guarded: Guard;
}

async function* rowsOf({ file, metadata, columns, wanted, guarded }: OpenFile): AsyncGenerator<RawRow> {
  const read = columns.filter((column) => wanted === undefined || wanted.includes(column.name));
  const names = read.map((column) => column.name);
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const rows = await guarded(async () => {
      await checkGroup({ file, metadata, group, columns: names, compressors: COMPRESSORS });
      // Without text from bytes, so that exactColumns sees a decimal's bytes.
      const how = { compressors: COMPRESSORS, parsers: PARSERS, utf8: false };
      return parquetReadObjects({ file, metadata, columns: names, rowStart: start, rowEnd: end, ...how });
    });
    for (const [i, row] of rows.entries()) {
      const fields: Record<string, unknown> = Object.fromEntries(
        columns.map(({ name: column }) => [column, undefined]),
      );
      await guarded(() => read.forEach((column) => (fields[column.name] = column.valueOf(row[column.name]))));
      yield { fields, where: `row ${start + i + 1}`, key: String(start + i + 1) };
    }
    start = end;
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
      throw new UserError('bad-parquet', `${name} cannot be read as Parquet: ${reason}.`, {
        remedy:
          tail === 'PAR1'
            ? 'Write it again with texts in UTF-8 and compression="snappy", or convert it to jsonl.'
            : 'It does not end as a Parquet file: check that it is one and is complete.',
        cause: error,
      });
    }
  };
}
