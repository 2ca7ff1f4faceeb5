import { setImmediate } from 'node:timers/promises';
import type { EmbeddedModel } from './files.js';
import type { Encoder } from '../encoder.js';
import { textVectors } from './text-vectors.js';
import { wordPieces } from './word-pieces.js';

/** Texts embedded between two looks at the signal. */
const TEXTS_AT_ONCE = 256;
/** The row of a text without a known token. */
const EMPTY = Int32Array.of(0);

/**
 * The engine for the model in this package: a text's tokens, each weighed by what the text is about, and their mean's direction corrected for
 * the text's length (`textVectors`); rows have length one. Order of words plays no part, no text is too long, and a row depends on nothing but its text;
 * a text in which no token is known is one `[UNK]`.
 * @throws ModelError `no-simd` where there is no WebAssembly with SIMD
 */
export function openEmbedded(id: string, model: EmbeddedModel): Encoder {
  const { cols, vocabulary, fingerprint } = model;
  const pieces = wordPieces(vocabulary);
  const write = textVectors(model);
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
          write(ids.length > 0 ? ids : EMPTY, data.subarray(i * cols, (i + 1) * cols));
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
