import type { ChatMessage } from '../model/language-model.js';
import type { ChatTemplate } from './chat-template.js';

const FIRST: ChatMessage = { role: 'user', content: 'XQZU' };
const ANSWER: ChatMessage = { role: 'assistant', content: 'XQZA' };
const SECOND: ChatMessage = { role: 'user', content: 'XQZV' };

/**
 * The token with which a chat template closes an assistant's turn, found by rendering one.
 * @param template the model's
 * @param tokens texts of the tokenizer's added tokens
 * @param isStop whether the model's configs say that a token ends generation
 * @returns the token's text; undefined when the template closes turns with none
 */
export function closingToken(
  template: ChatTemplate,
  tokens: readonly string[],
  isStop: (token: string) => boolean,
): string | undefined {
  const rendered = (messages: readonly ChatMessage[]): string | undefined => {
    try {
      return template.render(messages, false);
    } catch {
      return undefined;
    }
  };
  const last = rendered([FIRST, ANSWER]);
  const between = rendered([FIRST, ANSWER, SECOND]);
  const atEnd = firstToken(after(last, ANSWER.content), tokens);
  const inside = firstToken(after(between, ANSWER.content)?.split(SECOND.content, 1)[0], tokens);
  // A token that opens a turn closes none, unless the configs say so: some models end their turn by opening the user's.
  const text = between ?? last ?? '';
  const openers = [
    lastToken(text.split(FIRST.content, 1)[0] ?? '', tokens),
    lastToken(after(text, FIRST.content)?.split(ANSWER.content, 1)[0] ?? '', tokens),
  ];
  const closes = (token: string | undefined): token is string =>
    token !== undefined && (isStop(token) || !openers.includes(token));
  // Where the two differ, one that stops generation wins; else the one of a finished conversation.
  const candidates = [inside, atEnd].filter(closes);
  return candidates.find(isStop) ?? candidates.at(-1);
}

function after(text: string | undefined, mark: string): string | undefined {
  const at = text?.lastIndexOf(mark) ?? -1;
  return at < 0 ? undefined : text?.slice(at + mark.length);
}

/** The longest token that a text begins with, white space before it passed over. */
function firstToken(text: string | undefined, tokens: readonly string[]): string | undefined {
  const start = text?.trimStart() ?? '';
  return longest(tokens.filter((token) => start.startsWith(token)));
}

/** The token that ends last in a text. */
function lastToken(text: string, tokens: readonly string[]): string | undefined {
  const ends = tokens.map((token) => ({ token, at: text.lastIndexOf(token) })).filter(({ at }) => at >= 0);
  const end = Math.max(...ends.map(({ token, at }) => at + token.length));
  return longest(ends.filter(({ token, at }) => at + token.length === end).map(({ token }) => token));
}

function longest(tokens: readonly string[]): string | undefined {
  return [...tokens].sort((a, b) => b.length - a.length)[0];
}
