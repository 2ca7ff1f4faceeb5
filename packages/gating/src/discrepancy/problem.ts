import { randomFor, sampleWithoutReplacement, SettingError, takeRows, toFloat64 } from '@mixture-of-personas/numeric';
import { fitSpace } from '../fit/parameters.js';
import { foldsOf, type Fold } from '../fit/steps.js';
import { contextsOf } from '../fit/weights.js';
import { requirePopulation, requireRecords, type Population } from '../mixture/population.js';
import { discrepancyForm, requirePairsOfTexts, type DiscrepancyForm } from './form.js';
import type { CountedSamples, GateInputsOf } from './objective.js';
import type { DiscrepancyOptions, FactorSamples } from './options.js';

const WHERE = 'fitDiscrepancy';

/** Everything that stays the same during a fit. */
export interface Problem extends GateInputsOf {
  /** Of positions in the order of training. */
  readonly folds: readonly Fold[];
  readonly options: DiscrepancyOptions;
  /** Rows of the population, in the order that folds count them in. */
  readonly training: readonly number[];
  /** A tenth of the kernel's spread over the records: the unit of the ridge. */
  readonly unit: number;
  readonly bandwidth: number;
}

/** The discrepancy between the training records and some texts of a factor. */
export interface WeighedForm {
  readonly form: DiscrepancyForm;
  readonly counted: CountedSamples;
  /** Position of each text among the factor's. */
  readonly positions: readonly number[];
}

/** Checks the settings and lays out what the fit needs. @throws ShapeError, SettingError */
export function problemOf(population: Population, options: DiscrepancyOptions): Problem {
  requirePopulation(WHERE, population);
  const { records, personas, exemplars } = population;
  const { samples, texts, folds = 4, contexts = 64, seed = 0, likelihood } = options;
  if (texts.rows !== records.rows)
    throw new SettingError(WHERE, 'texts', `${records.rows} rows, one per record`, texts.rows);
  if (samples.length === 0) throw new SettingError(WHERE, 'samples', 'at least one', 'none');
  for (const { factor, pairs } of samples) {
    if (!(factor > 0 && factor < Infinity)) throw new SettingError(WHERE, 'factor', 'a number above 0', factor);
    const stranger = pairs.find(({ persona, exemplar }) => !(persona < personas.rows && exemplar < exemplars.rows));
    if (stranger) throw new SettingError(WHERE, 'samples.pairs', 'of the population', JSON.stringify(stranger));
  }
  const training = requireRecords(WHERE, 'training', options.training, population);
  if (!Number.isInteger(folds) || folds < 2 || 2 * folds > training.length) {
    throw new SettingError(WHERE, 'folds', 'an integer of at least 2, for two training records each', folds);
  }
  const shuffled = sampleWithoutReplacement(training.length, training.length, randomFor(seed, 'folds', 0));
  const order = Array.from(shuffled, (i) => training[i]);
  const space = fitSpace(population, { rank: 64, matrixRank: 8, temperatureRange: [0.25, 2.5] });
  if (likelihood !== undefined && likelihood.vector.length !== space.size)
    throw new SettingError(WHERE, 'likelihood.vector', `${space.size} numbers`, likelihood.vector.length);
  const { constant, kernel, bandwidth } = discrepancyForm(samples[0], takeRows(texts, order), options);
  return {
    space,
    contexts: contextsOf(space, toFloat64(takeRows(records, order.slice(0, contexts)))),
    folds: foldsOf([...order.keys()], folds),
    options,
    training: order,
    unit: Math.max(1e-9, 0.1 * ((kernel === 'energy' ? 0 : 1) - constant)),
    bandwidth,
  };
}

/** The form of the training records and of the texts of a factor, or of some, by their number when they stand pair by pair. */
export function weighedForm(
  { options, bandwidth, training }: Problem,
  samples: FactorSamples,
  isIn: (number: number) => boolean = () => true,
): WeighedForm {
  const pairOf = requirePairsOfTexts(WHERE, samples);
  const byPair = Array.from(pairOf, (p, t) => ({ p, t })).sort((a, b) => a.p - b.p || a.t - b.t);
  const chosen = byPair.filter((_, i) => isIn(i));
  const met = [...new Set(chosen.map(({ p }) => p))];
  const newPosition = new Map(met.map((p, at) => [p, at]));
  const positions = chosen.map(({ t }) => t);
  const part = {
    pairs: met.map((p) => samples.pairs[p]),
    texts: takeRows(samples.texts, positions),
    pairOf: chosen.map(({ p }) => newPosition.get(p)!),
  };
  const form = discrepancyForm(part, takeRows(options.texts, training), { ...options, bandwidth });
  const { logExpected } = samples;
  const importance = form.counts.map((n, at) => (logExpected ? n * Math.exp(-logExpected[met[at]]) : 1));
  return { form, counted: { pairs: part.pairs, importance }, positions };
}
