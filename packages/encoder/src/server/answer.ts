import { ModelError, property } from '@mixture-of-personas/models';
import { EmbeddingError, shown } from '../errors.js';

/**
 * The rows of an answer of `/v1/embeddings`, `{data: [{index, embedding: [numbers]}]}`, in the order of the texts.
 * `first`: position of the first text among all, for messages; `cols`: width of earlier rows, 0 when there are none.
 * @throws ModelError `server` when rows are missing, doubled or not lists of numbers
 * @throws EmbeddingError when a row is not finite or of another width than the others; the text is named
 */
export function embeddingRows(
  answer: unknown,
  asked: { readonly url: string; readonly texts: readonly string[]; readonly first: number; readonly cols: number },
): number[][] {
  const { url, texts, first } = asked;
  const data = property(answer, 'data');
  if (!Array.isArray(data) || data.length !== texts.length) {
    const gave = Array.isArray(data) ? data.length : 'no list of';
    const problem = `${url} gave ${gave} embeddings for ${texts.length} texts.`;
    throw new ModelError('server', problem, { remedy: "Check the server's model." });
  }
  const rows: number[][] = [];
  data.forEach((entry: unknown, position) => {
    const index = property(entry, 'index') ?? position;
    const row = property(entry, 'embedding');
    const usable = typeof index === 'number' && index in texts && !(index in rows);
    if (!usable || !Array.isArray(row) || row.length === 0) {
      const problem = `${url} gave no usable embedding in entry ${position} of its answer.`;
      throw new ModelError('server', problem, { remedy: 'Check that the model is an embedding model.' });
    }
    rows[index] = row as number[]; // each value is looked at below
  });
  const cols = asked.cols || rows[0]!.length;
  rows.forEach((row, i) => {
    const name = `text ${first + i} (${shown(texts[i]!)})`;
    if (row.length !== cols) {
      const problem = `The embedding of ${name} has ${row.length} numbers, the others ${cols}.`;
      throw new EmbeddingError('embedding', problem, { remedy: "Check the server's model." });
    }
    if (row.every((value) => typeof value === 'number' && Number.isFinite(Math.fround(value)))) return;
    const remedy = 'Drop the text, or use another model.';
    throw new EmbeddingError('embedding', `The embedding of ${name} is not finite.`, { remedy });
  });
  return rows;
}
