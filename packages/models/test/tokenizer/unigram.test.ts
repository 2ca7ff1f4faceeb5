import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as library from '@huggingface/tokenizers';
import { openFastTokenizer, type JsonObject } from '../../src/index.js';

interface Golden {
  readonly tokenizer: JsonObject;
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
}
/** Written by tools/unigram/golden.py with Python's tokenizers 0.21.0: a map that folds case and applies NFKC. */
const golden = JSON.parse(gunzipSync(readFileSync(new URL('unigram.json.gz', import.meta.url))).toString()) as Golden;
const { Tokenizer } = library as unknown as {
  Tokenizer: new (json: object, config: object) => { encode(text: string): { ids: number[] } };
};

const differing = (encode: (text: string) => readonly number[]): string[] =>
  golden.texts.filter((text, i) => String(encode(text)) !== String(golden.ids[i]));
const withModel = (change: object): JsonObject => ({
  ...golden.tokenizer,
  model: { ...(golden.tokenizer['model'] as object), ...change },
});
const withMap = (base64: string): JsonObject => ({
  ...golden.tokenizer,
  normalizer: { type: 'Precompiled', precompiled_charsmap: base64 },
});

describe('a Unigram tokenizer with a precompiled character map', () => {
  it('gives 1,000 strings in many scripts the ids of the reference', async () => {
    const tokenizer = await openFastTokenizer(golden.tokenizer, {});
    expect(golden.texts).toHaveLength(1000);
    expect(differing((text) => tokenizer.encode(text).ids)).toEqual([]);
  });
  it('is approximated by the library alone, which is why the map is read here', () => {
    const tokenizer = new Tokenizer(golden.tokenizer, {});
    expect(differing((text) => tokenizer.encode(text).ids).length).toBeGreaterThan(300);
  });
  it('reads no settings of slow tokenizers', async () => {
    const tokenizer = await openFastTokenizer(golden.tokenizer, {
      remove_space: true,
      do_lowercase_and_remove_accent: true,
    });
    expect(differing((text) => tokenizer.encode(text).ids)).toEqual([]);
  });
  it.each<[string, JsonObject, RegExp]>([
    ['byte fallback', withModel({ byte_fallback: true }), /Unigram model with byte fallback/],
    ['a damaged map', withMap('AAAA'), /character map of tokenizer\.json is damaged/],
    ['a map cut short', withMap('AAQAAA'), /character map of tokenizer\.json is damaged/],
    ['something that is no tokenizer', {}, /cannot be used \(Tokenizer must contain/],
  ])('refuses %s', async (_, json, message) => {
    await expect(openFastTokenizer(json, {})).rejects.toThrow(message);
  });
  it('refuses an added token that the map changes', async () => {
    const token = {
      id: 4,
      content: 'ＡＢ',
      normalized: true,
      special: false,
      single_word: false,
      lstrip: false,
      rstrip: false,
    };
    await expect(openFastTokenizer({ ...golden.tokenizer, added_tokens: [token] }, {})).rejects.toThrow(
      /character map changes the added token "ＡＢ"/,
    );
  });
});
