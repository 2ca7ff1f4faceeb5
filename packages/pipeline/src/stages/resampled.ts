import { takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { resampledExemplar, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { RESAMPLED } from '../artifacts/metrics.js';
import type { JobContext } from '../context/job-context.js';
import type { RecordEmbeddings } from './embed-records.js';
import type { JobExemplars } from './pick-exemplars.js';
import { textSettings } from '../context/text-settings.js';

/** Texts that were written at all, with their embeddings. */
export interface WrittenTexts {
  readonly name: string;
  readonly written: readonly Pick<SyntheticRow, 'text' | 'label' | 'exemplarId' | 'exemplarIds'>[];
  /** One row per text. */
  readonly embeddings: Matrix<Float32Array>;
}

/**
 * The run's exemplars as if they were simulated texts, `count` of them: what any text generator must be compared with. Asks no model: their embeddings
 * are those of the pool. Undefined in a run without exemplars, and in one whose texts they are already.
 */
export function resampledTexts(
  { config }: JobContext,
  { embed, exemplars }: { readonly embed: RecordEmbeddings; readonly exemplars: JobExemplars | undefined },
  count: number,
): WrittenTexts | undefined {
  if (exemplars === undefined || exemplars.exemplars.length === 0 || config.method.name === 'resampled-exemplars')
    return undefined;
  const { seed } = textSettings(config);
  const drawn = Int32Array.from({ length: count }, (_, row) =>
    resampledExemplar(exemplars.exemplars.length, seed, row),
  );
  return {
    name: RESAMPLED,
    written: Array.from(drawn, (j) => {
      const { id, text, label } = exemplars.exemplars[j]!;
      return { text, label: label ?? null, exemplarId: id };
    }),
    embeddings: takeRows(
      embed.pool,
      drawn.map((j) => exemplars.indices[j]!),
    ),
  };
}
