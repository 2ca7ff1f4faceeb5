import type { ModelFolder } from '../files/model-folder.js';
import { ModelError } from '../model/errors.js';
import type { Prompt } from '../model/language-model.js';
import type { Prompting } from '../model/model-description.js';
import type { TemplateSettings } from './chat-template.js';
import { completionIds, type PromptTail } from './completion-ids.js';
import { openTextCodec, type TextCodec } from './text-codec.js';
import { closingToken } from './turn-end.js';

/** A prompt as text and ids, ready to have completions tokenized after it. */
export interface PreparedPrompt {
  /** The text that is tokenized; the beginning-of-text token of a text prompt is not in it. */
  readonly text: string;
  readonly ids: Int32Array;
  /** The end of the text from its last special token on, which no token spans; all of the text where there is none. */
  readonly tail: PromptTail;
}

/** Text to token ids and back, by the model's own tokenizer and chat template. */
export class Tokenizer {
  /** Tokens at which generation stops. */
  readonly endTokens: ReadonlySet<number>;
  /** The token that ends a turn and is scored with it. */
  readonly endOfTurn: number;
  readonly #codec: TextCodec;
  readonly #turnEndFrom: Prompting['endOfTurn']['from'];
  readonly #specials: readonly string[];
  /** The last prompt: many completions are tokenized after one. */
  #last: (PreparedPrompt & { readonly beginning: boolean }) | undefined;

  constructor(codec: TextCodec, endOfTurn: Omit<Prompting['endOfTurn'], 'text'>, endTokens: readonly number[]) {
    this.#codec = codec;
    this.endOfTurn = endOfTurn.id;
    this.#turnEndFrom = endOfTurn.from;
    this.endTokens = new Set([endOfTurn.id, ...endTokens]);
    this.#specials = codec.addedTokens.filter(({ special }) => special).map(({ text }) => text);
  }

  /** One more than the largest id. */
  get vocabulary(): number {
    return this.#codec.vocabulary;
  }

