import { randomFor } from '@mixture-of-personas/numeric';
import type { GenerateRequest, Prompt } from '../../model/language-model.js';
import type { Tokenizer } from '../../tokenizing/tokenizer.js';

/** Form of a request to write: with ids, with the rendered text, with that and standard settings alone, or with the turns of a chat. */
export type TextForm = 'ids' | 'text' | 'plain-text' | 'chat';

/** Servers sample from fewer tokens, or penalize repeated ones, unless told not to; by the names vLLM and llama.cpp have for it. */
const WHOLE_DISTRIBUTION = { min_p: 0, repetition_penalty: 1, repeat_penalty: 1 };

/** Path below the base URL and body of a request to write. */
export interface AskedText {
  readonly path: string;
  readonly body: object;
}

/** Seed of a text, from (seed, row) alone; servers take 32 bits, one of them the sign. */
function seedOf({ seed, row }: GenerateRequest): number {
  return Math.floor(randomFor(seed, 'generate', row)() * 2 ** 31);
}

/** A request to write in a form; `tokenizer` is there for ids and text. */
export function askedText(
  request: GenerateRequest,
  { model, form, tokenizer }: { model: string; form: TextForm; tokenizer: Tokenizer | undefined },
): AskedText {
  const { temperature, topP = 1, maxTokens } = request;
  const body = { model, max_tokens: maxTokens, temperature, top_p: topP, seed: seedOf(request), n: 1 };
  if (form === 'chat' || tokenizer === undefined) {
    return { path: '/chat/completions', body: { ...body, messages: turnsOf(request.prompt) } };
  }
  if (form === 'ids') {
    const ids = [...tokenizer.encodePrompt(request.prompt)];
    const own = { ...WHOLE_DISTRIBUTION, top_k: -1, stop_token_ids: [...tokenizer.endTokens] };
    return { path: '/completions', body: { ...body, ...own, prompt: ids } };
  }
  const stop = [...tokenizer.endTokens].map((id) => tokenizer.decodeAll([id])).filter((text) => text !== '');
  const plain = {
    ...body,
    prompt: tokenizer.withoutBeginning(tokenizer.renderPrompt(request.prompt)),
    stop: stop.slice(0, 4),
  };
  return { path: '/completions', body: form === 'plain-text' ? plain : { ...plain, ...WHOLE_DISTRIBUTION, top_k: 0 } };
}

/** A prompt as chat turns: one that is plain text becomes the user's. */
function turnsOf(prompt: Prompt): readonly object[] {
  if ('text' in prompt) return [{ role: 'user', content: prompt.text }];
  return prompt.messages.map(({ role, content }) => ({ role, content }));
}
