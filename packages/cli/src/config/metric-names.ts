import type { MetricName } from '@mixture-of-personas/metrics';

/** Every metric that can be asked for, in the order of the metrics package. */
export const METRIC_NAMES = [
  'frechet',
  'frechet-infinity',
  'mauve',
  'cosine-kl',
  'kid',
  'mmd',
  'precision',
  'recall',
  'density',
  'coverage',
  'vendi',
  'distinct-n',
  'self-bleu',
  'c2st',
  'energy',
  'answers',
  'subgroup',
  'leak',
  'f1',
] as const satisfies readonly MetricName[];

/** Names that papers use for a metric. */
const ALIASES: Readonly<Record<string, MetricName>> = {
  fid: 'frechet',
  'fid-infinity': 'frechet-infinity',
  kl: 'cosine-kl',
};

/** The metric of a name or alias, or undefined. */
export function metricOf(name: string): MetricName | undefined {
  return ALIASES[name] ?? METRIC_NAMES.find((known) => known === name);
}
