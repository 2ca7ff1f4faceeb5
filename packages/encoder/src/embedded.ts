import { setImmediate } from 'node:timers/promises';
import type { TokenTable } from './embedded-files.js';
import type { Encoder } from './encoder.js';
import { meanOfRows } from './mean-of-rows.js';
import { wordPieces } from './word-pieces.js';

/** Texts embedded between two looks at the signal. */
const TEXTS_AT_ONCE = 256;
/** The row of a text without a known token. */
const EMPTY = Int32Array.of(0);

/**
 * The engine for the table in this package: the mean of a text's token vectors, (1/n) Σ_t w_t, in which the weights of the tokens are
 * already folded; a text in which no token is known has the row of `[UNK]`. Order of words plays no part, no text is too long, and
 * a row depends on nothing but its text.
 */
export function openEmbedded(id: string, table: TokenTable): Encoder {
  const { cols, vocabulary, fingerprint } = table;
  const pieces = wordPieces(vocabulary);
  const sum = new Float64Array(cols);
  return {
    id,
    fingerprint,
    truncated: 0,
    async embed(texts, { signal, onProgress } = {}) {
      const data = new Float32Array(texts.length * cols);
      for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
        signal?.throwIfAborted();
        const end = Math.min(start + TEXTS_AT_ONCE, texts.length);
        for (let i = start; i < end; i++) {
          const ids = pieces.encode(texts[i]!);
          meanOfRows(table, ids.length > 0 ? ids : EMPTY, sum);
          data.set(sum, i * cols);
        }
        onProgress?.(end, texts.length);
        // Lets an abort, and a progress bar, have their turn.
        if (end < texts.length) await setImmediate();
      }
      return { data, rows: texts.length, cols };
    },
    close: () => Promise.resolve(),
  };
}
