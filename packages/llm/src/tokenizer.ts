import { resolve } from 'node:path';
import type { PreTrainedTokenizer } from '@huggingface/transformers';
import { ModelError } from './errors.js';
import type { Prompt } from './language-model.js';
import type { ModelFolder } from './model-folder.js';
import { loadTransformers } from './runtimes.js';

/** Text to token ids and back, by the model's own tokenizer and chat template. */
export class Tokenizer {
  /** Tokens at which generation stops. */
  readonly endTokens: ReadonlySet<number>;
  /** The token that ends a turn and is scored with it. */
  readonly endOfTurn: number;
  readonly #tokenizer: PreTrainedTokenizer;

  constructor(tokenizer: PreTrainedTokenizer, endOfTurn: number, endTokens: readonly number[]) {
    this.#tokenizer = tokenizer;
    this.endOfTurn = endOfTurn;
    this.endTokens = new Set([endOfTurn, ...endTokens]);
  }

  #encode(text: string): Int32Array {
    return text === ''
      ? new Int32Array(0)
      : Int32Array.from(this.#tokenizer.encode(text, { add_special_tokens: false }));
  }

  /**
   * Ids of a prompt: chat turns by the model's template with the opening of the assistant's turn after them; text as it is.
   * @throws ModelError `prompt` when the prompt is empty or the model has no chat template
   */
  encodePrompt(prompt: Prompt): Int32Array {
    const ids = this.#encode('text' in prompt ? prompt.text : this.#render(prompt.messages));
    if (ids.length === 0) {
      throw new ModelError(
        'prompt',
        'A prompt has no tokens, so nothing predicts the first word; write at least one character.',
      );
    }
    return ids;
  }

  #render(messages: Extract<Prompt, { messages: unknown }>['messages']): string {
    if (!this.#tokenizer.chat_template) {
      throw new ModelError('prompt', 'The model has no chat template; give prompts as text, or use a chat model.');
    }
    const turns = messages.map(({ role, content }) => ({ role, content }));
    return String(this.#tokenizer.apply_chat_template(turns, { add_generation_prompt: true, tokenize: false }));
  }

  /** Ids of a completion, the end-of-turn token after them when asked; tokenized apart from the prompt. */
  encodeCompletion(completion: string, endOfTurn: boolean): Int32Array {
    const ids = this.#encode(completion);
    return endOfTurn ? Int32Array.of(...ids, this.endOfTurn) : ids;
  }

  /** Text of sampled ids, special tokens left out. */
  decode(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], { skip_special_tokens: true });
  }
}

/**
 * The tokenizer of a model's folder.
 * @throws ModelError `no-tokenizer` when it cannot be read or does not say which token ends a turn
 */
export async function openTokenizer(folder: ModelFolder): Promise<Tokenizer> {
  const { AutoTokenizer } = await loadTransformers();
  let tokenizer: PreTrainedTokenizer;
  try {
    tokenizer = await AutoTokenizer.from_pretrained(resolve(folder.path), { local_files_only: true });
  } catch (error) {
    const message = `The tokenizer in ${folder.path} cannot be read; copy tokenizer.json and tokenizer_config.json again.`;
    throw new ModelError('no-tokenizer', message, { cause: error });
  }
  const own = tokenizer.eos_token_id as number | undefined;
  const end =
    own !== undefined && (folder.endTokens.length === 0 || folder.endTokens.includes(own)) ? own : folder.endTokens[0];
  if (end === undefined) {
    const message = `Neither the tokenizer nor the configs in ${folder.path} say which token ends a turn; set eos_token_id in generation_config.json.`;
    throw new ModelError('no-tokenizer', message);
  }
  return new Tokenizer(tokenizer, end, folder.endTokens);
}
