import { availableParallelism } from 'node:os';
import { evaluateSets, type Evaluation } from '@mixture-of-personas/metrics';
import type { Matrix } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { FITTED, type HeldOutComparison } from '../held-out.js';
import type { JobContext } from '../job-context.js';
import { decodeMatrix, encodeMatrix } from '../matrix-file.js';
import { stageResult } from '../stage.js';
import { embedTexts, type RecordEmbeddings } from './embed-records.js';
import type { JobRecords } from './sample-records.js';
import type { SimulatedSets } from './simulate-stage.js';

/** Figures of one set of simulated texts against the golden records. */
export interface EvaluatedTexts {
  readonly name: string;
  readonly figures: Evaluation;
}

/** What `metrics.json` holds. */
export interface RunMetrics {
  readonly heldOut: HeldOutComparison | null;
  readonly evaluation: {
    readonly encoder: string;
    readonly golden: number;
    /** The fitted gate's texts first, then the baselines'. */
    readonly sets: readonly EvaluatedTexts[];
  };
}

const FILE = 'metrics.json';
const EMBEDDINGS = 'synthetic-embeddings.bin';

/** What the stage `evaluate` leaves behind. */
export interface EvaluatedRun {
  readonly metrics: RunMetrics;
  /** Embeddings of the fitted gate's texts, one row for each that is not empty, in their order. */
  readonly embeddings: Matrix<Float32Array>;
}

/** The stage `evaluate`: how close the simulated texts and those of the baselines come to the golden records. */
export async function evaluateStage(
  job: JobContext,
  parts: {
    readonly records: JobRecords;
    readonly embeddings: RecordEmbeddings;
    readonly simulated: SimulatedSets;
    readonly heldOut: HeldOutComparison | undefined;
  },
): Promise<EvaluatedRun> {
  return stageResult(job.folder, {
    name: 'evaluate',
    make: async () => {
      const { metrics, embeddings } = await evaluated(job, parts);
      return { [FILE]: `${JSON.stringify(metrics, null, 2)}\n`, [EMBEDDINGS]: encodeMatrix(embeddings) };
    },
    load: async (read) => ({
      metrics: JSON.parse(new TextDecoder().decode(await read(FILE))) as RunMetrics,
      embeddings: decodeMatrix(await read(EMBEDDINGS)),
    }),
  });
}

async function evaluated(job: JobContext, parts: Parameters<typeof evaluateStage>[1]): Promise<EvaluatedRun> {
  const { simulated, heldOut, records } = parts;
  const { name: method } = job.config.method;
  const name = method === 'mop' ? FITTED : method;
  const fitted = await withEmbeddings(job, name, simulated.fitted);
  const sets: EvaluatedTexts[] = [{ name, figures: await figuresOf(job, parts, { ...fitted, floor: true }) }];
  for (const [name, rows] of Object.entries(simulated.baselines)) {
    const texts = await withEmbeddings(job, name, rows);
    sets.push({ name, figures: await figuresOf(job, parts, { ...texts, floor: false }) });
  }
  const evaluation = { encoder: job.encoder.id, golden: records.golden.length, sets };
  return { metrics: { heldOut: heldOut ?? null, evaluation }, embeddings: fitted.embeddings };
}

/** Texts that were written at all, with their embeddings. */
interface WrittenTexts {
  readonly name: string;
  readonly written: readonly SyntheticRow[];
  readonly embeddings: Matrix<Float32Array>;
}

async function withEmbeddings(job: JobContext, name: string, rows: readonly SyntheticRow[]): Promise<WrittenTexts> {
  const written = rows.filter(({ text }) => text !== '');
  if (written.length < rows.length) {
    job.reporter.note(`${rows.length - written.length} texts of ${name} are empty and left out of the figures.`);
  }
  const texts = written.map(({ text }) => text);
  return { name, written, embeddings: await embedTexts(job, `texts of ${name}`, texts) };
}

/** The floor is golden against golden, so it is computed once. */
async function figuresOf(
  job: JobContext,
  { records, embeddings }: Parameters<typeof evaluateStage>[1],
  { name, written, embeddings: rows, floor }: WrittenTexts & { readonly floor: boolean },
): Promise<Evaluation> {
  const { evaluate, seed, threads = availableParallelism() } = job.config;
  const synthetic = { texts: written.map(({ text }) => text), embeddings: rows, ...labelsOf(written) };
  const golden = {
    texts: records.golden.map(({ text }) => text),
    embeddings: embeddings.golden,
    ...labelsOf(records.golden),
  };
  // Real records that are not golden: with them, floors are computed at the sizes that are compared.
  const reference = {
    texts: records.training.map(({ text }) => text),
    embeddings: embeddings.training,
    ...labelsOf(records.training),
  };
  return evaluateSets(
    { synthetic, golden, reference },
    {
      metrics: evaluate.metrics,
      seed,
      bootstrap: evaluate.bootstrap,
      normalize: evaluate.normalize,
      floorSplits: floor ? 1 : 0,
      threads,
      signal: job.signal,
      onProgress: ({ metric, stage, done }) =>
        job.reporter.progress(`evaluate ${name}`, Math.floor(done * 100), 100, `${metric} ${stage}`),
    },
  );
}

/** Labels, when every row has one. */
function labelsOf(rows: readonly { readonly label?: string | null }[]): { labels?: string[] } {
  const labels = rows.map(({ label }) => label).filter((label) => typeof label === 'string');
  return labels.length === rows.length ? { labels } : {};
}
