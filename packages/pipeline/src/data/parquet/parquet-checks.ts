import {
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type ParquetReadOptions,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { checkPages, type Levels } from './parquet-pages.js';
import { readFields } from './parquet-thrift.js';

/** Rows that a file may have whatever its size (texts that repeat take less than a bit each); beyond, at most one for each byte. */
const FREE_ROWS = 2 ** 20;

/** Walks the description at a file's end. @throws Error in half a sentence when it is none */
export async function checkFooter(file: AsyncBuffer): Promise<void> {
  const { byteLength } = file;
  if (byteLength < 12) throw new Error('the file is too short');
  const tail = new DataView(await file.slice(byteLength - 8, byteLength));
  const length = tail.getUint32(0, true);
  if (length > byteLength - 8) throw new Error(`its description of ${length} bytes is longer than the file`);
  readFields({ bytes: new Uint8Array(await file.slice(byteLength - 8 - length, byteLength - 8)), at: 0 });
}

/** Checks the number of rows that a file states. @throws Error in half a sentence when so many do not fit */
export function checkRows({ row_groups }: FileMetaData, bytes: number): void {
  const rows = row_groups.reduce((sum, { num_rows }) => sum + Math.abs(Number(num_rows)), 0);
  if (!(rows <= FREE_ROWS + bytes)) throw new Error(`it says that ${rows} rows are in ${bytes} bytes`);
}

/** Options by which a row group is read. */
export type GroupReading = Required<Pick<ParquetReadOptions, 'file' | 'metadata' | 'columns' | 'compressors'>>;

/**
 * Walks the pages of a row group in the top-level columns that are read.
 * @throws Error in half a sentence when one cannot be what it says
 */
export async function checkGroup(
  group: RowGroup,
  { file, metadata, columns, compressors }: GroupReading,
): Promise<void> {
  const schema = parquetSchema(metadata);
  for (const { meta_data: column } of group.columns) {
    if (column === undefined || !columns.includes(column.path_in_schema[0] ?? '')) continue;
    if (column.codec === 'LZO') throw new Error('it is compressed by LZO');
    const start = Number(column.dictionary_page_offset || column.data_page_offset);
    const end = start + Number(column.total_compressed_size);
    if (!(start >= 0 && end >= start && end <= file.byteLength)) throw new Error('a column lies outside the file');
    const bytes = new Uint8Array(await file.slice(start, end));
    const levels = levelsOf(schema, column.path_in_schema);
    checkPages({ bytes, column, levels, mostValues: FREE_ROWS + 8 * file.byteLength, compressors });
  }
}

function levelsOf(schema: SchemaTree, path: readonly string[]): Levels {
  let [definition, repetition] = [0, 0];
  let node: SchemaTree | undefined = schema;
  for (const name of path) {
    node = node.children.find(({ element }) => element.name === name);
    if (node === undefined) throw new Error(`there is no column ${path.join('.')}`);
    const kind = node.element.repetition_type;
    if (kind !== 'REQUIRED') definition += 1;
    if (kind === 'REPEATED') repetition += 1;
  }
  return { definition, repetition };
}
