import type { SimulateOptions } from '@mixture-of-personas/synthesis';
import type { JobContext } from './job-context.js';

/** Settings of every prompt of a run. Exemplars after the first are those that were scored with it (docs/decisions/0121). */
export function promptSettings(
  config: JobContext['config'],
): Pick<SimulateOptions, 'role' | 'label' | 'perPrompt' | 'companions' | 'mix'> {
  const { templates, prompt, exemplars, simulate, seed } = config;
  const { perPrompt } = exemplars;
  return { role: templates.role, label: prompt.label, perPrompt, companions: { seed }, mix: simulate.mix };
}

/** Settings of every text of a run. */
export function textSettings(config: JobContext['config']): Record<'seed' | 'maxTokens' | 'topP' | 'block', number> {
  const { maxTokens, topP, batchSize, seed = config.seed } = config.simulate;
  return { seed, maxTokens, topP, block: batchSize };
}
