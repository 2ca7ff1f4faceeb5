import type { Encoder } from '@mixture-of-personas/encoder';
import type { Gate } from '@mixture-of-personas/gating';
import type { LanguageModel } from '@mixture-of-personas/llm';
import type { Persona, PopulationRecord, SyntheticRow } from '@mixture-of-personas/synthesis';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldOutComparison } from '../analysis/held-out.js';
import type { RunMetrics } from '../artifacts/metrics.js';
import { REPORT_PAGE } from '../artifacts/report-data.js';
import { asSection, withDemo, type Settings } from '../config/demo.js';
import { configFrom } from '../config/load.js';
import type { MopConfig } from '../config/schema.js';
import { withinReach } from '../context/sample-records.js';
import { loadPool, loadRecordSets, splitRecords, type RecordSets } from '../context/record-sets.js';
import { loadRecords, type RecordSource } from '../data/records.js';
import { recordMaker } from '../data/to-record.js';
import { keptOpen, realOpeners, type ModelOpeners } from '../engines/model-openers.js';
import { UserError } from '../errors.js';
import type { SourceParts } from '../stages/simulate-stage.js';
import { openRun, type OpenRun, type RunOptions } from './run-pipeline.js';

/** A text somebody wrote; `id` is made where there is none. */
export type GivenRecord = Pick<PopulationRecord, 'text' | 'label' | 'context'> & { readonly id?: string };

/** Records themselves, or where they are read. */
export type GivenRecords = readonly GivenRecord[] | string | RecordSource;

/** Options of `mixtureOfPersonas`. */
export interface MixtureOptions extends Pick<RunOptions, 'reporter' | 'signal'> {
  /** The population: records, a path or a record source. */
  readonly records: GivenRecords;
  /** Real records to compare with. @defaultValue a fifth of the records, drawn with the seed and taken out of the population */
  readonly golden?: GivenRecords;
  /** A name such as `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL#MODEL`, or an opened encoder, which is left open. @defaultValue 'embedded' */
  readonly encoder?: string | Encoder;
  /** A name likewise, or an opened language model, which is left open. @defaultValue 'embedded' */
  readonly model?: string | LanguageModel;
  /** Settings as in `mop.yaml`, nested (`{ gate: { topM: 8 } }`). Counts that are left out are no larger than the records allow. */
  readonly settings?: Settings;
  /** Run folder, which a later call resumes. @defaultValue a temporary folder, removed by `close` */
  readonly output?: string;
}

/** A fitted mixture, and what can be made from it. */
export interface MixtureRun extends AsyncDisposable {
  /** The run folder. */
  readonly folder: string;
  readonly config: MopConfig;
  readonly personas: readonly Persona[];
  readonly exemplars: readonly PopulationRecord[];
  /** W_x, W_g, W_e and τ. */
  readonly gate: Gate;
  /** Log-likelihoods of held-out records, nats; undefined with `evaluate.heldOut` 0. */
  readonly heldOut: HeldOutComparison | undefined;
  /** The figures, once `evaluate` or `report` has made them. */
  readonly metrics: RunMetrics | undefined;
  /**
   * The first `count` simulated texts. A later call continues after them, and the same settings give the same texts.
   * @param count at most `simulate.count`, its default
   * @throws UserError `bad-setting` for more
   */
  simulate(count?: number): Promise<readonly SyntheticRow[]>;
  /** Compares all `simulate.count` texts with the golden records. */
  evaluate(): Promise<RunMetrics>;
  /** Writes the report, evaluating first. @param path file to write; the run folder's own when absent. @returns the path */
  report(path?: string): Promise<string>;
  /** Closes what the run opened, and removes a temporary folder. */
  close(): Promise<void>;
}

/**
 * Fits a mixture of personas to records: (persona, exemplar) prompts for a frozen language model, weighted by a gate.
 * @throws UserError in one sentence for records, settings or models that cannot be used
 */
