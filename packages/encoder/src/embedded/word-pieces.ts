import { splitWords } from './word-split.js';

/** Words longer than this are unknown as a whole, as in the reference. */
const LONGEST_WORD = 100;
/** Distinct words remembered; the memory is emptied when it is full, so that any stream of texts stays within some megabytes. */
const REMEMBERED = 1 << 16;

// What an ASCII character is to the fast path; everything that is none of the three goes through splitWords.
const OTHER = 0;
const LETTER = 1;
const SPACE = 2;
const MARK = 3;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9A-Za-z]/.test(character)) return LETTER;
  if (/[ \t\n\r]/.test(character)) return SPACE;
  return code > 32 && code < 127 ? MARK : OTHER;
});
/** One word that only needs lower case, or one mark. */
const PLAIN = /^(?:[0-9A-Za-z]+|[!-/:-@[-`{-~])$/;
const kindAt = (text: string, i: number): number => KINDS[text.charCodeAt(i)] ?? OTHER;

/**
 * A WordPiece tokenizer (BERT's: uncased, greedy, longest piece first), equal to the reference but for unknown words, which are left out.
 * ASCII words are looked up as they stand in a memory of words seen before; that is what makes it fast.
 * @param vocabulary pieces in the order of their ids; `##` marks those that continue a word
 * @returns `encode`: the ids of a text, without special tokens, as a view that the next call overwrites
 */
export function wordPieces(vocabulary: readonly string[]): { readonly encode: (text: string) => Int32Array } {
  const starts = new Map<string, number>();
  const continuations = new Map<string, number>();
  vocabulary.forEach((piece, id) =>
    piece.startsWith('##') && piece.length > 2 ? continuations.set(piece.slice(2), id) : starts.set(piece, id),
  );
  const longest = vocabulary.reduce((length, piece) => Math.max(length, piece.length), 0);
  const memory = new Map<string, readonly number[]>();
  let ids = new Int32Array(512);

  const idsOf = (chunk: string): readonly number[] => {
    const known = memory.get(chunk);
    if (known !== undefined) return known;
    const words = PLAIN.test(chunk) ? [chunk.toLowerCase()] : splitWords(chunk);
    const found = words.flatMap((word) => spell(word, { starts, continuations, longest }));
    if (memory.size === REMEMBERED) memory.clear();
    if (chunk.length <= LONGEST_WORD) memory.set(chunk, found);
    return found;
  };

  return {
    encode(text) {
      let count = 0;
      for (let i = 0; i < text.length;) {
        const kind = kindAt(text, i);
        const start = i++;
        if (kind === SPACE) continue;
        if (kind !== MARK) while (i < text.length && kindAt(text, i) <= LETTER) i++;
        const found = idsOf(text.slice(start, i));
        if (count + found.length > ids.length) {
          const larger = new Int32Array(2 * (count + found.length));
          larger.set(ids);
          ids = larger;
        }
        for (let k = 0; k < found.length; k++) ids[count++] = found[k]!;
      }
      return ids.subarray(0, count);
    },
  };
}

interface Pieces {
  readonly starts: ReadonlyMap<string, number>;
  readonly continuations: ReadonlyMap<string, number>;
  /** Length of the longest piece in UTF-16 units. */
  readonly longest: number;
}

/** The longest piece that starts the word, then the longest that continues it, and so on; none when some part has no piece. */
function spell(word: string, { starts, continuations, longest }: Pieces): number[] {
  if (word.length > LONGEST_WORD && [...word].length > LONGEST_WORD) return [];
  const ids: number[] = [];
  for (let start = 0; start < word.length;) {
    const pieces = start === 0 ? starts : continuations;
    let end = Math.min(word.length, start + longest);
    while (end > start && !pieces.has(word.slice(start, end))) end--;
    if (end === start) return [];
    ids.push(pieces.get(word.slice(start, end))!);
    start = end;
  }
  return ids;
}
