import { createHash } from 'node:crypto';
import { normal, randomFor } from '@mixture-of-personas/numeric';
import type { Encoder } from './encoder.js';

/** Options of the fake. */
export interface FakeEncoderOptions {
  /** Width of the embeddings. @defaultValue 16 */
  readonly cols?: number;
  /** @defaultValue 'fake' */
  readonly id?: string;
}

/** A fake encoder that keeps the texts it was asked for, in order. */
export interface FakeEncoder extends Encoder {
  readonly asked: readonly string[];
}

/**
 * An encoder for tests, with no model: a text is the mean of its words' vectors, and a word's vector is `cols` standard normals of
 * `randomFor(0, 'word <lower-case word>', 0)`. Texts with the same words in any order have the same row, texts that share words have
 * similar ones, and the empty text has the row of the word ''. Nothing is ever truncated.
 */
export function fakeEncoder(options: FakeEncoderOptions = {}): FakeEncoder {
  const { cols = 16, id = 'fake' } = options;
  const asked: string[] = [];
  return {
    id,
    fingerprint: createHash('sha256').update(`fake encoder of width ${cols}`).digest('hex'),
    truncated: 0,
    asked,
    embed(texts, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      asked.push(...texts);
      const data = new Float32Array(texts.length * cols);
      texts.forEach((text, i) => {
        addWords(text, data.subarray(i * cols, (i + 1) * cols));
        onProgress?.(i + 1, texts.length);
      });
      return Promise.resolve({ data, rows: texts.length, cols });
    },
    close: () => Promise.resolve(),
  };
}

function addWords(text: string, row: Float32Array): void {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]+/gu) ?? [''];
  for (const word of words.sort()) {
    const random = randomFor(0, `word ${word}`, 0);
    for (let j = 0; j < row.length; j++) row[j]! += normal(random) / words.length;
  }
}
