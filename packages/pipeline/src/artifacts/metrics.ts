import { METRIC_NAMES, type Evaluation, type MetricValue } from '@mixture-of-personas/metrics';
import { z } from 'zod';
import type { HeldOutComparison } from '../analysis/held-out.js';
import { jsonArtifact, type Artifact } from './artifact.js';
import { heldOutComparison } from './held-out.js';

/** Figures of one set of simulated texts against the golden records. */
export interface EvaluatedTexts {
  readonly name: string;
  /** Whether the prompts of these texts say a label; absent for texts that no model wrote, and in folders of an earlier version. */
  readonly promptLabel?: PromptLabel;
  readonly figures: Evaluation;
}

/** Whether prompts say labels: none, all, or some of them. */
export type PromptLabel = 'never' | 'always' | 'some';

/** Name of the column or row that compares real records with other real records. */
export const FLOOR = 'real against real';

/** Name of the set of the exemplars themselves, which every run with exemplars measures beside its texts. */
export const RESAMPLED = 'resampled exemplars';

/** Meaning of the resampled exemplars in a table. */
export const RESAMPLED_SENTENCE =
  'Resampled exemplars are the exemplars themselves, which no model wrote: texts that come no closer show no gain over copying.';

/** Content of `metrics.json`. */
export interface RunMetrics {
  readonly heldOut: HeldOutComparison | null;
  readonly evaluation: {
    readonly encoder: string;
    readonly golden: number;
    /** The fitted gate's texts first, then the baselines', then the resampled exemplars. */
    readonly sets: readonly EvaluatedTexts[];
  };
}

const name = z.enum(METRIC_NAMES);

const figure: z.ZodType<MetricValue> = z.object({
  name,
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

/** The figures of a run. */
export const METRICS_FILE: Artifact<RunMetrics> = jsonArtifact(
  { name: 'metrics.json', stage: 'evaluate', holds: 'Figures of every set of texts, and the held-out comparison' },
  z.object({
    heldOut: heldOutComparison.nullable(),
    evaluation: z.object({
      encoder: z.string(),
      golden: z.number(),
      sets: z.array(
        z.object({
          name: z.string(),
          promptLabel: z.enum(['never', 'always', 'some']).exactOptional(),
          figures: evaluationSchema(),
        }),
      ),
    }),
  }),
  2,
);

function evaluationSchema(): z.ZodType<Evaluation> {
  return z.object(Object.fromEntries(METRIC_NAMES.map((metric) => [metric, figure.optional()])));
}
