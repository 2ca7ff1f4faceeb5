import type { PairRequest, PairScorer } from '@mixture-of-personas/gating';
import type { LanguageModel, ScoreRequest } from '@mixture-of-personas/llm';
import { ShapeError } from '@mixture-of-personas/numeric';
import { PromptError } from '../errors.js';
import { renderPrompt, type PromptLabel, type RenderOptions } from '../prompts/render.js';
import type { Persona, PopulationRecord } from '../record.js';
import type { GenerateRole, PromptTemplate } from '../prompts/template.js';
import { candidateExemplars, requirePerPrompt } from './shown-exemplars.js';

/** The parts of pairs, and how a prompt shows them. */
export interface PairScorerParts {
  readonly model: Pick<LanguageModel, 'score'>;
  readonly template: PromptTemplate;
  readonly personas: readonly Persona[];
  readonly exemplars: readonly PopulationRecord[];
  /** Counted by a `PairRequest`'s `record`. */
  readonly records: readonly PopulationRecord[];
  /** Way in which the prompt introduces the exemplar. @defaultValue 'generate' */
  readonly role?: GenerateRole | undefined;
  /** @defaultValue 'never' */
  readonly label?: PromptLabel | undefined;
  /** L, records that a prompt shows: the pair's exemplar first, then L−1 others, the same ones whenever this pair is scored. @defaultValue 1 */
  readonly perPrompt?: number | undefined;
  /** Draws the others where L > 1. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** For each record the exemplar that it is itself, or −1: never among the others. Needed where L > 1, as the fit masks the first exemplar alone. */
  readonly ownExemplar?: Int32Array | undefined;
  /** Told how many requests of a call are scored. @defaultValue nobody */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The fit's scorer: log p_τ(y_i | g_k, x_j, y_j, x_i) of record i's text after the prompt of persona k and exemplar j, as a curve
 * in τ, the end-of-turn token included. One model request per pair, in the order asked; a pair scored before costs what the model's store says.
 */
export function pairScorer(parts: PairScorerParts): PairScorer {
  return (requests, { signal } = {}) =>
    parts.model.score(
      requests.map((request) => pairRequest(parts, request)),
      { signal, onProgress: parts.onProgress },
    );
}

/**
 * The model request of one pair.
 * @throws PromptError when an index is out of range; SettingError when L does not fit the exemplars; ShapeError when L > 1 and `ownExemplar` does not fit the records
 */
export function pairRequest(parts: Omit<PairScorerParts, 'model'>, request: PairRequest): ScoreRequest {
  const { template, role = 'generate', label: said, perPrompt = 1, seed = 0, ownExemplar, exemplars, records } = parts;
  const record = at(records, request.record, 'record');
  const persona = at(parts.personas, request.persona, 'persona');
  at(exemplars, request.exemplar, 'exemplar');
  requirePerPrompt('pairRequest', perPrompt, exemplars.length, perPrompt > 1);
  if (perPrompt > 1 && ownExemplar?.length !== records.length) {
    const found = `${ownExemplar?.length ?? 0}`;
    const advice = 'Give ownExemplars(records, exemplars), so that no prompt shows the text that it is scored on.';
    throw new ShapeError('pairRequest', `${records.length} entries in ownExemplar`, found, advice);
  }
  const own = ownExemplar?.[request.record] ?? -1;
  const shown = candidateExemplars(request, exemplars.length, { perPrompt, seed, own });
  const { context, label } = record;
  const exemplar = shown.map((j) => at(exemplars, j, 'exemplar').text);
  const prompt = renderPrompt(template, role, { persona: persona.persona, exemplar, context, label }, { label: said });
  return { prompt, completion: record.text };
}

/** The same texts after the prompt without persona and exemplar, which a mixture has to beat. One request per record, in order. */
export function zeroShotRequests(
  template: PromptTemplate,
  records: readonly PopulationRecord[],
  options: RenderOptions = {},
): ScoreRequest[] {
  return records.map(({ text, context, label }) => ({
    prompt: renderPrompt(template, 'zeroShot', { context, label }, options),
    completion: text,
  }));
}

function at<T>(list: readonly T[], index: number, what: string): T {
  const found = list[index];
  if (found === undefined)
    throw new PromptError(`There is no ${what} ${index}: there are ${list.length}, counted from 0.`);
  return found;
}
