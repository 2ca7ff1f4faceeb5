import { textSource } from '@mixture-of-personas/synthesis';
import { gateSource, type TextSource } from '../stages/simulate-stage.js';
import { sourceContext } from './source-context.js';

/** The source of the method that the run's settings name: the fitted gate, or a text source of `synthesis`. */
export const methodSource: TextSource = async (job, parts) => {
  const { method } = job.config;
  return method.name === 'mop'
    ? gateSource(job, parts)
    : textSource(method.name).make(await sourceContext(job, parts), method);
};
