import type { ScoreRequest } from '@mixture-of-personas/llm';
import type { MopConfig } from '../config/schema.js';
import { UserError } from '../errors.js';
import type { JobReporter } from '../log.js';
import type { OpenedModel } from './model-openers.js';

/** Use that a run makes of its language model. */
export interface ModelUse {
  /** `generate` where texts alone are left to be written; undefined where nothing is. */
  readonly purpose: 'score' | 'generate' | undefined;
  /** Some of the pairs that will be scored. */
  readonly pairs: readonly ScoreRequest[];
  readonly reporter: JobReporter;
  readonly signal: AbortSignal;
}

/**
 * Has a model examine itself before hours are spent on it: a server's scores are never taken on trust. Warnings are noted.
 * @throws UserError `unfit-model` with what was found and what to do
 */
export async function requireFit(model: OpenedModel, { purpose, pairs, reporter, signal }: ModelUse): Promise<void> {
  const findings = purpose === undefined ? [] : ((await model.check?.(purpose, signal, pairs)) ?? []);
  for (const { name, status, detail } of findings) if (status === 'warning') reporter.note(`${name} ${detail}.`);
  const failed = findings.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return;
  await model.close();
  const what = purpose === 'score' ? 'score' : 'write';
  const found = failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  const problem = `The language model ${model.id} cannot ${what} for this run. ${found.replace(/\.$/, '')}.`;
  throw new UserError('unfit-model', problem, { remedy: 'mop doctor with the same settings examines it again.' });
}

/** Refuses a fit that would start at a temperature the model's scores do not reach. @throws UserError `bad-setting` */
export function requireTemperatures(model: OpenedModel, { gate }: MopConfig): void {
  const [low, high] = model.temperatures ?? [0, Infinity];
  if (gate.temperature >= low && gate.temperature <= high) return;
  const fixed = high - low < 1e-3;
  const range = fixed ? 'at 1 alone' : `from ${low} to ${high}`;
  const problem = `gate.temperature is ${gate.temperature}, but ${model.id} is scored at temperatures ${range}.`;
  throw new UserError('bad-setting', problem, {
    remedy: fixed ? 'Set gate.temperature to 1.' : 'Set gate.temperature within them, or widen llm.temperatures.',
  });
}
