import { resolve } from 'node:path';
import type { Settings } from '../config/demo.js';
import { configFrom } from '../config/load.js';
import { DEMO_PATH } from '../data/sources/addresses.js';
import { requireModelFolder } from '../config/model-folder.js';
import type { MopConfig } from '../config/schema.js';
import { drawsOf } from '../config/sections/method.js';
import { fittingRecords, requirePrompts, type MeasurePair } from './fitting-records.js';
import { loadRecordSets } from './record-sets.js';
import { requireFigures, sampleRecords, withinReach } from './sample-records.js';
import { loadTemplate } from './text-files.js';

/** Summary of a configuration: counts of records by their use, and the models. */
export type ConfigSurvey = Readonly<Record<string, number | string | readonly string[]>>;

/**
 * Reads all records of a configuration and looks at its model folders.
 * @throws UserError for the first thing that a run could not use
 */
export async function surveyConfig(config: MopConfig): Promise<ConfigSurvey> {
  const sets = await loadRecordSets(config);
  const drawn = sampleRecords(sets, config);
  requireFigures(drawn, config);
  await requireModelFolder('llm.model', config.llm.model);
  await requireModelFolder('encoder.model', config.encoder.model);
  const template = await loadTemplate(config);
  const [first] = drawn.training;
  const measure = await measureOf(config);
  const prompts = { config, template, measure };
  if (first !== undefined && drawsOf(config.method.name) === 'gate') requirePrompts(first, prompts);
  const fitting = await fittingRecords(drawn, prompts);
  const labels = new Set(sets.train.flatMap(({ label }) => (label === undefined ? [] : [label])));
  return {
    population: sets.train.length,
    training: fitting.records.training.length,
    validation: fitting.records.validation.length,
    ...(drawn.pool === undefined ? {} : { pool: drawn.pool.length }),
    golden: drawn.golden.length,
    heldOut: fitting.records.heldOut.length,
    ...(fitting.message === undefined ? {} : { tooLong: fitting.message }),
    labels: [...labels].sort(),
    withContext: sets.train.filter(({ context }) => context !== undefined).length,
    personas: config.personas.count,
    exemplars: config.exemplars.count,
    llm: config.llm.model,
    encoder: config.encoder.model,
    output: config.output,
  };
}

/**
 * Settings of a first run on records: their path, and the counts that they allow where they are too few for the default ones. Of records that
 * cannot be read only the path: `surveyConfig` says what is wrong.
 * @param folder that the path is relative to, as it is in a file there
 */
export async function firstSettings(path: string, folder: string): Promise<Settings> {
  const config = configFrom({ population: { path: path === DEMO_PATH ? path : resolve(folder, path) } });
  const sets = await loadRecordSets(config).catch(() => undefined);
  if (sets === undefined) return { population: { path } };
  const { personas, exemplars, evaluate } = withinReach(config, {}, sets);
  return {
    population: { path },
    personas: { count: personas.count },
    exemplars: { count: exemplars.count },
    evaluate: { heldOut: evaluate.heldOut },
  };
}

/** A measure of the language model without its weights; none for a server whose tokenizer is not named. */
async function measureOf({ llm: { model, tokenizer } }: MopConfig): Promise<MeasurePair | undefined> {
  if (model.startsWith('server:') && tokenizer === undefined) return undefined;
  const { openMeasure } = await import('@mixture-of-personas/llm');
  return openMeasure(model, tokenizer === undefined ? {} : { server: { tokenizer } });
}