export async function mixtureOfPersonas(options: MixtureOptions): Promise<MixtureRun> {
  const { output, reporter, signal } = options;
  const temporary = output === undefined ? await mkdtemp(join(tmpdir(), 'mop-')) : undefined;
  const remove = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    const config = configOf(options, output ?? temporary);
    const sets = await setsOf(options, config);
    const run = await openRun(withinReach(config, options.settings ?? {}, sets), {
      openers: openersOf(options),
      readSets: () => Promise.resolve(sets),
      reporter,
      signal,
    });
    const close = (): Promise<void> => run.close().finally(remove);
    try {
      await run.runTo('fit');
      return fittedRun(run, close);
    } catch (error) {
      await run.close();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

function fittedRun(run: OpenRun, close: () => Promise<void>): MixtureRun {
  const { job, results } = run;
  const { personas, exemplars, fit, compare, embed, population } = results;
  if (
    personas === undefined ||
    exemplars === undefined ||
    fit === undefined ||
    embed === undefined ||
    population === undefined
  )
    throw new UserError('bad-setting', `method.name is ${job.config.method.name}, which fits no gate.`, {
      remedy: 'Use mop, or runPipeline for other methods.',
    });
  const parts: SourceParts = { personas, exemplars, fit, compare, embed, population };
  const evaluate = async (): Promise<RunMetrics> => {
    await run.runTo('evaluate');
    const { metrics } = results.evaluate ?? {};
    if (metrics === undefined) throw new UserError('damaged-run', 'The run ended without figures.');
    return metrics;
  };
  return {
    folder: job.folder.path,
    config: job.config,
    personas,
    exemplars: exemplars.exemplars,
    gate: fit.gate,
    heldOut: compare,
    get metrics() {
      return results.evaluate?.metrics;
    },
    simulate: (count = job.config.simulate.count) => firstTexts(run, parts, count),
    evaluate,
    async report(path) {
      await evaluate();
      const own = job.folder.file(REPORT_PAGE.name);
      if (path !== undefined) await copyFile(own, path);
      return path ?? own;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function firstTexts(run: OpenRun, parts: SourceParts, count: number): Promise<readonly SyntheticRow[]> {
  const { job, results } = run;
  const most = job.config.simulate.count;
  if (!Number.isInteger(count) || count < 1 || count > most) {
    const problem = `simulate takes a count from 1 to ${most}, which is simulate.count; got ${count}.`;
    throw new UserError('bad-setting', problem, { remedy: 'For more texts give settings: { simulate: { count } }.' });
  }
  if (count === most && results.simulate === undefined) await run.runTo('simulate');
  if (results.simulate !== undefined) return results.simulate.slice(0, count);
  const { methodSource } = await import('../methods/text-source.js');
  const { simulatedRows } = await import('../stages/simulate-stage.js');
  const rows = await simulatedRows(job, parts, { name: 'simulate', source: methodSource, atLeast: count });
  return rows.slice(0, count);
}

function configOf({ records, golden, encoder, model, settings }: MixtureOptions, output = ''): MopConfig {
  const { population = {}, golden: compared = {}, ...others } = settings ?? {};
  const draft = {
    ...others,
    population: { ...asSection(population), ...sourceOf(records, 'records') },
    ...(golden === undefined
      ? { golden: compared }
      : { golden: { ...asSection(compared), ...sourceOf(golden, 'golden') } }),
    ...(encoder === undefined ? {} : { encoder: { model: nameOf(encoder) } }),
    ...(model === undefined ? {} : { llm: { ...asSection(others['llm']), model: nameOf(model) } }),
    output,
  };
  return configFrom(withDemo(draft, true));
}

function nameOf(engine: string | Encoder | LanguageModel): string {
  return typeof engine === 'string' ? engine : engine.id;
}

/** Source of records, or a name that stands for those that were handed over. */
function sourceOf(given: GivenRecords, name: string): Settings {
  if (typeof given === 'string') return { path: given };
  if (!isSource(given)) return { path: name };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

async function setsOf({ records, golden }: MixtureOptions, config: MopConfig): Promise<RecordSets> {
  if (isPlace(records) && (golden === undefined || isPlace(golden))) return loadRecordSets(config);
  const train = await recordsOf(records, config.population, 'records');
  const pool = await loadPool(config);
  if (golden === undefined) return { ...splitRecords(train, config.seed), pool };
  const source = { ...config.golden, path: config.golden.path ?? '' };
  return { train, golden: await recordsOf(golden, source, 'golden'), pool };
}

async function recordsOf(given: GivenRecords, source: RecordSource, name: string): Promise<PopulationRecord[]> {
  if (isPlace(given)) return loadRecords(source);
  // Scripts without types leave them out, or misspell them.
  const isList: boolean = Array.isArray(given);
  if (!isList) throw new UserError('bad-setting', `${name} must be an array of { text }, a path or a record source.`);
  const odd = given.findIndex((one) => typeof one !== 'object');
  if (odd >= 0)
    throw new UserError('bad-setting', `${name}[${odd}] is a ${typeof given[odd]}; a record is an object { text }.`);
  const make = recordMaker({});
  return given.map((fields, i) => make({ fields: { ...fields }, key: String(i), where: `record ${i}` }, name));
}

function isPlace(given: GivenRecords): given is string | RecordSource {
  return typeof given === 'string' || isSource(given);
}

function isSource(given: GivenRecords): given is RecordSource {
  return typeof given === 'object' && 'path' in (given ?? {});
}

function openersOf({ encoder, model }: MixtureOptions): ModelOpeners {
  return {
    openEncoder: async (...asked) =>
      typeof encoder === 'object' ? keptOpen(encoder) : realOpeners.openEncoder(...asked),
    openLanguageModel: async (...asked) =>
      typeof model === 'object' ? keptOpen(model) : realOpeners.openLanguageModel(...asked),
  };
}
