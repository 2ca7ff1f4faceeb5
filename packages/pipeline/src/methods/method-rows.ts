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
import { z } from 'zod';
import { aboutPath, UserError } from '../errors.js';
import type { JobContext } from '../context/job-context.js';
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
export async function baselineOf(job: JobContext, name: BaselineName): Promise<Baseline> {
  const { config, records, template, model, encoder, signal } = job;
  const { method } = config;
  const seed = config.simulate.seed ?? config.seed;
  const about: ClassPlan = { template, seed, labels: labelsOf(job), contexts: await contextsOf(job) };
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
        name === 'picle' ? await picleRatios(job, pool) : await promptContrast({ model, template }, pool, signal);
      const { demonstrations, sampling } = method;
      const called = name === 'picle' ? 'PICLe' : 'PICLe-PC';
      return picle({ ...about, pool, ratios, name: called }, { demonstrations, sampling });
    }
  }
}

/** Classes that texts are asked for: the template's, else those of the records, sorted. */
function labelsOf({ config, template, records: { training } }: JobContext): readonly string[] {
  if (!config.method.labels) return [];
  const given = new Set(training.flatMap(({ label }) => (label === undefined ? [] : [label])));
  return given.size > 0 ? [...given].sort() : (template.classes ?? []);
}

async function contextsOf({ config, records, model, template, signal }: JobContext): Promise<readonly string[]> {
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
      const found = records.training.flatMap(({ context }) => (context === undefined ? [] : [context]));
      if (found.length > 0) return found;
      throw new UserError('bad-setting', 'method.contexts is records, but no record has a context.', {
        remedy: 'Name the column with population.columns.context, or use method.contexts none.',
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
    remedy: 'Give a folder of them with method.attributes, or set method.inventAttributes.',
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
  { config, model, openers, signal }: JobContext,
  pool: readonly PopulationRecord[],
): Promise<Float64Array> {
  const { scores, target } = config.method;
  if (scores !== undefined) return likelihoodRatios(pool, scoresById(await readText(scores), scores));
  if (target === undefined) {
    throw new UserError('bad-setting', 'PICLe needs the scores of two models, and neither file nor model was given.', {
      remedy: 'Give method.scores or method.target, or use method.name picle-pc, which needs one model.',
    });
  }
  const tuned = await openers.openLanguageModel(target, config.llm.threads ?? config.threads);
  try {
    return await modelRatios({ target: tuned, reference: model }, pool, signal);
  } finally {
    await tuned.close();
  }
}

const scoreLine = z.object({ id: z.string(), logp_sft: z.number(), logp_ref: z.number() });

function scoresById(text: string, path: string): Map<string, LikelihoodPair> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line, i) => {
      const { success, data } = scoreLine.safeParse(jsonOf(line));
      if (success) return [data.id, { target: data.logp_sft, reference: data.logp_ref }];
      throw new UserError('bad-scores', `${path} line ${i + 1} has no id, logp_sft and logp_ref.`, {
        remedy: 'Give one JSON object a line with these three keys.',
      });
    }),
  );
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
