import {
  attributesFromFiles,
  attrPrompt,
  chooseExemplars,
  inventAttributes,
  inventContexts,
  likelihoodRatios,
  modelRatios,
  ownAttributes,
  picle,
  proGen,
  promptContrast,
  verbalizedSampling,
  zeroGen,
  type Attribute,
  type Baseline,
  type ClassPlan,
  type LikelihoodPair,
  type PopulationRecord,
} from '@mixture-of-personas/synthesis';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { aboutPath, UserError } from '../errors.js';
import type { ModelOpeners } from '../engines/model-openers.js';
import type { JobContext } from '../context/job-context.js';
import type { JobRecords } from '../context/sample-records.js';
import { readText } from '../context/text-files.js';

/** Titles that the language model is asked for. */
const INVENTED_CONTEXTS = 100;

/** The methods that have no personas. */
export type BaselineName = 'zero-shot' | 'zerogen' | 'attrprompt' | 'progen' | 'picle' | 'picle-pc' | 'verbalized';

/**
 * The baseline that the section `method` describes, over the run's own model, encoder and records. Asks the language model only where the method
 * itself does before its first text (invented lists, PICLe's ratios).
 * @throws UserError or BaselineError when something the method needs was not given
 */
export async function baselineOf(
  job: JobContext,
  name: BaselineName,
  { records, openers }: { readonly records: JobRecords; readonly openers: ModelOpeners },
): Promise<Baseline> {
  const { config, template, model, encoder, signal } = job;
  const { method } = config;
  const seed = config.simulate.seed ?? config.seed;
  const about: ClassPlan = { template, seed, labels: labelsOf(job, records), contexts: await contextsOf(job, records) };
  switch (name) {
    case 'zero-shot':
      return zeroGen({ ...about, labels: [] });
    case 'zerogen':
      return zeroGen(about);
    case 'attrprompt':
      return attrPrompt({ ...about, attributes: await attributesOf(job, about.labels) });
    case 'progen': {
      const { minRows, every, feedbackShare, demonstrations } = method;
      return proGen({ ...about, encoder, signal }, { minRows, every, feedbackShare, demonstrations });
    }
    case 'verbalized':
      return verbalizedSampling({ ...about, maxTokens: config.simulate.maxTokens }, { candidates: method.candidates });
    case 'picle':
    case 'picle-pc': {
      const pool = chooseExemplars(records.training, config.exemplars.count, config.seed).exemplars;
      const ratios =
        name === 'picle'
          ? await picleRatios(job, pool, openers)
          : await promptContrast({ model, template }, pool, signal);
      const { demonstrations, sampling } = method;
      const called = name === 'picle' ? 'PICLe' : 'PICLe-PC';
      return picle({ ...about, pool, ratios, name: called }, { demonstrations, sampling });
    }
  }
}

/** Classes that texts are asked for: the template's, else those of the records, sorted. */
function labelsOf({ config, template }: JobContext, { training }: JobRecords): readonly string[] {
  if (!config.method.labels) return [];
  const given = new Set(training.flatMap(({ label }) => (label === undefined ? [] : [label])));
  return given.size > 0 ? [...given].sort() : (template.classes ?? []);
}

async function contextsOf(
  { config, model, template, signal }: JobContext,
  { training }: JobRecords,
): Promise<readonly string[]> {
  switch (config.method.contexts) {
    case 'none':
      return [];
    case 'llm':
      return inventContexts(
        { model, template },
        { what: 'title', count: INVENTED_CONTEXTS },
        { seed: config.seed, signal },
      );
    case 'records': {
      const found = training.flatMap(({ context }) => (context === undefined ? [] : [context]));
      if (found.length > 0) return found;
      throw new UserError('bad-setting', 'method.contexts is records, but no record has a context.', {
        suggestion: 'Name the column with population.columns.context, or use method.contexts none.',
      });
    }
  }
}

async function attributesOf(
  { config, model, template, signal }: JobContext,
  labels: readonly string[],
): Promise<readonly Attribute[]> {
  const { attributes, inventAttributes: invent } = config.method;
  if (attributes !== undefined) return attributesFromFiles(await filesBelow(attributes), labels);
  if (invent) {
    const wanted = { names: ['style', 'setting'], perClass: labels.length === 0 ? [] : ['subject'], labels };
    return inventAttributes({ model, template }, wanted, { seed: config.seed, signal });
  }
  const own = ownAttributes(template.name);
  if (own !== undefined) return own;
  throw new UserError('bad-setting', `There are no attribute tables for the template ${template.name}.`, {
    suggestion: 'Give a folder of them with method.attributes, or set method.inventAttributes.',
  });
}

async function filesBelow(folder: string): Promise<{ path: string; text: string }[]> {
  try {
    const paths = await readdir(folder, { recursive: true, encoding: 'utf8' });
    const tables = paths.filter((path) => /\.(?:txt|jsonl)$/.test(path)).sort();
    return await Promise.all(
      tables.map(async (path) => ({ path: path.split(sep).join('/'), text: await readText(join(folder, path)) })),
    );
  } catch (error) {
    throw aboutPath(folder, error);
  }
}

async function picleRatios(
  { config, model, signal }: JobContext,
  pool: readonly PopulationRecord[],
  openers: ModelOpeners,
): Promise<Float64Array> {
  const { scores, target } = config.method;
  if (scores !== undefined) return likelihoodRatios(pool, scoresById(await readText(scores), scores));
  if (target === undefined) {
    throw new UserError('bad-setting', 'PICLe needs the scores of two models, and neither file nor model was given.', {
      suggestion: 'Give method.scores or method.target, or use method.name picle-pc, which needs one model.',
    });
  }
  const tuned = await openers.openLanguageModel(target, config.llm.threads ?? config.threads);
  try {
    return await modelRatios({ target: tuned, reference: model }, pool, signal);
  } finally {
    await tuned.close();
  }
}

function scoresById(text: string, path: string): Map<string, LikelihoodPair> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line, i) => {
      try {
        const { id, logp_sft: target, logp_ref: reference } = JSON.parse(line) as Record<string, unknown>;
        if (typeof id === 'string' && typeof target === 'number' && typeof reference === 'number')
          return [id, { target, reference }];
      } catch {
        // Told below, as a line without the three keys is.
      }
      throw new UserError('bad-scores', `${path} line ${i + 1} has no id, logp_sft and logp_ref.`, {
        suggestion: 'Give one JSON object a line with these three keys.',
      });
    }),
  );
}
