import { availableParallelism } from 'node:os';
import {
  evaluateSets,
  type EvaluatedSet,
  type EvaluatedSets,
  type Evaluation,
  type MetricName,
} from '@mixture-of-personas/metrics';
import { SettingError, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { resampledExemplar, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { promptLabelOf } from '../cards/card.js';
import { FEWEST, poolOf } from '../context/sample-records.js';
import type { JobContext } from '../context/job-context.js';
import { textSettings } from '../context/text-settings.js';
import { UserError } from '../errors.js';
import { METRICS_FILE, RESAMPLED, type EvaluatedTexts, type RunMetrics } from '../artifacts/metrics.js';
import { SYNTHETIC_EMBEDDINGS } from '../artifacts/texts.js';
import type { Stage } from '../context/stage.js';
import type { BaselineTexts, SourceParts } from './simulate-stage.js';

/** Result of the stage `evaluate`. */
export interface EvaluatedRun {
  readonly metrics: RunMetrics;
  /** Embeddings of the fitted gate's texts, one row for each that is not empty, in their order. */
  readonly embeddings: Matrix<Float32Array>;
}

/** Inputs of the evaluation: the texts and what they are compared with. */
interface EvaluatedParts extends Pick<SourceParts, 'embed' | 'compare'>, BaselineTexts {
  readonly exemplars: SourceParts['exemplars'] | undefined;
  readonly fit: SourceParts['fit'] | undefined;
  readonly simulate: readonly SyntheticRow[];
}

/** Measures how close the simulated texts and those of the baselines come to the golden records. */
export const evaluateStage: Stage<'evaluate', EvaluatedParts, EvaluatedRun> = {
  name: 'evaluate',
  does: 'Compares the texts with the golden records',
  part: 'evaluate',
  inputs: [
    'embed',
    'exemplars',
    'fit',
    'compare',
    'simulate',
    'simulate-zero-shot',
    'simulate-uniform',
    'simulate-likelihood',
  ],
  artifacts: [METRICS_FILE, SYNTHETIC_EMBEDDINGS],
  async make(job, parts) {
    const { metrics, embeddings } = await evaluated(job, parts);
    return { ...METRICS_FILE.file(metrics), ...SYNTHETIC_EMBEDDINGS.file(embeddings) };
  },
  load: async ({ folder }) => ({
    metrics: await folder.read(METRICS_FILE),
    embeddings: await folder.read(SYNTHETIC_EMBEDDINGS),
  }),
};

async function evaluated(job: JobContext, parts: EvaluatedParts): Promise<EvaluatedRun> {
  const name = parts.fit?.name ?? job.config.method.name;
  const fitted = await withEmbeddings(job, name, parts.simulate);
  const figures = await figuresOf(job, parts, { ...fitted, metrics: job.config.evaluate.metrics, floor: true });
  const sets: EvaluatedTexts[] = [{ name, ...promptLabelOf(parts.simulate), figures }];
  const metrics = Object.keys(figures) as MetricName[];
  for (const kind of new Set(job.config.evaluate.baselines)) {
    const rows = parts[`simulate-${kind}`];
    if (rows === undefined) continue;
    const texts = await withEmbeddings(job, kind, rows);
    const found = await figuresOf(job, parts, { ...texts, metrics, floor: false });
    sets.push({ name: kind, ...promptLabelOf(rows), figures: found });
  }
  sets.push(...(await resampledSet(job, parts, { count: fitted.written.length, metrics })));
  const evaluation = { encoder: job.encoder.id, golden: job.records.golden.length, sets };
  return { metrics: { heldOut: parts.compare ?? null, evaluation }, embeddings: fitted.embeddings };
}

/** Texts that were written at all, with their embeddings. */
interface WrittenTexts {
  readonly name: string;
  readonly written: readonly Pick<SyntheticRow, 'text' | 'label' | 'exemplarId' | 'exemplarIds'>[];
  /** One row per text. */
  readonly embeddings: Matrix<Float32Array>;
}

/** The row that nobody asks for: where its texts do not allow a figure, such as F1 with exemplars of one class, a note says so and the run goes on. */
async function resampledSet(
  job: JobContext,
  parts: EvaluatedParts,
  { count, metrics }: { readonly count: number; readonly metrics: readonly MetricName[] },
): Promise<EvaluatedTexts[]> {
  const texts = resampledTexts(job, parts, count);
  if (texts === undefined) return [];
  try {
    return [{ name: RESAMPLED, figures: await figuresOf(job, parts, { ...texts, metrics, floor: false }) }];
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    job.reporter.note(`No figures of ${RESAMPLED}: ${error.message}`);
    return [];
  }
}

/**
 * The run's exemplars as if they were simulated texts, `count` of them: what any text generator must be compared with. Asks no model: their embeddings
 * are those of the pool. Undefined in a run without exemplars, and in one whose texts they are already.
 */
function resampledTexts(
  { config }: JobContext,
  { embed, exemplars }: EvaluatedParts,
  count: number,
): WrittenTexts | undefined {
  if (exemplars === undefined || exemplars.exemplars.length === 0 || config.method.name === 'resampled-exemplars')
    return undefined;
  const { seed } = textSettings(config);
  const drawn = Array.from({ length: count }, (_, row) => resampledExemplar(exemplars.exemplars.length, seed, row));
  const indices = drawn.map((j) => exemplars.indices[j]!);
  const written = drawn.map((j) => {
    const { id, text, label = null } = exemplars.exemplars[j]!;
    return { text, label, exemplarId: id };
  });
  return { name: RESAMPLED, written, embeddings: takeRows(embed.pool, indices) };
}

async function withEmbeddings(job: JobContext, name: string, rows: readonly SyntheticRow[]): Promise<WrittenTexts> {
  const written = rows.filter(({ text }) => text !== '');
  if (written.length < rows.length)
    job.reporter.note(`${rows.length - written.length} texts of ${name} are empty and left out of the figures.`);
  if (written.length < FEWEST.texts) {
    const problem = `Only ${written.length} of the ${rows.length} texts of ${name} are not empty, and figures are of at least ${FEWEST.texts}.`;
    throw new UserError('too-few-texts', problem, { remedy: 'Look at the prompts with mop doctor.' });
  }
  const texts = written.map(({ text }) => text);
  return { name, written, embeddings: await job.embed(`texts of ${name}`, texts) };
}

/** Figures of some texts: those asked for, else the usual ones; the floor is of real records alone, so it is computed once. */
async function figuresOf(
  job: JobContext,
  parts: EvaluatedParts,
  { name, metrics, floor, ...texts }: WrittenTexts & { metrics: readonly MetricName[] | undefined; floor: boolean },
): Promise<Evaluation> {
  const { records, reporter, signal } = job;
  const { bootstrap, normalize, mauve } = job.config.evaluate;
  const { seed, threads = availableParallelism() } = job.config;
  const options = { seed, bootstrap, normalize, mauve, threads, signal, metrics };
  const shown = shownExemplars(job, parts, texts.written);
  const sets = {
    synthetic: { name, ...sideOf(texts.written, texts.embeddings) },
    golden: sideOf(records.golden, parts.embed.golden),
    // Real records that are not golden: with them, floors are computed at the sizes that are compared.
    reference: sideOf(records.training, parts.embed.training),
    ...shown,
  };
  return evaluateSets(sets, {
    ...options,
    floorSplits: floor ? 1 : 0,
    // Copies of exemplars are looked for wherever prompts show some.
    also: shown.exemplars === undefined ? [] : ['leak'],
    onProgress: ({ metric, stage, done }) =>
      reporter.progress(`evaluate ${name}`, Math.floor(done * 100), 100, `${metric} ${stage}`),
  });
}

/** The exemplars of a run, or the records of its pool that its texts name where a method draws its own, and the first one in each text's prompt. */
function shownExemplars(
  { records }: JobContext,
  { embed, exemplars }: Pick<EvaluatedParts, 'embed' | 'exemplars'>,
  written: WrittenTexts['written'],
): Pick<EvaluatedSets, 'exemplars' | 'exemplarOf'> {
  const first = written.map(({ exemplarIds, exemplarId }) => exemplarIds?.[0] ?? exemplarId);
  const named = new Set(first);
  const pool = poolOf(records);
  const indices = exemplars?.indices ?? pool.flatMap(({ id }, i) => (id !== '' && named.has(id) ? [i] : []));
  if (indices.length === 0) return {};
  const rows = indices.map((i) => pool[i]!);
  const rowOf = new Map(rows.map(({ id }, j) => [id, j]));
  return {
    exemplars: { texts: rows.map(({ text }) => text), embeddings: takeRows(embed.pool, Int32Array.from(indices)) },
    exemplarOf: first.map((id) => rowOf.get(id) ?? -1),
  };
}

/** One side of the comparison, with labels when every row has one. */
function sideOf(
  rows: readonly { readonly text: string; readonly label?: string | null }[],
  embeddings: Matrix,
): EvaluatedSet {
  const labels = rows.map(({ label }) => label).filter((label) => typeof label === 'string');
  return { texts: rows.map(({ text }) => text), embeddings, ...(labels.length === rows.length ? { labels } : {}) };
}
