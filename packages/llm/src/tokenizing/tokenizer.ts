import { ModelError } from '../model/errors.js';
import type { Prompt } from '../model/language-model.js';
import type { ModelFolder } from '../files/model-folder.js';
import { openTextCodec, type TextCodec } from './text-codec.js';

/** Text to token ids and back, by the model's own tokenizer and chat template. */
export class Tokenizer {
  /** Tokens at which generation stops. */
  readonly endTokens: ReadonlySet<number>;
  /** The token that ends a turn and is scored with it. */
  readonly endOfTurn: number;
  readonly #codec: TextCodec;

  constructor(codec: TextCodec, endOfTurn: number, endTokens: readonly number[]) {
    this.#codec = codec;
    this.endOfTurn = endOfTurn;
    this.endTokens = new Set([endOfTurn, ...endTokens]);
  }

  /** One more than the largest id. */
  get vocabulary(): number {
    return this.#codec.vocabulary;
  }

  /** Ids of a text as it is, no special token added. */
  encode(text: string): Int32Array {
    return text === '' ? new Int32Array(0) : Int32Array.from(this.#codec.encode(text));
  }

  /**
   * Ids of a prompt: chat turns by the model's template with the opening of the assistant's turn after them; text as it is.
   * @throws ModelError `prompt` when the prompt is empty or the model has no chat template
   */
  encodePrompt(prompt: Prompt): Int32Array {
    const ids = this.encode(this.renderPrompt(prompt));
    if (ids.length === 0) {
      throw new ModelError(
        'prompt',
        'A prompt has no tokens, so nothing predicts the first word; write at least one character.',
      );
    }
    return ids;
  }

  /** The text that a prompt is tokenized from. @throws ModelError `prompt` when the model has no chat template, or one that refuses these messages */
  renderPrompt(prompt: Prompt): string {
    if ('text' in prompt) return prompt.text;
    if (this.#codec.render === undefined) {
      throw new ModelError('prompt', 'The model has no chat template; give prompts as text, or use a chat model.');
    }
    try {
      return this.#codec.render(prompt.messages);
    } catch (error) {
      const said = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
      const message = `The model's chat template refuses these messages (${said}); give prompts that it takes, such as ones without a system turn, or as text.`;
      throw new ModelError('prompt', message, { cause: error });
    }
  }

  /** Ids of a completion, the end-of-turn token after them when asked; tokenized apart from the prompt. */
  encodeCompletion(completion: string, endOfTurn: boolean): Int32Array {
    const ids = this.encode(completion);
    return endOfTurn ? Int32Array.of(...ids, this.endOfTurn) : ids;
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
export async function openTokenizer(folder: Pick<ModelFolder, 'path' | 'endTokens'>): Promise<Tokenizer> {
  let codec: TextCodec;
  try {
    codec = await openTextCodec(folder.path);
  } catch (error) {
    const why = error instanceof RangeError ? ` (${error.message})` : '';
    const message = `The tokenizer in ${folder.path} cannot be read${why}; copy tokenizer.json and tokenizer_config.json again.`;
    throw new ModelError('no-tokenizer', message, { cause: error });
  }
  const own = codec.endOfSequence;
  const end =
    own !== undefined && (folder.endTokens.length === 0 || folder.endTokens.includes(own)) ? own : folder.endTokens[0];
  if (end === undefined) {
    const message = `Neither the tokenizer nor the configs in ${folder.path} say which token ends a turn; set eos_token_id in generation_config.json.`;
    throw new ModelError('no-tokenizer', message);
  }
  return new Tokenizer(codec, end, folder.endTokens);
}
