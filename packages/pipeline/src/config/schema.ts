import type { z } from 'zod';
import { gateOf, isScorer, startsByLikelihood } from './gate-preset.js';
import { settings, type BaselineName, type Given, type MopConfig } from './sections/mop-config.js';

/** The embedded model knows prompts of marks and keywords alone; others are given sentences. */
function withModelDefaults(all: Given): MopConfig {
  const { population, llm: chosen, personas: given, templates: wording, evaluate } = all;
  const model = modelOf(chosen);
  const embedded = model === 'embedded';
  const writes = !embedded && !isScorer(model);
  const { pool: records, ...others } = all;
  const asked = { ...chosen, model };
  const aimed = gateOf({ ...all, llm: asked, baselines: evaluate.baselines });
  const likelihood: readonly BaselineName[] = startsByLikelihood({ llm: asked, gate: aimed }) ? ['likelihood'] : [];
  return {
    ...others,
    population: { ...population, validation: population.validation ?? (all.gate.preset === 'paper' ? 100 : 0) },
    llm: asked,
    gate: aimed,
    ...(records?.path === undefined ? {} : { pool: { ...records, path: records.path } }),
    personas: { ...given, source: given.source ?? (writes ? 'llm' : 'keywords') },
    templates: { ...wording, name: wording.name ?? (embedded ? 'tokens' : 'generic') },
    evaluate: { ...evaluate, baselines: evaluate.baselines ?? ['zero-shot', 'uniform', ...likelihood] },
  };
}

/** Scoring servers stand in for the embedded model, which nobody asks for beside them. */
function modelOf({ model, scorer, tokenizer }: Given['llm']): string {
  if (scorer === undefined || model !== 'embedded') return model;
  return tokenizer === undefined ? 'scorer' : `scorer:${tokenizer}`;
}

/** The schema of `mop.yaml`: every key, its range, its default and what it means. Keys that are not in it are refused. */
export const configSchema: z.ZodType<MopConfig> = settings.transform(withModelDefaults);

export type { MopConfig };
