import { requireModelFolder } from '../config/model-folder.js';
import type { MopConfig } from '../config/schema.js';
import { loadRecordSets } from './record-sets.js';
import { sampleRecords } from './sample-records.js';

/** What a configuration names: counts of records by their use, and the models. */
export type ConfigSurvey = Readonly<Record<string, number | string | readonly string[]>>;

/**
 * Reads all records of a configuration and looks at its model folders.
 * @throws UserError for the first thing that a run could not use
 */
export async function surveyConfig(config: MopConfig): Promise<ConfigSurvey> {
  const sets = await loadRecordSets(config);
  const drawn = sampleRecords(sets, config);
  await requireModelFolder('llm.model', config.llm.model);
  await requireModelFolder('encoder.model', config.encoder.model);
  const labels = new Set(sets.train.flatMap(({ label }) => (label === undefined ? [] : [label])));
  return {
    population: sets.train.length,
    training: drawn.training.length,
    validation: drawn.validation.length,
    ...(drawn.pool === undefined ? {} : { pool: drawn.pool.length }),
    golden: drawn.golden.length,
    heldOut: drawn.heldOut.length,
    labels: [...labels].sort(),
    withContext: sets.train.filter(({ context }) => context !== undefined).length,
    personas: config.personas.count,
    exemplars: config.exemplars.count,
    llm: config.llm.model,
    encoder: config.encoder.model,
    output: config.output,
  };
}
