import { requireFinite, type Matrix } from '@mixture-of-personas/numeric';
import type { JobContext } from '../context/job-context.js';
import { decodeMatrix, encodeMatrix } from '../run-folder/matrix-file.js';
import { stageResult } from '../context/stage.js';
import type { JobRecords } from '../context/sample-records.js';

/** Raw embeddings, one row a record, all by the run's encoder. */
export interface RecordEmbeddings {
  readonly training: Matrix<Float32Array>;
  readonly validation: Matrix<Float32Array>;
  readonly heldOut: Matrix<Float32Array>;
  readonly golden: Matrix<Float32Array>;
  /** h(context) of training, validation, held-out and golden records one below the other; only when `gate.input` is `context`. */
  readonly contexts: Matrix<Float32Array> | undefined;
}

const FILE = 'embeddings.bin';

/** The stage `embed`: every text the gate or the metrics look at, embedded once. */
export async function embedRecords(job: JobContext, records: JobRecords): Promise<RecordEmbeddings> {
  const { training, validation, heldOut, golden } = records;
  const gated = [...training, ...validation, ...heldOut];
  const read = [...gated, ...golden];
  const contexts = job.config.gate.input === 'context' ? read.map(({ context }) => context ?? '') : [];
  const texts = read.map(({ text }) => text).concat(contexts);
  const all = await stageResult(job.folder, {
    name: 'embed',
    make: async () => ({ [FILE]: encodeMatrix(await embedTexts(job, 'records', texts)) }),
    load: async (read) => decodeMatrix(await read(FILE)),
  });
  const parts = split(all, [training.length, validation.length, heldOut.length, golden.length, contexts.length]);
  return {
    training: parts[0]!,
    validation: parts[1]!,
    heldOut: parts[2]!,
    golden: parts[3]!,
    contexts: contexts.length > 0 ? parts[4] : undefined,
  };
}

/**
 * Embeds texts with progress.
 * @throws ShapeError naming row and column when an embedding is not finite
 */
export async function embedTexts(
  job: JobContext,
  what: string,
  texts: readonly string[],
): Promise<Matrix<Float32Array>> {
  const matrix = await job.encoder.embed(texts, {
    signal: job.signal,
    onProgress: (done, total) => job.reporter.progress(`embed ${what}`, done, total),
  });
  requireFinite(`The encoder ${job.encoder.id}`, `its embeddings of the ${what}`, matrix);
  return matrix;
}

function split(matrix: Matrix<Float32Array>, counts: readonly number[]): Matrix<Float32Array>[] {
  let from = 0;
  return counts.map((rows) => {
    const data = matrix.data.subarray(from * matrix.cols, (from + rows) * matrix.cols);
    from += rows;
    return { data, rows, cols: matrix.cols };
  });
}
