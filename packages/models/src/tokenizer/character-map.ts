// @huggingface/tokenizers 0.2.0 reads no precompiled character map: it approximates every one by NFKC, which folds no case
// (test/tokenizer/unigram.test.ts shows the difference). This is the map itself, as SentencePiece compiles it.
import { ModelError } from '../errors.js';

/** Longest grapheme, in bytes, that is looked up as a whole, as in Rust's tokenizers. */
const LONGEST_GRAPHEME = 5;

/**
 * The normalizer in a precompiled character map: a uint32 size, a double-array trie of so many bytes, and the replacements, each
 * ended by a zero byte. Each grapheme, or where it has no entry each of its characters, becomes the entry of its shortest prefix.
 * @param base64 `precompiled_charsmap` of a tokenizer.json
 * @throws ModelError `no-tokenizer` when it is damaged
 */
export function characterMap(base64: string): (text: string) => string {
  const bytes = Buffer.from(base64, 'base64');
  const size = bytes.length < 4 ? NaN : bytes.readUInt32LE(0);
  if (!(size % 4 === 0 && size >= 1024 && 4 + size <= bytes.length)) {
    const remedy = "Save the model's fast tokenizer again.";
    throw new ModelError('no-tokenizer', 'The precompiled character map of tokenizer.json is damaged.', { remedy });
  }
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i));
  const replacements = bytes.subarray(4 + size);
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const replace = (part: string): string | undefined => {
    const at = shortestPrefix(units, Buffer.from(part));
    return at === undefined ? undefined : replacements.toString('utf8', at, replacements.indexOf(0, at));
  };
  const known = new Map<string, string>();
  const normalized = (grapheme: string): string => {
    const whole = Buffer.byteLength(grapheme) <= LONGEST_GRAPHEME ? replace(grapheme) : undefined;
    return whole ?? Array.from(grapheme, (character) => replace(character) ?? character).join('');
  };
  return (text) => {
    let out = '';
    for (const { segment } of graphemes.segment(text.replace(/\p{Surrogate}/gu, '\uFFFD'))) {
      let part = known.get(segment);
      if (part === undefined) {
        part = normalized(segment);
        if (known.size < 1 << 16) known.set(segment, part);
      }
      out += part;
    }
    return out;
  };
}

/** The value of the shortest key of a Darts-clone double array that starts the bytes. */
function shortestPrefix(units: Uint32Array, bytes: Uint8Array): number | undefined {
  let node = offsetOf(units[0] ?? 0);
  for (const byte of bytes) {
    node ^= byte;
    const unit = units[node] ?? 0;
    // The label of a unit is its lowest byte and its highest bit, which marks values.
    if (byte === 0 || (unit & 0x800000ff) !== byte) return undefined;
    node ^= offsetOf(unit);
    if ((unit >>> 8) & 1) return (units[node] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}
