import type { LanguageModel } from '@mixture-of-personas/llm';
import { PersonaError } from '../errors.js';
import { renderPrompt } from '../prompts/render.js';
import type { Persona } from '../record.js';
import type { PromptTemplate } from '../prompts/template.js';

/** Input of `classifyPersonas`. */
export interface ClassifyInput {
  readonly personas: readonly Persona[];
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
}

/**
 * Gives every persona the class that the language model finds most likely for it, so that texts can carry it as their label (the paper's AG
 * News labels). Class c of persona k has the score log p(c | prompt of k) − log p(c | prompt of no one in particular), both at τ = 1:
 * what the persona adds, so that a class the model likes to say anyway does not win. No text is sampled; K + 1 times the classes are scored.
 * @param input personas, model and template
 * @param options `labels`: the classes; left out, the template's
 * @returns the personas in order, `label` set
 * @throws PersonaError when there are fewer than two different classes
 */
export async function classifyPersonas(
  { personas, model, template }: ClassifyInput,
  options: { readonly labels?: readonly string[] | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Persona[]> {
  const labels = [...new Set(options.labels ?? template.classes ?? [])];
  if (labels.length < 2) {
    throw new PersonaError(
      `Classifying personas takes at least two classes; template "${template.name}" names ${labels.length}. Give labels.`,
    );
  }
  const texts = [...personas.map(({ persona }) => persona), 'You are a person.'];
  const requests = texts.flatMap((persona) =>
    labels.map((label) => ({
      prompt: renderPrompt(template, 'classifyPersona', { persona, labels: labels.join(', ') }),
      completion: label,
    })),
  );
  const curves = await model.score(requests, { signal: options.signal });
  const scores = curves.map((curve) => curve.logProbability(1));
  const usual = scores.slice(personas.length * labels.length);
  return personas.map((persona, k) => {
    const gains = labels.map((_, c) => (scores[k * labels.length + c] ?? -Infinity) - (usual[c] ?? 0));
    const label = labels[gains.indexOf(Math.max(...gains))];
    return label === undefined ? persona : { ...persona, label };
  });
}
