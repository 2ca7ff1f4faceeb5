import type { EvaluatedSet } from '@mixture-of-personas/metrics';
import { isMatrixFile, readMatrixFile } from './arrays/matrix-file.js';
import { loadRecords, type RecordSource } from './records.js';

/** One side of `mop evaluate` as it is named on the command line: records in any format, or embeddings in `.npy`, `.npz` or `.npz#array`. */
export type SetSource = Required<Pick<RecordSource, 'path' | 'format' | 'split' | 'columns'>>;

/** A side and whether it is left without labels because only some rows have one. */
export type LoadedSet = { readonly set: EvaluatedSet; readonly rows: number; readonly unlabeled: number };

/**
 * Reads one side: embeddings from a matrix file, texts and labels from anything else.
 * @throws UserError as `readMatrixFile` and `loadRecords` do
 */
export async function loadEvaluatedSet({ path, ...how }: SetSource): Promise<LoadedSet> {
  if (isMatrixFile(path)) {
    const embeddings = await readMatrixFile(path);
    return { set: { embeddings }, rows: embeddings.rows, unlabeled: embeddings.rows };
  }
  const records = await loadRecords({ path, ...how });
  const texts = records.map(({ text }) => text);
  const labels = records.flatMap(({ label }) => (label === undefined ? [] : [label]));
  const unlabeled = records.length - labels.length;
  return { set: unlabeled === 0 ? { texts, labels } : { texts }, rows: records.length, unlabeled };
}
