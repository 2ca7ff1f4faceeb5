import { randomFor } from '@mixture-of-personas/numeric';
import type { GenerateRequest, Prompt } from '../language-model.js';
import type { Tokenizer } from '../tokenizer.js';

/** How a server is asked to write: with ids, with the rendered text, or with the turns of a chat. */
export type TextForm = 'ids' | 'text' | 'chat';

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
  if (form === 'text') {
    const stop = [...tokenizer.endTokens].map((id) => tokenizer.decodeAll([id])).filter((text) => text !== '');
    return {
      path: '/completions',
      body: { ...body, prompt: tokenizer.renderPrompt(request.prompt), stop: stop.slice(0, 4) },
    };
  }
  const ids = [...tokenizer.encodePrompt(request.prompt)];
  return { path: '/completions', body: { ...body, prompt: ids, stop_token_ids: [...tokenizer.endTokens] } };
}

/** A prompt as chat turns: one that is plain text becomes the user's. */
function turnsOf(prompt: Prompt): readonly object[] {
  if ('text' in prompt) return [{ role: 'user', content: prompt.text }];
  return prompt.messages.map(({ role, content }) => ({ role, content }));
}
