import { cleanText } from '../prompts/clean-text.js';
import { longestSharedRun, topicWords, wordsOf } from './words.js';

/** Texts and words that a description is checked against. */
export interface DescriptionChecks {
  /** Texts of the prompt: the records shown and the template's own examples; no long run of words may come from them. */
  readonly shown: readonly string[];
  /** The cluster's keywords; a description must name at least one, or a word of a shown record. */
  readonly keywords: readonly string[];
  /** Personas that there are already. */
  readonly others: readonly string[];
}

const RULES = {
  maxTokens: 0,
  headings: ['Persona', 'Description', 'Reporter', 'Reviewer', 'Answer'],
  singleLine: true,
};
const REFUSAL =
  /\b(?:i(?:['’]m| am) (?:sorry|unable|not able|an ai)|i (?:can(?:not|['’]t)|won['’]t)|as an ai|ai (?:language )?(?:model|assistant)|smollm|openai|chatgpt)\b/i;
/** Words in a row that count as copied; shared names and idioms are shorter. */
const COPIED = 8;
/** Words in a row that a person would not say twice. */
const REPEATED = 5;
const MAX_WORDS = 80;

/**
 * A model's description as a persona: cleaned as generated texts are, cut to its first two whole sentences, and said in the second person
 * where it speaks of "the reporter" or "the writer".
 */
export function personaText(raw: string): string {
  const text = cleanText(raw, RULES).replace(/\s+/g, ' ');
  const sentences = text.match(/[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]+["”’]?(?=\s|$)/g);
  const said = (sentences === null ? text : sentences.slice(0, 2).join('')).trim();
  return said.replace(
    /^(?:the|this) (?:reporter|writer|reviewer|author|person|critic|customer|viewer)(?= (?:is|was)\b) (?:is|was)\b/i,
    'You are',
  );
}

/**
 * Names the fault of a description; undefined when it will do as a persona.
 * @param text from `personaText`
 */
export function faultOf(text: string, { shown, keywords, others }: DescriptionChecks): string | undefined {
  const words = wordsOf(text);
  if (words.length === 0) return 'is empty';
  if (words.length < 5) return 'is too short';
  if (words.length > MAX_WORDS) return `has more than ${MAX_WORDS} words`;
  if (REFUSAL.test(text)) return 'is a refusal or speaks of the model';
  if (!/^you\b/i.test(text)) return 'is not in the second person';
  if (/(?:^|[\s:])[-•*] |&?#\d+;/.test(text)) return 'lists items instead of describing';
  if (stutters(text)) return 'repeats itself';
  if (shown.some((other) => longestSharedRun(words, wordsOf(other)) >= COPIED)) return 'copies what the prompt showed';
  const said = new Set(topicWords(text));
  if (!keywords.some((word) => said.has(word))) return 'names none of the words that set its records apart';
  if (others.some((other) => alike(said, new Set(topicWords(other))))) return 'says the same as another persona';
  return undefined;
}

/** One topic word more than three times or twice in a row, or the same five words twice. */
function stutters(text: string): boolean {
  const all = wordsOf(text);
  const runs = all.slice(REPEATED - 1).map((_, i) => all.slice(i, i + REPEATED).join(' '));
  if (new Set(runs).size < runs.length) return true;
  const words = topicWords(text);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return words.some((word, i) => (counts.get(word) ?? 0) > 3 || words[i + 1] === word);
}

/** Whether two sets of words overlap by nine tenths of their union or more. */
function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared >= 0.9 * (a.size + b.size - shared);
}
