import { configSchema, type MopConfig } from '../config/schema.js';
import { withSettings } from '../config/load.js';
import { UserError } from '../errors.js';
import type { JobReporter } from './job-context.js';
import { openExistingRun, type RunFolder } from '../run-folder/run-folder.js';

/** Stages whose results another run's simulation stands on. */
const TAKEN = ['embed', 'personas', 'exemplars', 'fit'] as const;
/** Beside the gate's own files in a run that was given one: which model it was fitted with. */
const ORIGIN = 'gate-origin.json';

/**
 * The settings of a simulation from another run's gate: that run's own, with those on the command line in their place. The wording for the
 * embedded model is left behind with it, unless it was asked for.
 * @param from folder of the other run
 * @throws UserError when it holds no run, or a setting on the command line does not exist or fit
 */
export async function transferConfig(from: string, argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  const { manifest } = await openExistingRun(from);
  const base = structuredClone(manifest.config) as Record<string, Record<string, unknown>>;
  const { llm = {}, templates = {} } = base;
  const worded = llm['model'] === 'embedded' ? { ...templates, name: undefined } : templates;
  const simulate = { ...base['simulate'], gate: from };
  // What was said of how to ask the other model is not true of this one.
  const draft = withSettings({ ...base, llm: {}, templates: worded, simulate, output: undefined }, argv);
  return configSchema.parse(draft);
}

/**
 * Takes personas, exemplars, embeddings and gate of another run into a folder that has no gate yet; each file is checked against the hash
 * it was written with.
 * @returns the name of the model that the gate was fitted with
 * @throws UserError `no-gate` when that run has not finished its fit, `other-config` when it read other records
 */
export async function takeGate(folder: RunFolder, from: string, reporter: JobReporter): Promise<string> {
  if (folder.has('fit')) return originOf(folder);
  const source = await openExistingRun(from);
  if (!source.has('fit')) {
    throw new UserError('no-gate', `The run in ${from} has no fitted gate yet.`, {
      suggestion: 'Finish it with mop fit first.',
    });
  }
  const { 'the records': records = '', 'the encoder': encoder = '' } = source.manifest.fingerprints;
  if (records !== folder.manifest.fingerprints['the records']) {
    throw new UserError('other-config', `The run in ${from} was fitted on other records than these settings read.`, {
      suggestion: 'Leave the population as it was there.',
    });
  }
  await folder.fingerprint({ 'the encoder': encoder }); // another one is refused when it is opened
  const { llm } = source.manifest.config as unknown as MopConfig;
  for (const stage of TAKEN) {
    const names = Object.keys(source.manifest.stages[stage] ?? {});
    const files = await Promise.all(names.map(async (name) => [name, await source.read(stage, name)] as const));
    const origin = stage === 'fit' ? { [ORIGIN]: `${JSON.stringify({ model: llm.model }, null, 2)}\n` } : {};
    await folder.commit(stage, { ...Object.fromEntries(files), ...origin });
  }
  reporter.note(`Personas, exemplars and gate are those of ${from}, fitted with ${llm.model}; nothing is scored here.`);
  return llm.model;
}

async function originOf(folder: RunFolder): Promise<string> {
  const origin = JSON.parse(new TextDecoder().decode(await folder.read('fit', ORIGIN))) as { model: string };
  return origin.model;
}
