import { METRIC_NAMES, type Evaluation, type MetricValue } from '@mixture-of-personas/metrics';
import { z } from 'zod';
import { heldOutComparison } from '../analysis/held-out.js';
import { list } from '../analysis/schema.js';
import { jsonArtifact } from './artifact.js';

/** Name of the column or row that compares real records with other real records. */
export const FLOOR = 'real against real';

/** Name of the set of the exemplars themselves, which every run with exemplars measures beside its texts. */
export const RESAMPLED = 'resampled exemplars';

/** Meaning of the resampled exemplars in a table. */
export const RESAMPLED_SENTENCE =
  'Resampled exemplars are the exemplars themselves, which no model wrote: texts that come no closer show no gain over copying.';

const figure: z.ZodType<MetricValue> = z.object({
  name: z.enum(METRIC_NAMES),
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  floor: z.number().nullable(),
  split: z
    .object({ value: z.number(), n: z.tuple([z.number(), z.number()]) })
    .nullable()
    .exactOptional(),
  n: z.tuple([z.number(), z.number()]),
  parts: z.record(z.string(), z.number()),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.number())])),
  warnings: z.array(z.string()),
});

const evaluation: z.ZodType<Evaluation> = z.object(
  Object.fromEntries(METRIC_NAMES.map((metric) => [metric, figure.optional()])),
);

const promptLabel = z.enum(['never', 'always', 'some']);

const evaluatedTexts = z.object({
  name: z.string(),
  /** Whether the prompts of these texts say a label; absent for texts that no model wrote, and in folders of an earlier version. */
  promptLabel: promptLabel.exactOptional(),
  figures: evaluation,
});

const runMetrics = z.object({
  heldOut: heldOutComparison.nullable(),
  evaluation: z.object({
    encoder: z.string(),
    golden: z.number(),
    /** The fitted gate's texts first, then the baselines', then the resampled exemplars. */
    sets: list(evaluatedTexts),
  }),
});

/** Whether prompts say labels: none, all, or some of them. */
export type PromptLabel = z.infer<typeof promptLabel>;

/** Figures of one set of simulated texts against the golden records. */
export type EvaluatedTexts = z.infer<typeof evaluatedTexts>;

/** Content of `metrics.json`. */
export type RunMetrics = z.infer<typeof runMetrics>;

/** Log-likelihoods of held-out records under the mixture and what it is compared with. */
export const HELD_OUT = jsonArtifact(
  { name: 'held-out.json', stage: 'compare', holds: 'Log-likelihoods of held-out records, and who speaks when' },
  heldOutComparison,
  2,
);

/** The figures of a run. */
export const METRICS_FILE = jsonArtifact(
  { name: 'metrics.json', stage: 'evaluate', holds: 'Figures of every set of texts, and the held-out comparison' },
  runMetrics,
  2,
);
