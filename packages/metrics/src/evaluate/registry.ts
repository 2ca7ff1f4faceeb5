import { leak } from '../copying/leak.js';
import { energy } from '../distances/energy.js';
import { frechetAtInfinity } from '../distances/frechet-infinity.js';
import { frechet } from '../distances/frechet.js';
import { kernelInception } from '../distances/kid.js';
import { gaussianMmd } from '../distances/mmd.js';
import { distinctN } from '../diversity/distinct-n.js';
import { selfBleuScore } from '../diversity/self-bleu.js';
import { vendiScore } from '../diversity/vendi.js';
import { cosineKl } from '../histograms/cosine-kl.js';
import { mauveMetric } from '../histograms/mauve.js';
import { answers } from '../labels/answers.js';
import { downstream } from '../labels/f1.js';
import type { Metric, MetricFacts } from '../metric/define-metric.js';
import type { MetricValue as ValueOf } from '../metric/metric-value.js';
import { coverage, density, precision, recall } from '../neighbors/ball-metrics.js';
import { twoSample } from '../neighbors/c2st.js';
import { subgroup } from '../neighbors/subgroup.js';

// A new metric is one file with `defineMetric`, imported here and put into the list: names, facts, schema, command line and README follow.
const LIST = [
  frechet,
  frechetAtInfinity,
  mauveMetric,
  cosineKl,
  kernelInception,
  gaussianMmd,
  precision,
  recall,
  density,
  coverage,
  vendiScore,
  distinctN,
  selfBleuScore,
  twoSample,
  energy,
  answers,
  subgroup,
  leak,
  downstream,
] as const;

/** Name of a metric, as `evaluateSets` and `mop evaluate --metrics` take it. */
export type MetricName = (typeof LIST)[number]['name'];
/** The value of one metric, with its uncertainty, its floor and warnings. */
export type MetricValue<Own extends string = never> = ValueOf<MetricName | Own>;

const byName = <Value>(of: (metric: Metric<MetricName>) => Value): Readonly<Record<MetricName, Value>> =>
  Object.fromEntries(LIST.map((metric) => [metric.name, of(metric)])) as Record<MetricName, Value>;

/** Every metric by name, in the order of a printed table. */
export const DEFINITIONS: Readonly<Record<MetricName, Metric<MetricName>>> = byName((metric) => metric);
/** Facts of every metric by name, in the order of a printed table. */
export const METRICS: Readonly<Record<MetricName, MetricFacts>> = byName(({ facts }) => facts);
/** All metric names, in the order of {@link METRICS}. */
export const METRIC_NAMES: readonly MetricName[] = LIST.map(({ name }) => name);
