import { randomFor } from '@mixture-of-personas/numeric';
import type { GenerateRequest } from '../../model/language-model.js';
import type { Tokenizer } from '../../tokenizing/tokenizer.js';

/** Form of a request to write: with ids, with the rendered text, with that and standard settings alone, or with the turns of a chat. */
export type TextForm = 'ids' | 'text' | 'plain-text' | 'chat';

/** Servers sample from fewer tokens, or penalize repeated ones, unless told not to; by the names vLLM and llama.cpp have for it. */
const WHOLE_DISTRIBUTION = { min_p: 0, repetition_penalty: 1, repeat_penalty: 1 };

/** Path below the base URL and body of a request to write in a form; `tokenizer` is there for ids and text. */
export function askedText(
  request: GenerateRequest,
  { model, form, tokenizer }: { model: string; form: TextForm; tokenizer: Tokenizer | undefined },
): { path: string; body: object } {
  const { prompt, temperature, topP = 1, maxTokens } = request;
  // From (seed, row) alone; servers take 32 bits, one of them the sign.
  const seed = Math.floor(randomFor(request.seed, 'generate', request.row)() * 2 ** 31);
  const body = { model, max_tokens: maxTokens, temperature, top_p: topP, seed, n: 1 };
  if (form === 'chat' || tokenizer === undefined) {
    // A prompt that is plain text becomes the user's turn.
    const turns = 'text' in prompt ? [{ role: 'user', content: prompt.text }] : prompt.messages;
    const messages = turns.map(({ role, content }) => ({ role, content }));
    return { path: '/chat/completions', body: { ...body, messages } };
  }
  if (form === 'ids') {
    const ids = [...tokenizer.encodePrompt(prompt)];
    const own = { ...WHOLE_DISTRIBUTION, top_k: -1, stop_token_ids: [...tokenizer.endTokens] };
    return { path: '/completions', body: { ...body, ...own, prompt: ids } };
  }
  const stop = [...tokenizer.endTokens].map((id) => tokenizer.decodeAll([id])).filter((text) => text !== '');
  const text = tokenizer.withoutBeginning(tokenizer.renderPrompt(prompt));
  const plain = { ...body, prompt: text, stop: stop.slice(0, 4) };
  return { path: '/completions', body: form === 'plain-text' ? plain : { ...plain, ...WHOLE_DISTRIBUTION, top_k: 0 } };
}
