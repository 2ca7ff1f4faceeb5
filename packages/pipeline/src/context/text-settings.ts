import type { SimulateOptions } from '@mixture-of-personas/synthesis';
import type { JobContext } from './job-context.js';

/** Settings of every prompt of a run. Exemplars after the first are those that were scored with it (docs/decisions/0121). */
export function promptSettings({
  templates,
  prompt,
  exemplars,
  simulate: { mix },
  seed,
}: JobContext['config']): Pick<SimulateOptions, 'role' | 'label' | 'perPrompt' | 'companions' | 'mix'> {
  return { role: templates.role, label: prompt.label, perPrompt: exemplars.perPrompt, companions: { seed }, mix };
}

/** Settings of every text of a run. */
export function textSettings({ simulate: settings, seed: runSeed }: JobContext['config']): {
  readonly seed: number;
  readonly maxTokens: number;
  readonly topP: number;
  readonly block: number;
} {
  const { maxTokens, topP, batchSize, seed = runSeed } = settings;
  return { seed, maxTokens, topP, block: batchSize };
}
