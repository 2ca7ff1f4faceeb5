import * as zlib from 'node:zlib';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer, type Compressors } from 'hyparquet';
import { UserError } from '../errors.js';
import { checkFooter, checkGroup, checkRows } from './parquet-checks.js';
import type { RawRow } from './raw-row.js';

/** Decompressors beside hyparquet's own (none, Snappy); Zstandard comes with Node 22.15. */
const COMPRESSORS: Compressors = {
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ...zstandard(),
};

/**
 * Rows of a Parquet file, one row group in memory at a time.
 * @throws UserError `bad-parquet` with the reason
 */
export async function* readParquet(file: AsyncBuffer, name: string): AsyncGenerator<RawRow> {
  const metadata = await guarded(name, async () => {
    await checkFooter(file);
    const read = await parquetMetadataAsync(file);
    checkRows(read, file.byteLength);
    return read;
  });
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const rows = await guarded(name, async () => {
      await checkGroup(file, metadata, group, COMPRESSORS);
      return parquetReadObjects({ file, metadata, columns, rowStart: start, rowEnd: end, compressors: COMPRESSORS });
    });
    for (const [i, fields] of rows.entries())
      yield { fields, where: `row ${start + i + 1}`, key: String(start + i + 1) };
    start = end;
  }
}

async function guarded<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
    throw new UserError('bad-parquet', `${name} cannot be read as Parquet: ${reason}.`, {
      suggestion: 'Check that the file is complete, or convert it to jsonl.',
      cause: error,
    });
  }
}

function zstandard(): Compressors {
  if (!('zstdDecompressSync' in zlib) || typeof zlib.zstdDecompressSync !== 'function') return {};
  const decompress = zlib.zstdDecompressSync as (bytes: Uint8Array) => Uint8Array;
  return { ZSTD: (bytes) => decompress(bytes) };
}
