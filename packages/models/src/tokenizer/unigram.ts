// The library adds scores in another order than Rust's tokenizers, so that equally likely pieces are told apart differently
// (test/tokenizer/unigram.test.ts). This is the same search in the reference's order.
import { property } from '../errors.js';

/** Below the least likely piece: what a character without a piece costs. */
const UNKNOWN_PENALTY = 10;

/**
 * The most likely pieces of a word, by Viterbi's search over Σ log p(piece); characters without a piece are joined to one.
 * @param model `model` of a tokenizer.json: `vocab` of [piece, log p], `unk_id`
 * @returns undefined when the model is none of these
 */
export function unigramSearch(model: unknown): ((word: string) => string[]) | undefined {
  const vocabulary = property(model, 'vocab');
  const unknown = property(model, 'unk_id');
  if (property(model, 'type') !== 'Unigram' || !Array.isArray(vocabulary) || typeof unknown !== 'number')
    return undefined;
  const scores = new Map<string, number>();
  for (const entry of vocabulary as readonly unknown[]) {
    const [piece, score] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    if (typeof piece !== 'string' || typeof score !== 'number') return undefined;
    scores.set(piece, score);
  }
  const values = [...scores.values()];
  const unknownScore = values.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
  const longest = [...scores.keys()].reduce((most, piece) => Math.max(most, piece.length), 1);
  return (word) => {
    const best = new Float64Array(word.length + 1).fill(-Infinity);
    const from = new Int32Array(word.length + 1).fill(-1);
    const unknown = new Uint8Array(word.length + 1);
    best[0] = 0;
    for (let start = 0, next = 0; start < word.length; start = next) {
      next = start + ((word.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      const reach = (end: number, score: number, isUnknown: number): void => {
        const total = score + (best[start] ?? 0);
        if (from[end] !== -1 && !(total > (best[end] ?? 0))) return;
        best[end] = total;
        from[end] = start;
        unknown[end] = isUnknown;
      };
      let single = false;
      for (let end = start + 1; end <= Math.min(word.length, start + longest); end++) {
        const score = scores.get(word.slice(start, end));
        if (score === undefined) continue;
        reach(end, score, 0);
        single ||= end === next;
      }
      if (!single) reach(next, unknownScore, 1);
    }
    const pieces: string[] = [];
    let joined = false;
    for (let end = word.length; end > 0; end = from[end] ?? 0) {
      const piece = word.slice(from[end], end);
      if (unknown[end] === 1 && joined) pieces.push(piece + (pieces.pop() ?? ''));
      else pieces.push(piece);
      joined = unknown[end] === 1;
    }
    return pieces.reverse();
  };
}
