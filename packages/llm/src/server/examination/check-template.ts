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
  const theirs = (await tokenized(ask, endpoint.url, chat)) ?? (await counted(ask, endpoint.url, chat));
  if (theirs === undefined) return found('warning', 'does not say how it renders a chat; not compared');
  const equal = typeof theirs === 'number' ? theirs === ours.length : theirs.join() === ours.join();
  if (equal) return found('ok', `renders a chat to the same ${ours.length} tokens as the tokenizer here`);
  const there = typeof theirs === 'number' ? theirs : theirs.length;
  const detail =
    `renders a chat to ${there} tokens${there === ours.length ? ', other ones' : ''}, the tokenizer here to ${ours.length}: the chat template is not ` +
    'the same; give the tokenizer of the very model that is served, or start the server with that --chat-template';
  return found('failed', detail);
}

/** vLLM's own question beside the API: the ids of a chat. */
async function tokenized(ask: ServerUnderTest['ask'], url: string, chat: object): Promise<number[] | undefined> {
  const body = { ...chat, add_generation_prompt: true };
  const answer = await ask({ url: `${url.replace(/\/v1$/, '')}/tokenize`, body }).catch(declined);
  const tokens = property(answer, 'tokens');
  return Array.isArray(tokens) ? (tokens as number[]) : undefined;
}

/** The tokens that a chat's prompt is charged as. */
async function counted(ask: ServerUnderTest['ask'], url: string, chat: object): Promise<number | undefined> {
  const body = { ...chat, max_tokens: 1, temperature: 0 };
  const answer = await ask({ url: `${url}/chat/completions`, body }).catch(declined);
  const count = property(property(answer, 'usage'), 'prompt_tokens');
  return typeof count === 'number' ? count : undefined;
}

function declined(error: unknown): undefined {
  if (error instanceof Refusal) return undefined;
  throw error;
}
