import type { ChatMessage } from '../../model/language-model.js';
import type { ModelCheck } from '../../model/model-description.js';
import type { ServerUnderTest } from './server-under-test.js';
import { Refusal, property } from '@mixture-of-personas/models';

const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'You are a gardener.' },
  { role: 'user', content: 'Say one word.' },
];

/** Compares the chat as the server renders it with the chat as the tokenizer here does; passes over servers and models without chats. */
export async function checkTemplate({ endpoint, parts, ask, found }: ServerUnderTest): Promise<ModelCheck[]> {
  const { model, local } = parts;
  if (local === undefined) return [];
  const { foldsSystem, variables } = local.tokenizer.prompting;
  const messages = foldsSystem ? MESSAGES.slice(1) : MESSAGES;
  // The server's clock is not ours: a date goes by `date_string`, which templates take before they look at it.
  const named = Object.fromEntries(Object.entries(variables).filter(([name]) => name !== 'strftime_now'));
  const chat = { model, messages, ...(Object.keys(named).length === 0 ? {} : { chat_template_kwargs: named }) };
  let ours: readonly number[];
  try {
    ours = [...local.tokenizer.encodePrompt({ messages })];
  } catch {
    return found('warning', 'the tokenizer has no chat template: prompts must be text');
  }
  const answerOf = (url: string, options: object): Promise<unknown> =>
    ask({ url, body: { ...chat, ...options } }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  // vLLM's own question beside the API gives the ids of a chat; other servers, the tokens that its prompt is charged as.
  const base = endpoint.url.replace(/\/v1$/, '');
  const ids = property(await answerOf(`${base}/tokenize`, { add_generation_prompt: true }), 'tokens');
  const theirs = Array.isArray(ids) ? (ids as number[]) : await tokensCharged(answerOf, endpoint.url);
  if (theirs === undefined) return found('warning', 'does not say how it renders a chat; not compared');
  const equal = typeof theirs === 'number' ? theirs === ours.length : theirs.join() === ours.join();
  if (equal) return found('ok', `renders a chat to the same ${ours.length} tokens as the tokenizer here`);
  const there = typeof theirs === 'number' ? theirs : theirs.length;
  const detail =
    `renders a chat to ${there} tokens${there === ours.length ? ', other ones' : ''}, the tokenizer here to ${ours.length}: the chat template is not ` +
    'the same; give the tokenizer of the very model that is served, or start the server with that --chat-template';
  return found('failed', detail);
}

async function tokensCharged(
  answerOf: (url: string, options: object) => Promise<unknown>,
  url: string,
): Promise<number | undefined> {
  const usage = property(await answerOf(`${url}/chat/completions`, { max_tokens: 1, temperature: 0 }), 'usage');
  const count = property(usage, 'prompt_tokens');
  return typeof count === 'number' ? count : undefined;
}
