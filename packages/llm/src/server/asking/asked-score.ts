import { property, type Question } from '@mixture-of-personas/models';
import { choiceOf, requireModel } from './answer.js';
import { broken, positionOf, type Position } from './position.js';

/**
 * Way to ask for log-probabilities of a prompt's own tokens: vLLM's `/inference/v1/generate`, with its prefix cache or without; vLLM's `prompt_logprobs`; or
 * `echo` with this many tokens written after it.
 */
export type ScoreForm = 'generate-cached' | 'generate' | 'prompt-logprobs' | 'echo-1' | 'echo-0';

/** The forms in the order they are tried: one written token before none, for some servers take none to mean as many as fit. */
export const SCORE_FORMS: readonly ScoreForm[] = ['generate-cached', 'generate', 'prompt-logprobs', 'echo-1', 'echo-0'];

const OTHERS = 'gave log-probabilities of other tokens than were sent';

/** Prompt and completion as one sequence. */
export interface AskedScore {
  readonly model: string;
  /** Most probable tokens wanted at each position. */
  readonly top: number;
  /** Prompt and completion. */
  readonly ids: readonly number[];
  /** Index in `ids` at which the completion begins. */
  readonly from: number;
}

/** Address and body of the request; `base` ends in /v1. */
export function scoreQuestion(base: string, { model, top, ids }: AskedScore, form: ScoreForm): Question {
  if (form === 'generate' || form === 'generate-cached') {
    const once = { temperature: 1, max_tokens: 1, detokenize: false, prompt_logprobs: top };
    const sampling = { ...once, skip_reading_prefix_cache: form === 'generate' };
    const url = `${base.replace(/\/v1$/, '')}/inference/v1/generate`;
    return { url, body: { model, token_ids: ids, sampling_params: sampling } };
  }
  const body = { model, prompt: ids, temperature: 1, n: 1 };
  const url = `${base}/completions`;
  if (form === 'prompt-logprobs') return { url, body: { ...body, max_tokens: 1, prompt_logprobs: top } };
  const echo = { echo: true, logprobs: top, return_tokens_as_token_ids: true };
  return { url, body: { ...body, ...echo, max_tokens: form === 'echo-0' ? 0 : 1 } };
}

/** An answer that is whole but holds no log-probabilities of the prompt. */
export class NoLogProbabilities extends Error {
  override readonly name = 'NoLogProbabilities';
}

/** An answer some of whose positions were taken from the prefix cache, where vLLM has no numbers for them. */
export class CachedCompletion extends Error {
  override readonly name = 'CachedCompletion';
}

/**
 * The completion's positions, from the answer in whichever layout the form asked for.
 * @throws Fault when numbers are not those of log-probabilities or belong to other tokens; NoLogProbabilities, CachedCompletion
 */
export function scoredPositions(answer: unknown, asked: AskedScore, form: ScoreForm): Position[] {
  if (form === 'generate' || form === 'generate-cached') {
    requireModel(answer, asked.model);
    const cached = property(property(property(answer, 'usage'), 'prompt_tokens_details'), 'cached_tokens');
    if (form === 'generate-cached' && typeof cached !== 'number') throw new NoLogProbabilities();
    // The first position after the cached tokens is the first with numbers of its own.
    if (form === 'generate-cached' && Number(cached) >= asked.from) throw new CachedCompletion();
    return fromPromptLogprobs(property(answer, 'prompt_logprobs'), asked);
  }
  const { choice, promptTokens } = choiceOf(answer, asked.model);
  if (promptTokens !== undefined) requireCount('counted', promptTokens, asked.ids.length);
  const byId = property(choice, 'prompt_logprobs');
  if (Array.isArray(byId)) return fromPromptLogprobs(byId, asked);
  return fromEcho(property(choice, 'logprobs'), asked, form === 'echo-0' ? 0 : 1);
}

/** vLLM: at each position an object from token id to `{logprob}`; the first is null. */
function fromPromptLogprobs(list: unknown, { ids, from }: AskedScore): Position[] {
  if (!Array.isArray(list)) throw new NoLogProbabilities();
  requireCount('gave log-probabilities of', list.length, ids.length);
  return ids.slice(from).map((id, t) => {
    const entries: unknown = list[from + t];
    if (typeof entries !== 'object' || entries === null) throw new NoLogProbabilities();
    const named = Object.entries(entries).map(([name, entry]) => [name, property(entry, 'logprob')]);
    const known = Object.fromEntries(named) as Readonly<Record<string, unknown>>;
    if (!(String(id) in known)) throw broken(OTHERS);
    return positionOf(known[String(id)], known, String(id));
  });
}

/** OpenAI: parallel lists over prompt and written tokens; names are texts, or `token_id:N` where the server knows that. */
function fromEcho(logprobs: unknown, { ids, from }: AskedScore, written: number): Position[] {
  const [tokens, own, top] = ['tokens', 'token_logprobs', 'top_logprobs'].map((name) => property(logprobs, name));
  if (!Array.isArray(tokens) || !Array.isArray(own) || tokens.length <= written) throw new NoLogProbabilities();
  const count = Math.min(tokens.length, own.length);
  // A model that ends at once may have written nothing.
  if (count !== ids.length) requireCount('gave log-probabilities of', count - written, ids.length);
  return ids.slice(from).map((id, t) => {
    const name = String(tokens[from + t]);
    if (/^token_id:\d+$/.test(name) && name !== `token_id:${id}`) throw broken(OTHERS);
    const value: unknown = own[from + t];
    if (value === null || value === undefined) throw new NoLogProbabilities();
    const known = ((Array.isArray(top) ? top[from + t] : undefined) ?? {}) as Readonly<Record<string, unknown>>;
    return positionOf(value, known, name);
  });
}

function requireCount(did: string, got: number, wanted: number): void {
  if (got !== wanted) throw broken(`${did} ${got} tokens where ${wanted} were sent`);
}
