import { METRICS, type EvaluatedSet, type EvaluatedSets, type MetricName } from '@mixture-of-personas/metrics';
import type { WorkLog } from '../log.js';
import { UserError } from '../errors.js';
import { realOpeners, type ModelOpeners } from './model-openers.js';
import { loadEvaluatedSet, type LoadedSet } from '../data/evaluated-set.js';
import type { RecordFormat } from '../data/sources/formats.js';
import { labelFormsWarning } from '../data/label-forms.js';

/** Which sets, and how to read and embed them. */
export interface SetsSource {
  readonly synthetic: string;
  readonly golden: string;
  readonly exemplars: string | undefined;
  readonly encoder: string | undefined;
  readonly format: RecordFormat;
  readonly split: string;
  readonly text: string | undefined;
  readonly label: string | undefined;
  readonly threads: number | undefined;
}

/** Engines, log and abort signal of an evaluation. */
export interface EmbeddingContext {
  /** @defaultValue the real engines */
  readonly openers?: ModelOpeners | undefined;
  readonly reporter: WorkLog;
  readonly signal: AbortSignal;
}

/**
 * Reads both sides, and embeds those that are texts where a metric needs embeddings.
 * @throws UserError `no-encoder` when embeddings are needed and there is no encoder; `no-texts`, `no-labels` when a metric's part is missing
 */
export async function loadSets(
  source: SetsSource,
  metrics: readonly MetricName[],
  context: EmbeddingContext,
): Promise<EvaluatedSets> {
  const { format, split, text, label } = source;
  const load = (path: string): Promise<LoadedSet> =>
    loadEvaluatedSet({ path, format, split, columns: { text, label } });
  const synthetic = await load(source.synthetic);
  const golden = await load(source.golden);
  const exemplars = source.exemplars === undefined ? undefined : await load(source.exemplars);
  requireParts(metrics, { synthetic, golden });
  const warning = labelFormsWarning(synthetic.set.labels ?? [], golden.set.labels ?? []);
  if (warning !== undefined) context.reporter.warn(warning);
  const sides = {
    synthetic: synthetic.set,
    golden: golden.set,
    ...(exemplars === undefined ? {} : { exemplars: exemplars.set }),
  };
  const needsEmbeddings = metrics.find((metric) => METRICS[metric].needs.includes('embeddings'));
  if (needsEmbeddings === undefined || Object.values(sides).every(({ embeddings }) => embeddings !== undefined))
    return sides;
  if (source.encoder === undefined)
    throw new UserError('no-encoder', `${needsEmbeddings} needs embeddings, and a side is given as texts.`, {
      remedy: 'Name an encoder with --encoder onnx:FOLDER-OR-HUB-ID, or give both sides as .npy.',
    });
  return embedSides(sides, source.encoder, source.threads, context);
}

async function embedSides(
  sides: EvaluatedSets,
  name: string,
  threads: number | undefined,
  { openers = realOpeners, reporter, signal }: EmbeddingContext,
): Promise<EvaluatedSets> {
  const encoder = await openers.openEncoder(name, threads);
  try {
    const embedded = async (side: string, set: EvaluatedSet): Promise<EvaluatedSet> => {
      if (set.embeddings !== undefined || set.texts === undefined) return set;
      const progress = reporter.progress(`embed ${side}`);
      const embeddings = await encoder.embed(set.texts, {
        signal,
        onProgress: (done, total) => progress.update(done, total),
      });
      return { ...set, embeddings };
    };
    const synthetic = await embedded('synthetic', sides.synthetic);
    const golden = await embedded('golden', sides.golden);
    const exemplars = sides.exemplars === undefined ? {} : { exemplars: await embedded('exemplars', sides.exemplars) };
    if (encoder.truncated > 0) reporter.warn(`${encoder.truncated} texts were cut to the encoder's maximum length.`);
    return { synthetic, golden, ...exemplars };
  } finally {
    await encoder.close();
  }
}

/** Requires the parts that no encoder can add: texts of a matrix, labels of rows that have none. */
function requireParts(
  metrics: readonly MetricName[],
  sides: Readonly<Record<'synthetic' | 'golden', LoadedSet>>,
): void {
  for (const metric of metrics) {
    const { needs } = METRICS[metric];
    for (const [side, { set, rows, unlabeled }] of Object.entries(sides)) {
      if (needs === 'texts' && set.texts === undefined)
        throw new UserError('no-texts', `${metric} needs texts, and the ${side} side is a matrix of embeddings.`, {
          remedy: 'Give the texts, or leave this metric out.',
        });
      // Without labels, subgroups are clusters.
      if (needs.includes('labels') && metric !== 'subgroup' && set.labels === undefined) {
        const problem = `${metric} needs a label in every row; ${unlabeled} of ${rows} ${side} rows have none.`;
        throw new UserError('no-labels', problem, {
          remedy: 'Name the column with --label, or leave this metric out.',
        });
      }
    }
  }
}
