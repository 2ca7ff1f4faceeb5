import { zeroShotRequests } from '@mixture-of-personas/synthesis';
import { withGateInput } from '../config/gate-preset.js';
import type { MopConfig } from '../config/schema.js';
import type { JobContext } from '../context/job-context.js';
import { JUDGED } from '../context/doctor-checks.js';
import { loadRecordSets, type RecordSets } from '../context/record-sets.js';
import { fittingRecords } from '../context/fitting-records.js';
import { recordsFingerprint, requireFigures, sampleRecords, THE_RECORDS } from '../context/sample-records.js';
import type { JobEnd } from '../context/stage.js';
import { loadTemplate } from '../context/text-files.js';
import { takeGate } from '../context/transfer.js';
import { isAddresses } from '../data/sources/addresses.js';
import { openEngines, type Engines } from '../engines/engines.js';
import { realOpeners, type ModelOpeners } from '../engines/model-openers.js';
import { SILENT, type JobReporter } from '../log.js';
import { filesOn, type RunFiles } from '../run-folder/files.js';
import { acquireLock } from '../run-folder/lock.js';
import { identityOf } from '../run-folder/run-config.js';
import { openRunFolder } from '../run-folder/run-folder.js';
import { runVersions } from '../run-folder/versions.js';
import type { JobResult, StageRunner } from './run-stages.js';

const SHARED_GOLDEN =
  'There are too few golden records for a part of their own for every seed: golden records of different seeds overlap, so intervals over seeds are too narrow for new golden records.';

const EMBEDDED =
  'The embedded language model writes in the style of State of the Union addresses alone: try the calls with it, and name a model of your own (llm.model) for texts like these records.';

/** Options of a run besides its configuration. */
export interface RunOptions {
  /** Last part of the job. @defaultValue 'evaluate', the end */
  readonly until?: JobEnd;
  /** Told what the run does. @defaultValue nobody */
  readonly reporter?: JobReporter | undefined;
  /** Stops the run between two pieces of work; everything finished is kept. */
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue the engines that the configuration names */
  readonly openers?: ModelOpeners | undefined;
  /** Reads the records. @defaultValue from where the configuration says, every time */
  readonly readSets?: (config: MopConfig) => Promise<RecordSets>;
  /** Folder of scores that several runs share. @defaultValue `scores/` of the run's own folder */
  readonly scores?: string;
  /** @defaultValue the real disk */
  readonly files?: RunFiles;
}

/** A run whose folder is locked and whose models are open. */
export interface OpenRun extends StageRunner {
  readonly job: JobContext;
  /** Closes the models and releases the folder. */
  close(): Promise<void>;
}

/**
 * The whole pipeline: from records to a run folder with a fitted gate, simulated texts and figures. What an earlier process finished or began
 * in the folder is used, so that the same call after a kill at any moment ends with the same bytes.
 * @throws UserError when the settings ask for what is not there, the folder holds another run or another process is at work in it
 */
export async function runPipeline(config: MopConfig, options: RunOptions = {}): Promise<JobResult> {
  const { until = 'evaluate' } = options;
  const run = await openRun(config, { ...options, until });
  try {
    return await run.runTo(until);
  } finally {
    await run.close();
  }
}

/** Opens a run without starting a stage. @throws as `runPipeline` does */
export async function openRun(given: MopConfig, options: RunOptions): Promise<OpenRun> {
  const { reporter = SILENT, readSets = loadRecordSets, files = filesOn() } = options;
  const sets = await readSets(given);
  const config = withGateInput(given, sets);
  const records = sampleRecords(sets, config);
  if (options.until === 'evaluate') requireFigures(records, config);
  if (records.disjointGolden === false) reporter.note(SHARED_GOLDEN);
  const fingerprint = recordsFingerprint(records);
  const template = await loadTemplate(config);
  const lock = await acquireLock(`${config.output}/run.lock`);
  try {
    const versions = runVersions();
    const { model } = config.llm;
    const identity = { config: identityOf(config), versions, ...(model.startsWith('server:') ? { model } : {}) };
    const folder = await openRunFolder(config.output, identity, {
      files,
      onNote: (sentence) => reporter.note(sentence),
    });
    await folder.fingerprint({ [THE_RECORDS]: fingerprint });
    const { gate } = config.simulate;
    const gateModel = gate === undefined ? undefined : await takeGate(folder, gate, reporter);
    // What the stages are made of takes a while to load, which other commands need not spend.
    const { stageRunner } = await import('./run-stages.js');
    const { job, close } = await withEngines(options, { config, records, gateModel, folder, template, reporter });
    const closeAll = (): Promise<void> => close().finally(() => lock.release());
    return { job, ...stageRunner(job), close: closeAll };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

type WithoutEngines = Omit<JobContext, Exclude<keyof Engines, 'close'> | 'openers' | 'signal'>;

async function withEngines(
  { until = 'evaluate', signal = new AbortController().signal, openers = realOpeners, scores }: RunOptions,
  plan: WithoutEngines,
): Promise<{ readonly job: JobContext; readonly close: () => Promise<void> }> {
  const { config, folder, reporter } = plan;
  const { purposeLeft } = await import('./run-stages.js');
  const { close, ...engines } = await openEngines(openers, config, {
    scoreFolder: scores ?? folder.file('scores'),
    pairs: zeroShotRequests(plan.template, plan.records.training.slice(0, JUDGED), config.prompt),
    purpose: purposeLeft(plan, folder, until),
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
    if (model.id === 'embedded' && !isAddresses(config.population)) reporter.note(EMBEDDED);
    const measure = model.measure?.bind(model);
    const { records, message } = await fittingRecords(plan.records, { ...plan, measure });
    if (message !== undefined) reporter.note(message);
    return { job: { ...plan, ...engines, records, openers, signal }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
