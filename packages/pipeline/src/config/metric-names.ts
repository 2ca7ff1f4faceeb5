import { METRIC_NAMES, type MetricName } from '@mixture-of-personas/metrics';

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