  /** Rendering of prompts and end of turns: what manifests record. */
  get prompting(): Prompting {
    const { template, templateFile } = this.#codec;
    return {
      template: templateFile,
      variables: template?.variables ?? {},
      foldsSystem: template?.foldsSystem ?? false,
      endOfTurn: { id: this.endOfTurn, text: this.decodeAll([this.endOfTurn]), from: this.#turnEndFrom },
    };
  }

  /** Ids of a text as it is, no special token added. */
  encode(text: string): Int32Array {
    return text === '' ? new Int32Array(0) : Int32Array.from(this.#codec.encode(text));
  }

  /** Ids of a text with the beginning-of-text token before it where the tokenizer adds one and the text has none. */
  encodeText(text: string): Int32Array {
    return this.#withBeginning(this.encode(text));
  }

  #withBeginning(ids: Int32Array): Int32Array {
    const { beginning } = this.#codec;
    return beginning.every((id, i) => ids[i] === id) ? ids : Int32Array.of(...beginning, ...ids);
  }

  /** A text for a server that adds the beginning-of-text token itself, as `encodeText` does: that token's own spelling is left out. */
  withoutBeginning(text: string): string {
    const beginning = this.decodeAll(this.#codec.beginning);
    return beginning !== '' && text.startsWith(beginning) ? text.slice(beginning.length) : text;
  }

  /**
   * Ids of a prompt: chat turns by the model's template with the opening of the assistant's turn after them; text with the beginning-of-text token
   * before it, where the tokenizer adds one.
   * @throws ModelError `prompt` when the prompt is empty or the model has no chat template
   */
  encodePrompt(prompt: Prompt): Int32Array {
    return this.prepare(prompt).ids;
  }

  /** The prompt's text and ids. @throws ModelError as `encodePrompt` does */
  prepare(prompt: Prompt): PreparedPrompt {
    const text = this.renderPrompt(prompt);
    const beginning = 'text' in prompt;
    if (this.#last?.text === text && this.#last.beginning === beginning) return this.#last;
    const own = this.encode(text);
    const ids = beginning ? this.#withBeginning(own) : own;
    if (ids.length === 0) {
      const problem = 'A prompt has no tokens, so nothing predicts the first word';
      throw new ModelError('prompt', `${problem}; write at least one character.`);
    }
    this.#last = { text, ids, tail: this.#tailOf(text, own), beginning };
    return this.#last;
  }

  #tailOf(text: string, own: Int32Array): PromptTail {
    const at = this.#specials.reduce((last, special) => Math.max(last, text.lastIndexOf(special)), 0);
    if (at === 0) return { text, ids: [...own] };
    const tail = text.slice(at);
    const ids = [...this.encode(tail)];
    const isEnd = ids.every((id, i) => own[own.length - ids.length + i] === id);
    return isEnd ? { text: tail, ids } : { text, ids: [...own] };
  }

  /** The text that a prompt is tokenized from. @throws ModelError `prompt` when the model has no chat template, or one that refuses these messages */
  renderPrompt(prompt: Prompt): string {
    if ('text' in prompt) return prompt.text;
    if (this.#codec.template === undefined)
      throw new ModelError('prompt', 'The model has no chat template; give prompts as text, or use a chat model.');
    return this.#codec.template.render(prompt.messages, true);
  }

  /**
   * Ids of a completion in its place after a prompt, the end-of-turn token after them when asked.
   * @throws ModelError `joined-tokens` when its tokens cannot be told from the prompt's
   */
  encodeCompletion({ tail }: PreparedPrompt, completion: string, endOfTurn: boolean): Int32Array {
    const ids = completion === '' ? [] : completionIds(this.#codec, tail, completion);
    return Int32Array.from(endOfTurn ? [...ids, this.endOfTurn] : ids);
  }

  /** Text of sampled ids, special tokens left out. */
  decode(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#codec.decode(ids, { special: false });
  }

  /** Text of ids with special tokens in it: what a server tokenizes to the same ids. */
  decodeAll(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#codec.decode(ids, { special: true });
  }
}

/**
 * The tokenizer of a model's folder.
 * @throws ModelError `no-tokenizer` when it cannot be read or does not say which token ends a turn
 */
export async function openTokenizer(
  folder: Pick<ModelFolder, 'path' | 'endTokens'>,
  settings: TemplateSettings = {},
): Promise<Tokenizer> {
  let codec: TextCodec;
  try {
    codec = await openTextCodec(folder.path, settings);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const why = error instanceof RangeError ? ` (${error.message})` : '';
    const message = `The tokenizer in ${folder.path} cannot be read${why}; copy tokenizer.json and tokenizer_config.json again.`;
    throw new ModelError('no-tokenizer', message, { cause: error });
  }
  const own = codec.endOfSequence;
  const ends = [...new Set([...folder.endTokens, ...(own === undefined ? [] : [own])])];
  const closing = closingOf(codec, ends);
  const configured = folder.endTokens.length === 0 || (own !== undefined && folder.endTokens.includes(own));
  const fallback = configured ? own : folder.endTokens[0];
  if (closing !== undefined) return new Tokenizer(codec, { id: closing, from: 'template' }, ends);
  if (fallback !== undefined)
    return new Tokenizer(codec, { id: fallback, from: fallback === own ? 'tokenizer' : 'config' }, ends);
  const message = `Neither the tokenizer nor the configs in ${folder.path} say which token ends a turn; set eos_token_id in generation_config.json.`;
  throw new ModelError('no-tokenizer', message);
}

/** The token with which the template closes a turn. */
function closingOf(codec: TextCodec, ends: readonly number[]): number | undefined {
  const { template, addedTokens, tokenId, endOfSequence, decode } = codec;
  if (template === undefined) return undefined;
  const eos = endOfSequence === undefined ? [] : [decode([endOfSequence], { special: true })];
  const texts = [...addedTokens.map(({ text }) => text), ...eos.filter((text) => text.trim() !== '')];
  const found = closingToken(template, texts, (token) => ends.includes(tokenId(token) ?? -1));
  return found === undefined ? undefined : tokenId(found);
}
