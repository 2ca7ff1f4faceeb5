import { SettingError, ShapeError } from '@mixture-of-personas/numeric';

import type { Metric, MetricFacts, Resampling } from '../metric/define-metric.js';
import { MetricInputError } from '../metric/errors.js';
import { rowsOfSet, type EvaluatedSets } from '../metric/evaluated-sets.js';
import type { GoldenSplit, MetricValue, SettingValue } from '../metric/metric-value.js';
import { readySets } from '../metric/ready-sets.js';
import type { Settings } from '../metric/settings.js';
import { goldenPair } from './golden-pairs.js';
import { generalWarnings } from './warnings.js';

/** Steps that an evaluation takes for every metric. */
export interface MetricPlan {
  readonly settings: Settings;
  readonly bootstrap: number;
  readonly confidence: number;
  readonly floorSplits: number;
}

/** Progress of one metric. */
export interface MetricStep {
  readonly stage: 'value' | 'interval' | 'floor';
  /** Share of this metric that is done, 0 … 1, each stage a third. */
  readonly done: number;
}

/** Computes one metric: value, then interval, then floor; yields before each piece of work. */
export function* metricSteps<Name extends string>(
  metric: Metric<Name>,
  sets: EvaluatedSets,
  plan: MetricPlan,
): Generator<MetricStep, MetricValue<Name>> {
  const { name, facts } = metric;
  yield { stage: 'value', done: 0 };
  const { resampling, value, parts = {}, ...computed } = metric.compute(readySets(sets, plan.settings));
  const interval = plan.bootstrap === 0 ? NO_INTERVAL : yield* intervalSteps(facts, value, { of: resampling(), plan });
  const real = yield* goldenSteps(metric, sets, plan);
  const warnings = [...(computed.warnings ?? []), ...real.warnings];
  const done: MetricValue<Name> = {
    name,
    value,
    interval: interval.ends,
    floor: real.floor,
    split: real.split,
    n: [rowsOfSet(sets.synthetic), rowsOfSet(sets.golden)],
    parts,
    settings: { ...computed.settings, seed: plan.settings.seed, ...interval.settings, ...real.settings },
    warnings,
  };
  return { ...done, warnings: [...warnings, ...generalWarnings(done, facts, sets)] };
}

interface Interval {
  readonly ends: [number, number] | null;
  readonly settings: Record<string, SettingValue>;
}

const NO_INTERVAL: Interval = { ends: null, settings: {} };

function* intervalSteps(
  { range: [least, most] }: MetricFacts,
  value: number,
  { of, plan }: { readonly of: Resampling | undefined; readonly plan: MetricPlan },
): Generator<MetricStep, Interval> {
  if (!of) return NO_INTERVAL;
  const samples = new Float64Array(of.count(plan.bootstrap));
  for (let i = 0; i < samples.length; i++) {
    yield { stage: 'interval', done: (1 + i / samples.length) / 3 };
    samples[i] = of.sample(i, samples.length);
  }
  const { confidence } = plan;
  const [low, high] = of.interval(value, samples, confidence);
  // Resamples that all agree, as a single one does, say nothing of a spread, nor do those that float64 cannot hold.
  if (!(low < high && high - low < Infinity)) return NO_INTERVAL;
  const settings = { interval: of.method, ...(samples.length > 0 && { resamples: samples.length }), confidence };
  return { ends: [Math.max(least, low), Math.min(most, high)], settings };
}

interface Real extends Pick<MetricValue, 'floor' | 'warnings'> {
  readonly split: GoldenSplit | null;
  readonly settings: Record<string, SettingValue>;
}

/** The metric of real records against real records. */
function* goldenSteps({ facts, compute }: Metric, sets: EvaluatedSets, plan: MetricPlan): Generator<MetricStep, Real> {
  const { floorSplits, settings } = plan;
  const none = { floor: null, split: null, settings: {} };
  if (floorSplits === 0) return { ...none, warnings: [] };
  const at = goldenPair(facts.of, sets, settings.seed, 0);
  let value = 0;
  try {
    for (let split = 0; split < floorSplits; split++) {
      yield { stage: 'floor', done: (2 + split / floorSplits) / 3 };
      value += compute(readySets(goldenPair(facts.of, sets, settings.seed, split).sets, settings)).value / floorSplits;
    }
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof SettingError || error instanceof MetricInputError))
      throw error;
    return { ...none, warnings: [`No floor: golden cannot be split in two here (${error.message})`] };
  }
  if (at.isFloor) return { ...none, floor: value, settings: { floorSplits }, warnings: [] };
  return { ...none, split: { value, n: at.n }, settings: { floorSplits }, warnings: [] };
}
