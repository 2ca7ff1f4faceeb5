import { THE_RECORDS } from './sample-records.js';
import { configFrom, withSettings } from '../config/load.js';
import type { MopConfig } from '../config/schema.js';
import { GATE_ORIGIN } from '../artifacts/fit.js';
import { UserError } from '../errors.js';
import type { JobReporter } from '../log.js';
import { addressless } from '../run-folder/manifest.js';
import { configOf } from '../run-folder/run-config.js';
import { openExistingRun, type RunFolder } from '../run-folder/run-folder.js';

/** Stages whose results another run's simulation stands on. */
const TAKEN = ['embed', 'personas', 'exemplars', 'fit'] as const;

/**
 * The settings of a simulation from another run's gate: that run's own, with those on the command line in their place. The wording for the
 * embedded model is left behind with it, unless it was asked for.
 * @param from folder of the other run
 * @throws UserError when it holds no run, or a setting on the command line does not exist or fit
 */
export async function transferConfig(from: string, argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  const base = configOf(await openExistingRun(from));
  const { llm, templates } = base;
  const worded = llm.model === 'embedded' ? { ...templates, name: undefined } : templates;
  const simulate = { ...base.simulate, gate: from };
  // What was said of how to ask the other model is not true of this one.
  return configFrom(withSettings({ ...base, llm: {}, templates: worded, simulate, output: undefined }, argv));
}

/**
 * Takes personas, exemplars, embeddings and gate of another run into a folder that has no gate yet; each file is checked against the hash
 * it was written with.
 * @returns the name of the model that the gate was fitted with
 * @throws UserError `no-gate` when that run has not finished its fit, `other-config` when it read other records
 */
export async function takeGate(folder: RunFolder, from: string, reporter: JobReporter): Promise<string> {
  if (folder.has('fit')) return (await folder.read(GATE_ORIGIN)).model;
  const source = await openExistingRun(from);
  if (!source.has('fit'))
    throw new UserError('no-gate', `The run in ${from} has no fitted gate yet.`, {
      remedy: 'Finish it with mop fit first.',
    });
  const { [THE_RECORDS]: records = '', 'the encoder': encoder = '' } = source.manifest.fingerprints;
  if (records !== folder.manifest.fingerprints[THE_RECORDS])
    throw new UserError('other-config', `The run in ${from} was fitted on other records than these settings read.`, {
      remedy: 'Leave the population as it was there.',
    });
  await folder.fingerprint({ 'the encoder': encoder }); // another one is refused when it is opened
  const model = addressless(configOf(source).llm.model);
  for (const stage of TAKEN) {
    const names = Object.keys(source.manifest.stages[stage] ?? {});
    const files = await Promise.all(names.map(async (name) => [name, await source.readBytes(stage, name)] as const));
    const origin = stage === 'fit' ? GATE_ORIGIN.file({ model }) : {};
    await folder.commit(stage, { ...Object.fromEntries(files), ...origin });
  }
  reporter.note(`Personas, exemplars and gate are those of ${from}, fitted with ${model}; nothing is scored here.`);
  return model;
}
