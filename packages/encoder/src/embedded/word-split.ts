// Text as BERT's tokenizer sees it: control characters out, CJK characters apart, accents off, lower case, split at white space and around
// punctuation. Unicode's categories are those of this Node's ICU.

/** Control, format, surrogate and private characters and U+FFFD; tab, line feed and carriage return are white space instead. */
const DROPPED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\uFFFD]/u;
const WHITE = /[\t\n\r\p{White_Space}]/u;
const IDEOGRAPH =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/u;
const NONSPACING = /\p{Mn}/gu;
/** One punctuation mark, or all up to one or to white space. */
const WORD = /[!-/:-@[-`{-~\p{P}]|[^!-/:-@[-`{-~\p{P}\t\n\r\p{White_Space}]+/gu;

/**
 * The words of a text, each punctuation mark a word of its own; none for a text of white space and control characters alone.
 * The order of the steps is the reference's: clean, set ideographs apart, decompose and drop accents, lower case one character at a time
 * (a final Σ becomes σ, as it does there), split.
 */
export function splitWords(text: string): string[] {
  const cleaned = Array.from(text, cleanCharacter).join('');
  const words = cleaned.normalize('NFD').replace(NONSPACING, '').match(WORD) ?? [];
  return words.map((word) => Array.from(word, (character) => character.toLowerCase()).join(''));
}

function cleanCharacter(character: string): string {
  if (WHITE.test(character) && (!DROPPED.test(character) || /[\t\n\r]/.test(character))) return ' ';
  if (DROPPED.test(character)) return '';
  return IDEOGRAPH.test(character) ? ` ${character} ` : character;
}
