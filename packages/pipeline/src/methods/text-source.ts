import { multiplyByTranspose, rowOf, takeRows, unitRows } from '@mixture-of-personas/numeric';
import { simulateBaseline } from '@mixture-of-personas/synthesis';
import { embedTexts } from '../stages/embed-records.js';
import { gateSource, pairRows, textSettings, type SourceParts, type TextSource } from '../stages/simulate-stage.js';
import type { JobContext } from '../context/job-context.js';
import { baselineOf } from './method-rows.js';

/** The source of the method that the run's settings name: the fitted gate, pairs that no gate weighs, or prompts alone. */
export const methodSource: TextSource = async (job, parts) => {
  const { name, temperature } = job.config.method;
  switch (name) {
    case 'mop':
      return gateSource(job, parts);
    case 'uniform':
      return pairRows(job, parts, { kind: 'uniform', temperature: temperature ?? job.config.gate.temperature });
    case 'nearest': {
      const exemplarOf = await nearestExemplars(job, parts);
      return pairRows(job, parts, {
        kind: 'paired',
        temperature: temperature ?? job.config.gate.temperature,
        exemplarOf,
      });
    }
    default: {
      const { model, template, signal } = job;
      const baseline = await baselineOf(job, name);
      const settings = { ...textSettings(job.config), temperature, signal };
      return (from, to, earlier) =>
        simulateBaseline({ baseline, model, template }, { ...settings, from, count: to - from, earlier });
    }
  }
};

/** For each persona the exemplar of largest cosine. */
async function nearestExemplars(job: JobContext, { personas, exemplars, embed }: SourceParts): Promise<Int32Array> {
  const descriptions = personas.map(({ persona }) => persona);
  const said = await embedTexts(job, 'personas', descriptions);
  const cosines = multiplyByTranspose(unitRows(said), unitRows(takeRows(embed.training, exemplars.indices)));
  return Int32Array.from(personas, (_, k) => {
    const row = rowOf(cosines, k);
    return row.indexOf(Math.max(...row));
  });
}
