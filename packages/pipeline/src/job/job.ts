import type { PromptTemplate } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../config/schema.js';
import { loadRecordSets, type RecordSets } from '../context/record-sets.js';
import { runMethod } from './method-stages.js';
import { realOpeners, type ModelOpeners } from '../engines/model-openers.js';
import { openEngines } from '../engines/engines.js';
import { filesOn, type RunFiles } from '../run-folder/files.js';
import type { JobContext, JobReporter } from '../context/job-context.js';
import type { JobEnd, JobResult } from './job-result.js';
import { acquireLock } from '../run-folder/lock.js';
import type { Json } from '../run-folder/manifest.js';
import { openRunFolder, type RunFolder } from '../run-folder/run-folder.js';
import { runStages } from './run-stages.js';
import { recordsFingerprint, sampleRecords, type JobRecords } from '../context/sample-records.js';
import { loadTemplate } from '../context/text-files.js';
import { takeGate } from '../context/transfer.js';
import { runVersions } from '../run-folder/versions.js';

const SHARED_GOLDEN =
  'There are too few golden records for a part of their own for every seed: golden records of different seeds overlap, so intervals over seeds are too narrow for new golden records.';

/** What a job is started with. */
export interface JobOptions {
  readonly config: MopConfig;
  readonly until: JobEnd;
  readonly reporter: JobReporter;
  readonly signal: AbortSignal;
  /** @defaultValue the engines that the configuration names */
  readonly openers?: ModelOpeners;
  /** Reads the records. @defaultValue from where the configuration says, every time */
  readonly readSets?: (config: MopConfig) => Promise<RecordSets>;
  /** Folder of scores that several runs share. @defaultValue `scores/` of the run's own folder */
  readonly scores?: string;
  /** @defaultValue the real disk */
  readonly files?: RunFiles;
}

/**
 * The main job: from records to a run folder with a fitted gate, simulated texts and figures. What an earlier process finished or began
 * in the folder is used, so that the same call after a kill at any moment ends with the same bytes.
 * @throws UserError when the settings ask for what is not there, the folder holds another run or another process is at work in it
 */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { config, reporter, readSets = loadRecordSets, files = filesOn() } = options;
  const records = sampleRecords(await readSets(config), config);
  if (records.disjointGolden === false) reporter.note(SHARED_GOLDEN);
  const template = await loadTemplate(config);
  const lock = await acquireLock(`${config.output}/run.lock`);
  try {
    const versions = runVersions();
    const onRepair = (sentence: string): void => reporter.note(sentence);
    const folder = await openRunFolder(config.output, { config: identityOf(config), versions }, { files, onRepair });
    await folder.fingerprint({ 'the records': recordsFingerprint(records) });
    noteOtherVersions(folder, versions, reporter);
    const { gate } = config.simulate;
    const gateModel = gate === undefined ? undefined : await takeGate(folder, gate, reporter);
    return await withEngines(options, { folder, records, template, gateModel });
  } finally {
    await lock.release();
  }
}

/** What a job has before its models are opened. */
interface Opened {
  readonly folder: RunFolder;
  readonly records: JobRecords;
  readonly template: PromptTemplate;
  readonly gateModel: string | undefined;
}

async function withEngines(
  { config, until, reporter, signal, openers = realOpeners, scores }: JobOptions,
  { folder, records, template, gateModel }: Opened,
): Promise<JobResult> {
  const engines = await openEngines(openers, config, {
    scoreFolder: scores ?? folder.file('scores'),
    purpose: scoresLeft(config, folder, until) ? 'score' : 'generate',
    reporter,
    signal,
  });
  const { encoder, model, backend } = engines;
  try {
    await folder.fingerprint({
      'the encoder': encoder.fingerprint,
      'the language model': model.fingerprint,
      'the gating backend': backend.name,
    });
    const shared = { folder, config, template, encoder, model, backend, reporter, signal };
    const job: JobContext = gateModel === undefined ? shared : { ...shared, gateModel };
    if (config.method.name !== 'mop') return await runMethod(job, records, { until, openers });
    return await runStages(job, records, until);
  } finally {
    await engines.close();
  }
}

/** Whether the language model will be asked for scores: by the fit, the comparison of gates or a method that chooses by likelihood. */
function scoresLeft({ simulate, method, evaluate }: MopConfig, folder: RunFolder, until: JobEnd): boolean {
  if (simulate.gate !== undefined || until === 'personas') return false;
  if (method.name !== 'mop') return method.name.startsWith('picle');
  return !folder.has('fit') || (evaluate.heldOut > 0 && !folder.has('compare'));
}

/** The configuration as the manifest holds it: all but where the folder lies, so that a run may be moved. */
function identityOf(config: MopConfig): Json {
  return JSON.parse(JSON.stringify({ ...config, output: undefined })) as Json;
}

/** Other software may round otherwise: the run goes on, but a person is told. */
function noteOtherVersions(folder: RunFolder, now: Readonly<Record<string, string>>, reporter: JobReporter): void {
  const changed = Object.entries(folder.manifest.versions).filter(([name, version]) => now[name] !== version);
  if (changed.length === 0) return;
  const list = changed.map(([name, version]) => `${name} ${version} (now ${now[name] ?? 'missing'})`).join(', ');
  reporter.note(
    `This run was started with ${list}; what is finished is kept, what is left may differ in the last digits.`,
  );
}
