import { ModelError } from '../model/errors.js';
import type { ScoreRequest } from '../model/language-model.js';
import type { TokenizedPair } from '../scoring/score-plan.js';
import type { PreparedPrompt, Tokenizer } from './tokenizer.js';

/** Limits of a model on what it is given. */
export interface ModelLimits {
  /** The model's id, for messages. */
  readonly id: string;
  readonly contextTokens: number | undefined;
  /** Tokens that the model knows. */
  readonly vocabulary: number;
}

/**
 * Ids of every request that has a completion token; a prompt object that comes again is tokenized once.
 * @throws ModelError `too-long`, `tokenizer-mismatch`, or as the tokenizer does
 */
export function tokenizePairs(
  tokenizer: Tokenizer,
  requests: readonly ScoreRequest[],
  limits: ModelLimits,
): TokenizedPair[] {
  const prompts = new Map<ScoreRequest['prompt'], PreparedPrompt>();
  return requests.flatMap(({ prompt, completion, endOfTurn = true }, index) => {
    const prepared = prompts.get(prompt) ?? tokenizer.prepare(prompt);
    prompts.set(prompt, prepared);
    const ids = tokenizer.encodeCompletion(prepared, completion, endOfTurn);
    requireRoom(`Request ${index}`, prepared.ids.length + ids.length, limits);
    requireKnown([prepared.ids, ids], limits.vocabulary);
    return ids.length === 0 ? [] : [{ index, prompt: prepared.ids, completion: ids }];
  });
}

/** @throws ModelError `too-long` when a request takes more tokens than the model */
export function requireRoom(
  who: string,
  tokens: number,
  { id, contextTokens = Infinity }: Pick<ModelLimits, 'id' | 'contextTokens'>,
): void {
  if (tokens <= contextTokens) return;
  const message = `${who} needs ${tokens} tokens and the model ${id} takes ${contextTokens}; shorten the prompt or the completion.`;
  throw new ModelError('too-long', message);
}

/** @throws ModelError `tokenizer-mismatch` when the tokenizer gives an id that the model has no embedding for */
export function requireKnown(parts: readonly Int32Array[], vocabulary: number): void {
  const unknown = parts.flatMap((ids) => [...ids]).find((id) => id >= vocabulary);
  if (unknown === undefined) return;
  const message = `The tokenizer gives token ${unknown} and the model has ${vocabulary}; copy the tokenizer of the same model.`;
  throw new ModelError('tokenizer-mismatch', message);
}
