import { SettingError, ShapeError } from '@mixture-of-personas/numeric';

import { intervalOf, normalQuantile } from '../bootstrap.js';
import { MetricInputError } from '../errors.js';
import type { EvaluatedSets } from '../evaluate-sets.js';
import type { Figure, MetricName, SettingValue } from '../figure.js';
import { METRICS } from '../metric-facts.js';
import { computations } from './computations.js';
import { floorSets } from './floor-sets.js';
import type { Outcome } from './outcome.js';
import { readySets, type ReadySettings } from './ready-sets.js';
import { generalWarnings } from './warnings.js';

/** What an evaluation does for every metric. */
export interface FigurePlan {
  readonly settings: ReadySettings;
  readonly bootstrap: number;
  readonly confidence: number;
  readonly floorSplits: number;
}

/** How far one figure is. */
export interface FigureStep {
  readonly stage: 'value' | 'interval' | 'floor';
  /** Share of this figure that is done, 0 … 1, each stage a third. */
  readonly done: number;
}

/** Computes one figure: value, then interval, then floor; yields before each piece of work. */
export function* figureSteps(metric: MetricName, sets: EvaluatedSets, plan: FigurePlan): Generator<FigureStep, Figure> {
  yield { stage: 'value', done: 0 };
  const outcome = computations[metric](readySets(sets, plan.settings));
  const interval = yield* intervalSteps(metric, outcome, plan);
  const floor = yield* floorSteps(metric, sets, plan);
  const n: [number, number] = [rowsOfSet(sets.synthetic), rowsOfSet(sets.golden)];
  const warnings = [...(outcome.warnings ?? []), ...floor.warnings];
  const figure: Figure = {
    name: metric,
    value: outcome.value,
    interval: interval.ends,
    floor: floor.value,
    n,
    parts: outcome.parts ?? {},
    settings: { ...outcome.settings, seed: plan.settings.seed, ...interval.settings, ...floor.settings },
    warnings,
  };
  return { ...figure, warnings: [...warnings, ...generalWarnings(figure, sets)] };
}

interface Interval {
  readonly ends: [number, number] | null;
  readonly settings: Record<string, SettingValue>;
}

function* intervalSteps(metric: MetricName, outcome: Outcome, plan: FigurePlan): Generator<FigureStep, Interval> {
  const { bootstrap, confidence } = plan;
  const none = { ends: null, settings: {} };
  if (bootstrap === 0) return none;
  if (outcome.standardError) {
    const { value: error, method } = outcome.standardError;
    const reach = normalQuantile((1 + confidence) / 2) * error;
    const ends = withinRange(metric, [outcome.value - reach, outcome.value + reach]);
    return { ends, settings: { interval: method, confidence } };
  }
  const { resampler } = outcome;
  if (!resampler || bootstrap < 2) return none;
  const samples = new Float64Array(Math.max(2, Math.min(bootstrap, resampler.atMost ?? bootstrap)));
  for (let i = 0; i < samples.length; i++) {
    yield { stage: 'interval', done: (1 + i / samples.length) / 3 };
    samples[i] = resampler.sample(i);
  }
  return {
    ends: withinRange(metric, intervalOf(outcome.value, samples, confidence, resampler.method)),
    settings: {
      interval: `${resampler.method} bootstrap over ${resampler.over}`,
      resamples: samples.length,
      confidence,
    },
  };
}

function withinRange(metric: MetricName, [low, high]: readonly [number, number]): [number, number] {
  const [least, most] = METRICS[metric].range;
  const clip = (value: number): number => Math.min(most, Math.max(least, value));
  return [clip(low), clip(high)];
}

interface Floor {
  readonly value: number | null;
  readonly settings: Record<string, SettingValue>;
  readonly warnings: string[];
}

function* floorSteps(metric: MetricName, sets: EvaluatedSets, plan: FigurePlan): Generator<FigureStep, Floor> {
  const { floorSplits, settings } = plan;
  let sum = 0;
  let rows: readonly number[] = [];
  for (let split = 0; split < floorSplits; split++) {
    yield { stage: 'floor', done: (2 + split / floorSplits) / 3 };
    const halves = floorSets(metric, sets, settings.seed, split);
    rows = [rowsOfSet(halves.synthetic), rowsOfSet(halves.golden)];
    try {
      sum += computations[metric](readySets(halves, settings)).value;
    } catch (error) {
      if (!(error instanceof ShapeError || error instanceof SettingError || error instanceof MetricInputError))
        throw error;
      return {
        value: null,
        settings: {},
        warnings: [`No floor: golden cannot be split in two here (${error.message})`],
      };
    }
  }
  if (floorSplits === 0) return { value: null, settings: {}, warnings: [] };
  return { value: sum / floorSplits, settings: { floorRows: rows, floorSplits }, warnings: [] };
}

function rowsOfSet({ embeddings, texts, labels }: EvaluatedSets['golden']): number {
  return embeddings?.rows ?? texts?.length ?? labels?.length ?? 0;
}
