import type { PairRequest, PairScorer } from '@mixture-of-personas/gating';
import type { LanguageModel, ScoreRequest } from '@mixture-of-personas/llm';
import { PromptError } from './errors.js';
import { renderPrompt } from './prompts.js';
import type { Persona, PopulationRecord } from './record.js';
import type { GenerateRole, PromptTemplate } from './template.js';

/** What pairs are made of. */
export interface PairScorerParts {
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
  readonly personas: readonly Persona[];
  readonly exemplars: readonly PopulationRecord[];
  /** What a `PairRequest`'s `record` counts. */
  readonly records: readonly PopulationRecord[];
  /** How the exemplar is introduced. @defaultValue 'generate' */
  readonly role?: GenerateRole;
}

/**
 * The fit's scorer (DESIGN §3): log p_τ(y_i | g_k, x_j, y_j, x_i) of record i's text after the prompt of persona k and exemplar j, as a curve
 * in τ, the end-of-turn token included. One model request a pair, in the order asked; a pair scored before costs what the model's store says.
 */
export function pairScorer(parts: PairScorerParts): PairScorer {
  return (requests, options = {}) =>
    parts.model.score(
      requests.map((request) => pairRequest(parts, request)),
      options.signal === undefined ? {} : { signal: options.signal },
    );
}

/** The model request of one pair. @throws PromptError when an index is out of range */
export function pairRequest(parts: Omit<PairScorerParts, 'model'>, request: PairRequest): ScoreRequest {
  const { template, role = 'generate' } = parts;
  const record = at(parts.records, request.record, 'record');
  const persona = at(parts.personas, request.persona, 'persona');
  const exemplar = at(parts.exemplars, request.exemplar, 'exemplar');
  const { context, label } = record;
  const values = { persona: persona.persona, exemplar: exemplar.text, context, label };
  return { prompt: renderPrompt(template, role, values), completion: record.text };
}

/** The same texts after the prompt without persona and exemplar: what a mixture has to beat. One request a record, in order. */
export function zeroShotRequests(template: PromptTemplate, records: readonly PopulationRecord[]): ScoreRequest[] {
  return records.map(({ text, context, label }) => ({
    prompt: renderPrompt(template, 'zeroShot', { context, label }),
    completion: text,
  }));
}

function at<T>(list: readonly T[], index: number, what: string): T {
  const found = list[index];
  if (found === undefined)
    throw new PromptError(`There is no ${what} ${index}: there are ${list.length}, counted from 0.`);
  return found;
}
