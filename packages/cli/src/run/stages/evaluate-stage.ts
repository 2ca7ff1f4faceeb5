import { evaluateSets, type Evaluation } from '@mixture-of-personas/metrics';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import type { HeldOutComparison } from '../held-out.js';
import type { JobContext } from '../job-context.js';
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

/** The stage `evaluate`: how close the simulated texts and those of the baselines come to the golden records. */
export async function evaluateStage(
  job: JobContext,
  parts: {
    readonly records: JobRecords;
    readonly embeddings: RecordEmbeddings;
    readonly simulated: SimulatedSets;
    readonly heldOut: HeldOutComparison | undefined;
  },
): Promise<RunMetrics> {
  return stageResult(job.folder, {
    name: 'evaluate',
    make: async () => ({ [FILE]: `${JSON.stringify(await metricsOf(job, parts), null, 2)}\n` }),
    load: async (read) => JSON.parse(new TextDecoder().decode(await read(FILE))) as RunMetrics,
  });
}

async function metricsOf(job: JobContext, parts: Parameters<typeof evaluateStage>[1]): Promise<RunMetrics> {
  const { simulated, heldOut, records } = parts;
  const sets: EvaluatedTexts[] = [];
  const named = [['fitted gate', simulated.fitted], ...Object.entries(simulated.baselines)] as const;
  for (const [name, rows] of named) {
    sets.push({ name, figures: await figuresOf(job, parts, { name, rows, floor: sets.length === 0 }) });
  }
  return {
    heldOut: heldOut ?? null,
    evaluation: { encoder: job.encoder.id, golden: records.golden.length, sets },
  };
}

/** The floor is golden against golden, so it is computed once. */
async function figuresOf(
  job: JobContext,
  { records, embeddings }: Parameters<typeof evaluateStage>[1],
  { name, rows, floor }: { name: string; rows: readonly SyntheticRow[]; floor: boolean },
): Promise<Evaluation> {
  const { evaluate, seed } = job.config;
  const written = rows.filter(({ text }) => text !== '');
  if (written.length < rows.length) {
    job.reporter.note(`${rows.length - written.length} texts of ${name} are empty and left out of the figures.`);
  }
  const texts = written.map(({ text }) => text);
  const synthetic = { texts, embeddings: await embedTexts(job, `texts of ${name}`, texts), ...labelsOf(written) };
  const golden = {
    texts: records.golden.map(({ text }) => text),
    embeddings: embeddings.golden,
    ...labelsOf(records.golden),
  };
  return evaluateSets(
    { synthetic, golden },
    {
      metrics: evaluate.metrics,
      seed,
      bootstrap: evaluate.bootstrap,
      normalize: evaluate.normalize,
      floorSplits: floor ? 1 : 0,
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
