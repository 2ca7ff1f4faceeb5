import { METRIC_NAMES, type Evaluation, type MetricName } from '@mixture-of-personas/metrics';
import { UserError } from '../errors.js';
import { nearest } from './nearest.js';

/** A condition under which `mop evaluate` exits with code 2: `fid>1.2`, or of a part: `mauve.mauveStar<0.9`. */
export interface Threshold {
  readonly metric: MetricName;
  readonly part: string | undefined;
  readonly comparison: keyof typeof HOLDS;
  readonly limit: number;
  /** As it was written. */
  readonly text: string;
}

/** Metrics from a list such as `fid,mauve`. @throws UserError `unknown-metric` with the nearest */
export function metricsOf(list: string): MetricName[] {
  const names = list.split(',').filter((name) => name.trim() !== '');
  if (names.length === 0) throw new UserError('unknown-metric', 'No metric was named.', { remedy: KNOWN });
  return [...new Set(names.map((name) => knownMetric(name.trim())))];
}

/** @throws UserError `bad-threshold` or `unknown-metric` */
export function thresholdOf(text: string): Threshold {
  const [, name, part, comparison, limit] = /^\s*([\w-]+)(?:\.([\w.-]+))?\s*(>=|<=|>|<)\s*(\S+)\s*$/.exec(text) ?? [];
  if (name === undefined || comparison === undefined || limit === undefined || !Number.isFinite(Number(limit)))
    throw new UserError('bad-threshold', `--fail-if "${text}" is no condition.`, {
      remedy: 'Write a metric, a comparison and a number, such as "fid>1.2" or "mauve<0.8".',
    });
  return {
    metric: knownMetric(name),
    part,
    comparison: comparison as Threshold['comparison'],
    limit: Number(limit),
    text,
  };
}

/**
 * The thresholds that figures cross, each as a sentence.
 * @throws UserError `bad-threshold` when a threshold names a part that the figure does not have
 */
export function crossed(thresholds: readonly Threshold[], figures: Evaluation): string[] {
  return thresholds.flatMap((threshold) => {
    const value = valueOf(threshold, figures);
    return HOLDS[threshold.comparison](value, threshold.limit)
      ? [`${threshold.text} holds: it is ${Number(value.toPrecision(6))}.`]
      : [];
  });
}

const KNOWN = `Known are ${METRIC_NAMES.join(', ')}.`;

function knownMetric(name: string): MetricName {
  const metric = ALIASES[name] ?? METRIC_NAMES.find((known) => known === name);
  if (metric !== undefined) return metric;
  const near = nearest(name, METRIC_NAMES);
  throw new UserError('unknown-metric', `There is no metric ${name}.`, {
    remedy: near === undefined ? KNOWN : `Did you mean ${near}?`,
  });
}

function valueOf({ metric, part, text }: Threshold, figures: Evaluation): number {
  const figure = figures[metric];
  const value = part === undefined ? figure?.value : figure?.parts[part];
  if (value !== undefined) return value;
  const parts = Object.keys(figure?.parts ?? {});
  throw new UserError('bad-threshold', `--fail-if "${text}": ${metric} has no part ${part ?? ''}.`, {
    remedy: `It has ${parts.length === 0 ? 'none' : parts.slice(0, 12).join(', ')}.`,
  });
}

const HOLDS = {
  '>': (value: number, limit: number): boolean => value > limit,
  '>=': (value: number, limit: number): boolean => value >= limit,
  '<': (value: number, limit: number): boolean => value < limit,
  '<=': (value: number, limit: number): boolean => value <= limit,
} as const;

/** Names that papers use for a metric. */
const ALIASES: Readonly<Record<string, MetricName>> = {
  fid: 'frechet',
  'fid-infinity': 'frechet-infinity',
  kl: 'cosine-kl',
};
