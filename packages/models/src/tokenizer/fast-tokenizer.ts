import { ModelError, property, reasonOf } from '../errors.js';
import type { JsonObject } from '../files.js';
import { characterMap } from './character-map.js';
import { unigramSearch } from './unigram.js';

/** A tokenizer as @huggingface/tokenizers makes it; its own declarations cannot be resolved under nodenext. */
export interface FastTokenizer {
  encode(text: string, options?: { readonly add_special_tokens?: boolean }): { readonly ids: number[] };
  decode(
    ids: readonly number[],
    options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces?: boolean },
  ): string;
  token_to_id(token: string): number | undefined;
  get_vocab(): Map<string, number>;
}

interface Steps {
  normalizer?: unknown;
  model?: unknown;
  pre_tokenizer?: unknown;
}

/** Settings of slow tokenizers that tokenizer.json has as steps of its own; Rust's tokenizers read them nowhere. */
const SLOW_SETTINGS = ['remove_space', 'do_lowercase_and_remove_accent'];

/**
 * Opens a tokenizer.json so that its ids are those of Rust's tokenizers, which sentence-transformers and transformers use.
 * Precompiled character maps are applied as they are, and Metaspace splits words where it says so.
 * @param tokenizer contents of tokenizer.json
 * @param config contents of tokenizer_config.json; `{}` where there is none
 * @throws ModelError `no-tokenizer` when it is no tokenizer, or one that would give other ids
 */
export async function openFastTokenizer(tokenizer: JsonObject, config: JsonObject): Promise<FastTokenizer> {
  const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as {
    readonly Tokenizer: new (json: object, config: object) => FastTokenizer & Steps;
  };
  const model = tokenizer['model'];
  if (property(model, 'type') === 'Unigram' && property(model, 'byte_fallback') === true)
    throw refused('a Unigram model with byte fallback is not supported');
  const settings = Object.fromEntries(Object.entries(config).filter(([key]) => !SLOW_SETTINGS.includes(key)));
  let opened: FastTokenizer & Steps;
  try {
    opened = new Tokenizer(tokenizer, settings);
  } catch (cause) {
    throw refused(reasonOf(cause), cause);
  }
  for (const step of stepsIn(opened.normalizer, 'normalizers')) {
    correctMap(step, tokenizer);
    correctStrip(step);
  }
  const configs = stepsIn(tokenizer['pre_tokenizer'], 'pretokenizers');
  stepsIn(opened.pre_tokenizer, 'tokenizers').forEach((step, i) => splitWords(step, configs[i]));
  const search = unigramSearch(model);
  if (search !== undefined && typeof opened.model === 'function') Reflect.set(opened.model, 'tokenize', search);
  return opened;
}

function refused(why: string, cause?: unknown): ModelError {
  const remedy = "Save the model's fast tokenizer again, or choose another model.";
  return new ModelError('no-tokenizer', `The tokenizer.json cannot be used (${why}).`, { cause, remedy });
}

// The library's steps are functions with properties.

/** A step, or the steps of a sequence and of those inside it. */
function stepsIn(step: unknown, list: string): unknown[] {
  const parts = property(step, list);
  if (Array.isArray(parts)) return parts.flatMap((part: unknown) => stepsIn(part, list));
  return step === null || step === undefined ? [] : [step];
}

/** Replaces the approximate normalizer of the library by the map itself. */
function correctMap(step: unknown, tokenizer: JsonObject): void {
  const base64 = property(step, 'charsmap');
  if (typeof step !== 'function' || typeof base64 !== 'string') return;
  const normalize = characterMap(base64);
  Reflect.set(step, 'normalize', normalize);
  const added = tokenizer['added_tokens'];
  for (const token of Array.isArray(added) ? added : []) {
    const content = property(token, 'content');
    // The library has read these already, by its own approximation.
    if (property(token, 'normalized') === true && typeof content === 'string' && normalize(content) !== content)
      throw refused(`its character map changes the added token ${JSON.stringify(content)}`);
  }
}

/** Lets Strip take away what Unicode calls white space: JavaScript's trim takes U+FEFF as well, and leaves U+0085. */
function correctStrip(step: unknown): void {
  const config = property(step, 'config');
  if (typeof step !== 'function' || property(config, 'type') !== 'Strip') return;
  const left = property(config, 'strip_left') === true ? /^\p{White_Space}+/u : /^(?!)/u;
  const right = property(config, 'strip_right') === true ? /\p{White_Space}+$/u : /(?!)$/u;
  Reflect.set(step, 'normalize', (text: string) => text.replace(left, '').replace(right, ''));
}

/** Lets Metaspace cut before each replacement character, where `split` is not off: no piece then spans two words. */
function splitWords(step: unknown, config: unknown): void {
  const inner = property(step, 'pre_tokenize_text');
  const mark = property(step, 'replacement');
  if (property(config, 'type') !== 'Metaspace' || property(config, 'split') === false) return;
  if (typeof step !== 'function' || typeof inner !== 'function' || typeof mark !== 'string') return;
  const whole = (inner as (text: string, options: unknown) => string[]).bind(step);
  Reflect.set(step, 'pre_tokenize_text', (text: string, options: unknown) =>
    whole(text, options).flatMap((part) => part.split(new RegExp(`(?=${mark})`, 'u'))),
  );
}
