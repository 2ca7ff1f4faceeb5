import { multiplyByTranspose, rowOf, takeRows, unitRows } from '@mixture-of-personas/numeric';
import {
  simulate,
  simulateBaseline,
  type PairSource,
  type Persona,
  type SyntheticRow,
} from '@mixture-of-personas/synthesis';
import type { ModelOpeners } from '../engines/model-openers.js';
import type { JobContext } from '../context/job-context.js';
import { requireNotAborted, type JobEnd, type JobResult } from './job-result.js';
import { decodeLines, encodeLines } from '../run-folder/json-lines.js';
import { rowsInBlocks } from '../run-folder/partial-rows.js';
import { stageResult } from '../context/stage.js';
import { embedRecords, embedTexts, type RecordEmbeddings } from '../stages/embed-records.js';
import { evaluateStage } from '../stages/evaluate-stage.js';
import { makePersonas } from '../stages/make-personas.js';
import { pickExemplars, type JobExemplars } from '../stages/pick-exemplars.js';
import type { JobRecords } from '../context/sample-records.js';
import { orderedRow, syntheticParquet } from '../run-folder/synthetic-files.js';
import { baselineOf } from '../methods/method-rows.js';

const FILE = 'synthetic.jsonl';

/** Rows `from` … `to − 1`, given all before them. */
type MakeRows = (from: number, to: number, earlier: readonly SyntheticRow[]) => AsyncGenerator<SyntheticRow>;

/** The stages of a run whose texts no fitted mixture writes: records, texts, figures. Personas are made only where the method has some. */
export async function runMethod(
  job: JobContext,
  records: JobRecords,
  { until, openers }: { readonly until: JobEnd; readonly openers: ModelOpeners },
): Promise<JobResult> {
  const { config, folder, signal } = job;
  const embeddings = await embedRecords(job, records);
  if (until === 'personas' || until === 'fit') return resultOf(job);
  requireNotAborted(signal);
  const { name } = config.method;
  const rows = await stageResult(folder, {
    name: 'simulate',
    make: async () => {
      const paired = name === 'uniform' || name === 'nearest';
      const make = paired ? await pairRows(job, records, embeddings) : await baselineRows(job, records, openers);
      const made = await rowsInBlocks(folder, blocksOf(job, make));
      return { [FILE]: encodeLines(made), 'synthetic.parquet': syntheticParquet(made) };
    },
    load: async (read) => decodeLines(await read(FILE)) as SyntheticRow[],
  });
  if (until === 'simulate') return resultOf(job);
  requireNotAborted(signal);
  const { metrics } = await evaluateStage(job, {
    records,
    embeddings,
    simulated: { fitted: rows, baselines: {} },
    heldOut: undefined,
  });
  await folder.removePartial('');
  return { ...resultOf(job), metrics };
}

function blocksOf({ config, reporter }: JobContext, make: MakeRows): Parameters<typeof rowsInBlocks<SyntheticRow>>[1] {
  const { count, batchSize } = config.simulate;
  return {
    name: FILE,
    total: count,
    blockSize: batchSize,
    onBlock: (done) => reporter.progress('simulate', done, count),
    make: async (from, to, earlier) => {
      const rows: SyntheticRow[] = [];
      for await (const row of make(from, to, earlier)) rows.push(orderedRow(row));
      return rows;
    },
  };
}

/** Texts of a method without personas. */
async function baselineRows(job: JobContext, records: JobRecords, openers: ModelOpeners): Promise<MakeRows> {
  const { config, model, template, signal } = job;
  const { name, temperature } = config.method;
  if (name === 'mop' || name === 'uniform' || name === 'nearest') throw new Error(`${name} is no baseline`);
  const baseline = await baselineOf(job, name, { records, openers });
  const settings = { ...textSettings(job), temperature, signal };
  return (from, to, earlier) =>
    simulateBaseline({ baseline, model, template }, { ...settings, from, count: to - from, earlier });
}

/** Texts of personas and exemplars that no gate weighs. */
async function pairRows(job: JobContext, records: JobRecords, embeddings: RecordEmbeddings): Promise<MakeRows> {
  const { config, model, template, signal } = job;
  const personas = await makePersonas(job, records, embeddings);
  const exemplars = await pickExemplars(job, records);
  const temperature = config.method.temperature ?? config.gate.temperature;
  const pairs: PairSource =
    config.method.name === 'uniform'
      ? { kind: 'uniform', temperature }
      : { kind: 'paired', temperature, exemplarOf: await nearestExemplars(job, { personas, exemplars, embeddings }) };
  const from = { model, template, personas, exemplars: exemplars.exemplars, records: records.training, pairs };
  const options = { ...textSettings(job), signal, role: config.templates.role, mix: config.simulate.mix };
  return (first, to) => simulate(from, { ...options, from: first, count: to - first });
}

/** For each persona the exemplar of largest cosine. */
async function nearestExemplars(
  job: JobContext,
  parts: { personas: readonly Persona[]; exemplars: JobExemplars; embeddings: RecordEmbeddings },
): Promise<Int32Array> {
  const { personas, exemplars, embeddings } = parts;
  const said = await embedTexts(
    job,
    'personas',
    personas.map(({ persona }) => persona),
  );
  const cosines = multiplyByTranspose(unitRows(said), unitRows(takeRows(embeddings.training, exemplars.indices)));
  return Int32Array.from(personas, (_, k) => {
    const row = rowOf(cosines, k);
    return row.indexOf(Math.max(...row));
  });
}

function textSettings({ config }: JobContext) {
  const { maxTokens, topP, batchSize, seed = config.seed } = config.simulate;
  return { seed, maxTokens, topP, block: batchSize };
}

function resultOf({ folder }: JobContext): JobResult {
  return { folder: folder.path, finished: Object.keys(folder.manifest.stages) };
}
