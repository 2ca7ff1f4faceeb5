import { Fault, property } from '@mixture-of-personas/models';

/**
 * The one choice of an answer of `/v1/completions` or `/v1/chat/completions`, and tokens as the server counted them, undefined when it does not say.
 * @param model the name that was asked for; a dated version of it (`name-2024-08-06`) passes
 * @throws Fault when there is not exactly one choice or another model answered
 */
export function choiceOf(
  answer: unknown,
  model: string,
): { choice: unknown; promptTokens: number | undefined; completionTokens: number | undefined } {
  const choices = property(answer, 'choices');
  if (!Array.isArray(choices)) throw new Fault('broken', 'gave an answer without choices');
  if (choices.length !== 1) throw new Fault('broken', `gave ${choices.length} choices where one was asked for`);
  requireModel(answer, model);
  const usage = property(answer, 'usage');
  return {
    choice: choices[0],
    promptTokens: numberOf(property(usage, 'prompt_tokens')),
    completionTokens: numberOf(property(usage, 'completion_tokens')),
  };
}

/** Requires that an answer that names its model names this one. @throws Fault */
export function requireModel(answer: unknown, model: string): void {
  const name = property(answer, 'model');
  if (typeof name !== 'string' || name === model) return;
  if (name.startsWith(`${model}-`) && /^-\d/.test(name.slice(model.length))) return; // a version of it
  const message = `answered with the model ${JSON.stringify(name.slice(0, 80))} and not ${JSON.stringify(model)}`;
  const advice = 'Write the name that it serves after "#", or look at what stands between.';
  throw new Fault('broken', message, { advice });
}

/** The text and the end of a written answer. @throws Fault when there is no text */
export function textOf(choice: unknown): { readonly text: string; readonly finish: 'end' | 'length' } {
  const text = property(choice, 'text') ?? property(property(choice, 'message'), 'content');
  if (typeof text !== 'string') throw new Fault('broken', 'gave an answer without text');
  return { text, finish: property(choice, 'finish_reason') === 'length' ? 'length' : 'end' };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
