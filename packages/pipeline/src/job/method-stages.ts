import { textSource, type SyntheticRow, type TextWriter } from '@mixture-of-personas/synthesis';
import type { ModelOpeners } from '../engines/model-openers.js';
import type { JobContext } from '../context/job-context.js';
import { requireNotAborted, type JobEnd, type JobResult } from './job-result.js';
import { decodeLines, encodeLines } from '../run-folder/json-lines.js';
import { rowsInBlocks } from '../run-folder/partial-rows.js';
import { stageResult } from '../context/stage.js';
import { embedRecords } from '../stages/embed-records.js';
import { evaluateStage } from '../stages/evaluate-stage.js';
import type { JobRecords } from '../context/sample-records.js';
import { orderedRow, syntheticParquet } from '../run-folder/synthetic-files.js';
import { sourceContext } from '../methods/source-context.js';

const FILE = 'synthetic.jsonl';

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
  const source = textSource(config.method.name);
  const rows = await stageResult(folder, {
    name: 'simulate',
    make: async () => {
      const make = await source.make(sourceContext(job, records, { embeddings, openers }), config.method);
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

function blocksOf(
  { config, reporter }: JobContext,
  make: TextWriter,
): Parameters<typeof rowsInBlocks<SyntheticRow>>[1] {
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

function resultOf({ folder }: JobContext): JobResult {
  return { folder: folder.path, finished: Object.keys(folder.manifest.stages) };
}
