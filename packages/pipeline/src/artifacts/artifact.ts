import type { Matrix } from '@mixture-of-personas/numeric';
import { z } from 'zod';
import { decodeNpy, encodeNpy } from '../data/arrays/npy.js';
import { UserError } from '../errors.js';
import { decodeLines, encodeLines } from '../data/tables/jsonl.js';
import type { Outputs, ReadableFile } from '../run-folder/run-folder.js';

/** A file of a run folder, as `mop info` and the documentation list it. */
export interface ArtifactFile {
  /** Name in the folder. */
  readonly name: string;
  /** The stage that writes it. */
  readonly stage: string;
  /** Its content, in a few words. */
  readonly holds: string;
}

/** The one definition of a file of a run folder: its name, how its value becomes bytes, and how bytes are checked and read. */
export interface Artifact<Value> extends ArtifactFile, ReadableFile<Value> {
  /** The file with this value, as a stage hands it to the folder. */
  file(value: Value): Outputs;
}

/** A file of bytes, which may be written as text. */
export interface BytesArtifact extends ArtifactFile, ReadableFile<Uint8Array> {
  file(content: Uint8Array | string): Outputs;
}

/** A JSON file. A value is checked and handed on as it was parsed, so that rewriting it gives the same bytes. */
export function jsonArtifact<Value>(about: ArtifactFile, schema: z.ZodType<Value>, indent?: number): Artifact<Value> {
  return {
    ...about,
    file: (value) => ({ [about.name]: `${JSON.stringify(value, null, indent)}\n` }),
    decode: (bytes, path) => parsed(bytes, path, schema),
  };
}

/** A file of one JSON value per line. */
export function linesArtifact<Row>(about: ArtifactFile, row: z.ZodType<Row>): Artifact<readonly Row[]> {
  return {
    ...about,
    file: (rows) => ({ [about.name]: encodeLines(rows) }),
    decode: (bytes, path) => checked(decodeLines(bytes, path), path, z.array(row)),
  };
}

/** A float32 matrix as `.npy`. Runs of version 0.1 have it as `.bin`: rows and columns as uint32, then the entries, little-endian. */
export function matrixArtifact(about: ArtifactFile): Artifact<Matrix<Float32Array>> {
  return {
    ...about,
    file: (matrix) => ({ [about.name]: encodeNpy(matrix) }),
    decode: (bytes, path) => {
      const { data, ...shape } = decodeNpy(bytes, path);
      if (data instanceof Float32Array) return { data, ...shape };
      throw notAsWritten(path, 'its numbers are not float32');
    },
    earlier: { name: about.name.replace(/npy$/, 'bin'), decode: earlierMatrix },
  };
}

/** A file that another package or nobody reads: bytes as they are. */
export function bytesArtifact(about: ArtifactFile): BytesArtifact {
  return { ...about, file: (content) => ({ [about.name]: content }), decode: (bytes) => bytes };
}

function parsed<Value>(bytes: Uint8Array, path: string, schema: z.ZodType<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw notAsWritten(path, 'it is not JSON');
  }
  return checked(value, path, schema);
}

function checked<Value>(value: unknown, path: string, schema: z.ZodType<Value>): Value {
  if (fits(value, schema)) return value;
  const issue = schema.safeParse(value).error?.issues[0];
  throw notAsWritten(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`.replace(/^: /, ''));
}

/** Schemas of artifacts transform nothing, so what fits one is of its type. */
function fits<Value>(value: unknown, schema: z.ZodType<Value>): value is Value {
  return schema.safeParse(value).success;
}

function earlierMatrix(bytes: Uint8Array, path: string): Matrix<Float32Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [rows, cols] = bytes.length < 8 ? [0, 0] : [view.getUint32(0, true), view.getUint32(4, true)];
  if (bytes.length !== 8 + rows * cols * 4) throw notAsWritten(path, 'its size is not that of its matrix');
  const data = Float32Array.from({ length: rows * cols }, (_, i) => view.getFloat32(8 + 4 * i, true));
  return { data, rows, cols };
}

function notAsWritten(path: string, reason: string): UserError {
  return new UserError('damaged-run', `${path} is not a file that this version of mop writes: ${reason}.`, {
    remedy: 'Start a new run with another --output.',
  });
}
