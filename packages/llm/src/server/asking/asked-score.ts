import { positionOf, type Position } from './position.js';
import { choiceOf, property } from './answer.js';
import { EXAMINE, Fault } from '@mixture-of-personas/models';

/** Form of a request for log-probabilities of a prompt's own tokens. */
export interface ScoreForm {
  /** Token ids, or text that the server tokenizes itself. */
  readonly prompt: 'ids' | 'text';
  /** vLLM's `prompt_logprobs`, or `echo` with this many tokens written after it. */
  readonly ask: 'prompt-logprobs' | 'echo-0' | 'echo-1';
}

/**
 * The forms in the order they are tried: ids first, for no tokenizer can then join prompt and completion otherwise than ours; one written
 * token before none, for some servers take none to mean as many as fit.
 */
export const SCORE_FORMS: readonly ScoreForm[] = [
  { prompt: 'ids', ask: 'prompt-logprobs' },
  { prompt: 'ids', ask: 'echo-1' },
  { prompt: 'ids', ask: 'echo-0' },
  { prompt: 'text', ask: 'echo-1' },
  { prompt: 'text', ask: 'echo-0' },
];

/** Prompt and completion as one sequence. */
export interface AskedScore {
  readonly model: string;
  /** Most probable tokens wanted at each position. */
  readonly top: number;
  /** Prompt and completion. */
  readonly ids: readonly number[];
  /** Index in `ids` at which the completion begins. */
  readonly from: number;
  /** The text that `ids` stand for, and of the prompt alone. */
  readonly text: string;
  readonly promptText: string;
  /** Ids of a text by the tokenizer here. */
  readonly encode: (text: string) => ArrayLike<number>;
}

/** The body of the request. */
export function scoreBody({ model, top, ids, text }: AskedScore, form: ScoreForm): object {
  const body = { model, prompt: form.prompt === 'ids' ? ids : text, temperature: 1, n: 1 };
  if (form.ask === 'prompt-logprobs') return { ...body, max_tokens: 1, prompt_logprobs: top };
  const echo = { echo: true, logprobs: top, return_tokens_as_token_ids: true };
  return { ...body, ...echo, max_tokens: form.ask === 'echo-0' ? 0 : 1 };
}

/** An answer that is whole but holds no log-probabilities of the prompt. */
export class NoLogProbabilities extends Error {
  override readonly name = 'NoLogProbabilities';
}

/** A server that cuts the text otherwise than our tokenizer does. */
export class OtherTokens extends Error {
  override readonly name = 'OtherTokens';
}

/** A pair whose text, cut as a whole, has a token that begins in the prompt and ends in the completion. */
export class JoinedTokens extends Error {
  override readonly name = 'JoinedTokens';
}

/** Characters shown of either side of a border. */
const SHOWN = 20;

/**
 * Requires that prompt and completion together are cut into the same tokens as apart: only then are the completion's tokens known where a server takes text alone.
 * @throws JoinedTokens quoting both sides of the border
 */
export function requireSeparable({ ids, text, promptText, encode }: AskedScore): void {
  const whole = encode(text);
  if (whole.length === ids.length && ids.every((id, i) => id === whole[i])) return;
  const [before, after] = [promptText.slice(-SHOWN), text.slice(promptText.length).slice(0, SHOWN)];
  throw new JoinedTokens(`${JSON.stringify(before)} and ${JSON.stringify(after)}`);
}

/**
 * The completion's positions, from the answer in whichever of the two layouts the server used.
 * @throws Fault when numbers are not those of log-probabilities or belong to other tokens; NoLogProbabilities, OtherTokens
 */
export function scoredPositions(answer: unknown, asked: AskedScore, form: ScoreForm): Position[] {
  const { choice, promptTokens } = choiceOf(answer, asked.model);
  if (form.prompt === 'ids' && promptTokens !== undefined && promptTokens !== asked.ids.length) {
    throw new Fault('broken', `counted ${promptTokens} prompt tokens where ${asked.ids.length} were sent`, {
      advice: EXAMINE,
    });
  }
  const byId = property(choice, 'prompt_logprobs');
  if (Array.isArray(byId)) return fromPromptLogprobs(byId, asked);
  const logprobs = property(choice, 'logprobs');
  const tokens = property(logprobs, 'tokens');
  const own = property(logprobs, 'token_logprobs');
  if (!Array.isArray(tokens) || !Array.isArray(own)) throw new NoLogProbabilities();
  const top: unknown = property(logprobs, 'top_logprobs');
  return fromEcho(
    { tokens, own, top: Array.isArray(top) ? top : [], offsets: property(logprobs, 'text_offset') },
    { asked, form },
  );
}

