import { multiplyByTranspose, rowOf, takeRows, unitRows } from '@mixture-of-personas/numeric';
import { simulateBaseline } from '@mixture-of-personas/synthesis';
import { embedTexts } from '../stages/embed-records.js';
import { gateSource, pairRows, textSettings, type SourceParts, type TextSource } from '../stages/simulate-stage.js';
import type { JobContext } from '../context/job-context.js';
import { baselineOf } from './method-rows.js';

/** The source of the method that the run's settings name: the fitted gate, pairs that no gate weighs, or prompts alone. */
export const methodSource: TextSource = async (job, parts) => {
  const { method, gate } = job.config;
  const { name, temperature } = method;
  if (name === 'mop') return gateSource(job, parts);
  if (name === 'uniform' || name === 'nearest') {
    const drawn = { temperature: temperature ?? gate.temperature };
    if (name === 'uniform') return pairRows(job, parts, { ...drawn, kind: 'uniform' });
    return pairRows(job, parts, { ...drawn, kind: 'paired', exemplarOf: await nearestExemplars(job, parts) });
  }
  const { model, template, signal } = job;
  const baseline = await baselineOf(job, name);
  const settings = { ...textSettings(job.config), temperature, signal };
  return (from, to, earlier) =>
    simulateBaseline({ baseline, model, template }, { ...settings, from, count: to - from, earlier });
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
