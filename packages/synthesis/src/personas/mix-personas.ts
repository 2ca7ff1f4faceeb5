import type { LanguageModel } from '@mixture-of-personas/llm';
import { SettingError } from '@mixture-of-personas/numeric';
import { personaText } from './persona-text.js';
import { renderPrompt } from '../prompts/render.js';
import type { Persona, PopulationRecord } from '../record.js';
import type { PromptTemplate } from '../prompts/template.js';

/** Personas to be merged, and texts that the merged one should fit. */
export interface MixInput {
  /** At least two. */
  readonly personas: readonly Persona[];
  /** Shown beside them; may be empty. */
  readonly records: readonly PopulationRecord[];
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
}

/**
 * One persona in place of several, written by the language model (the paper's study of mixing personas in one query). Where it gives
 * nothing usable in the second person, the descriptions stand one after the other.
 * @returns a persona whose id joins theirs with `+`
 * @throws SettingError when there are fewer than two personas
 */
export async function mixPersonas(
  { personas, records, model, template }: MixInput,
  options: {
    readonly seed: number;
    readonly row?: number;
    readonly temperature?: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Persona> {
  if (personas.length < 2) throw new SettingError('mixPersonas', 'personas', 'two or more', personas.length);
  const { seed, row = 0, temperature = 0.5, signal } = options;
  const prompt = renderPrompt(template, 'mixPersonas', {
    personas: personas.map(({ persona }) => `- ${persona}`).join('\n'),
    records: records.map(({ text }) => `- ${text.replace(/\s+/g, ' ').trim()}`).join('\n'),
  });
  let text = '';
  const request = { prompt, temperature, maxTokens: 80, seed, row };
  for await (const made of model.generate([request], { signal })) text = personaText(made.text);
  const persona = /^you\b/i.test(text) ? text : personas.map((one) => one.persona).join(' ');
  return { id: personas.map(({ id }) => id).join('+'), persona, source: 'llm' };
}