/** vLLM: at each position an object from token id to `{logprob}`; the first is null. */
function fromPromptLogprobs(list: readonly unknown[], { ids, from }: AskedScore): Position[] {
  requireCount(list.length, ids.length);
  return ids.slice(from).map((id, t) => {
    const entries = list[from + t];
    if (typeof entries !== 'object' || entries === null) throw new NoLogProbabilities();
    const known = Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [name, property(entry, 'logprob')]),
    );
    if (!(String(id) in known))
      throw new Fault('broken', 'gave log-probabilities of other tokens than were sent', { advice: EXAMINE });
    return positionOf(known[String(id)], known, String(id));
  });
}

interface Echo {
  readonly tokens: readonly unknown[];
  readonly own: readonly unknown[];
  readonly top: readonly unknown[];
  readonly offsets: unknown;
}

/** OpenAI: parallel lists over prompt and written tokens; names are texts, or `token_id:N` where the server knows that. */
function fromEcho(
  { tokens, own, top, offsets }: Echo,
  { asked, form }: { asked: AskedScore; form: ScoreForm },
): Position[] {
  const { ids, from } = asked;
  const written = form.ask === 'echo-0' ? 0 : 1;
  if (tokens.length <= written) throw new NoLogProbabilities();
  const count = Math.min(tokens.length, own.length);
  if (form.prompt === 'text' && count !== ids.length && count !== ids.length + written) {
    throw new OtherTokens(`${count - written} tokens where our tokenizer makes ${ids.length}`);
  }
  // A model that ends at once may have written nothing.
  if (count !== ids.length) requireCount(count - written, ids.length);
  if (form.prompt === 'text') requireBorder({ tokens, offsets }, asked);
  return ids.slice(from).map((id, t) => {
    const name = tokens[from + t];
    if (typeof name === 'string' && /^token_id:\d+$/.test(name) && name !== `token_id:${id}`) {
      if (form.prompt === 'text') throw new OtherTokens(`another token at position ${from + t}`);
      throw new Fault('broken', 'gave log-probabilities of other tokens than were sent', { advice: EXAMINE });
    }
    const value = own[from + t];
    if (value === null || value === undefined) throw new NoLogProbabilities();
    const known = (top[from + t] ?? {}) as Readonly<Record<string, unknown>>;
    return positionOf(value, known, String(name));
  });
}

function requireCount(got: number, wanted: number): void {
  if (got !== wanted)
    throw new Fault('broken', `gave log-probabilities of ${got} tokens where ${wanted} were sent`, { advice: EXAMINE });
}

/** In a text that the server cut itself, a token must begin where the completion does: by the places it tells or, without them, by what its tokens spell. */
function requireBorder({ tokens, offsets }: Pick<Echo, 'tokens' | 'offsets'>, asked: AskedScore): void {
  const { promptText, text, ids, from } = asked;
  const spans = 'a token that spans the border of prompt and completion';
  if (Array.isArray(offsets) && offsets.length > 0) {
    const first = Number(offsets[0]);
    const lengths = [[...promptText].length, promptText.length];
    if (!lengths.some((length) => offsets.includes(first + length))) throw new OtherTokens(spans);
    return;
  }
  const names = tokens.slice(from, ids.length).map(String);
  const wanted = text.slice(promptText.length);
  // Ids were compared already; bytes of other characters than ASCII have as many spellings as there are servers.
  if (names.some((name) => name.startsWith('token_id:')) || !/^[\x20-\x7e\n]*$/.test(wanted)) return;
  const spelled = names
    .join('')
    .replaceAll(/[\u0120\u2581]/g, ' ')
    .replaceAll('\u010a', '\n');
  if (!wanted.startsWith(spelled)) throw new OtherTokens(spans); // the end of a turn may be spelled as nothing
}
