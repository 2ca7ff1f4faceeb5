import { randomFor, rowOf, SettingError, type Matrix } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';
import { clusteredMean } from './clustered.js';
import type { CompareOptions, ComparedMixture, GateComparison, GateDifference, MixtureEstimate } from './options.js';
import type { PairScorer } from '../mixture/gate.js';
import {
  logWeightsUnder,
  marginalDensity,
  mixtureOfRecords,
  recordDensities,
  singlePair,
  type DensityOf,
} from './pair-density.js';
import { drawsPerHalf, effectivePairsOf, estimateOf, sampleOf, type RecordSample } from './pair-sample.js';
import { requirePopulation, requireRecords, type Population } from '../mixture/population.js';
import { rememberingScorer, type RememberingScorer } from '../scores/score-cache.js';
import { bestTemperature, requireRange, TEMPERATURE_RANGE } from '../scores/temperature.js';

/** `CompareOptions` with every default filled in. */
type Settings = ReturnType<typeof settingsOf>;

/** Scored samples of some records with every mixture's log-weights of them: row c of `logWeights[i]` is mixture c's. */
interface Judged {
  readonly samples: readonly RecordSample[];
  readonly logWeights: readonly Matrix<Float64Array>[];
}

/**
 * Judges mixtures on held-out records by ONE estimator with the same scored pairs for all: P pairs per record from the equal mixture of all their pair
 * distributions, log p̂(y) = log (1/P) Σ_s w(s)/q(s) p_τ(y|s). p̂ is unbiased for every mixture; its logarithm lies below the truth (Jensen),
 * less so the better the pairs fit the mixture, which `meanWithHalfThePairs` lets one see. Every mixture is judged at temperatures of its own, fitted
 * by the same estimator on training records.
 * @param population all records; `training` and `heldOut` are rows of it
 * @param mixtures at least one, with different names
 * @param score asked once for every distinct (record, pair)
 * @throws SettingError or ShapeError when names repeat, rows do not exist or a setting is out of range
 */
export async function compareGates(
  population: Population,
  mixtures: readonly ComparedMixture[],
  score: PairScorer,
  options: CompareOptions,
): Promise<GateComparison> {
  const settings = settingsOf(population, mixtures, options);
  const scorer = rememberingScorer(score);
  const temperatureRows = settings.training.slice(0, settings.trainingRecords);
  const training = await judge(population, mixtures, scorer, { settings, rows: temperatureRows, held: false });
  const temperatures = mixtures.map((mixture, c) =>
    temperaturesOf(mixture, population.personas.rows, settings.temperatureRange, (values) =>
      averageAt(training, c, values),
    ),
  );
  const heldOut = await judge(population, mixtures, scorer, { settings, rows: settings.heldOut, held: true });
  const estimates = mixtures.map(({ name }, c) =>
    describeMixture(name, heldOut, c, { temperatures: temperatures[c], blockSize: settings.recordsPerDraw }),
  );
  return {
    estimates,
    pairs: 2 * mixtures.length * drawsPerHalf(settings.pairs, mixtures.length),
    pairsScored: scorer.scored,
    difference: (a, b) => differenceOf(estimates, a, b, settings.recordsPerDraw),
    heldOutPairs: heldOut.samples.map(({ pairs }) => pairs),
  };
}

async function judge(
  population: Population,
  mixtures: readonly ComparedMixture[],
  scorer: RememberingScorer,
  { settings, rows, held }: { settings: Settings; rows: readonly number[]; held: boolean },
): Promise<Judged> {
  const purpose = held ? 'compare held-out' : 'compare training';
  const components = mixtures.map((mixture, c) => densityOf(mixture, population, rows, { settings, purpose, c }));
  const { recordsPerDraw, seed, signal } = settings;
  const pairs = held ? settings.pairs : settings.trainingPairs;
  const samples = await sampleOf({ records: rows, components, pairs, recordsPerDraw, seed, purpose, signal }, scorer);
  const logWeights = samples.map(({ pairs }, position) => {
    const densities = components.map((component) => component(position));
    return logWeightsUnder(densities, pairs);
  });
  return { samples, logWeights };
}

function densityOf(
  mixture: ComparedMixture,
  population: Population,
  rows: readonly number[],
  { settings, purpose, c }: { settings: Settings; purpose: string; c: number },
): DensityOf {
  if (mixture.kind === 'gate')
    return settings.likelihood === 'marginal' || mixture.withoutInput === true
      ? marginalDensity(mixtureOfRecords(mixture.gate, population, settings.training))
      : recordDensities(mixture.gate, population, rows);
  const { personas, exemplars } = population;
  return (position) => {
    const random = randomFor(settings.seed, `${purpose} pair ${c}`, Math.floor(position / settings.recordsPerDraw));
    const persona = Math.floor(random() * personas.rows);
    return singlePair({ persona, exemplar: Math.floor(random() * exemplars.rows) });
  };
}

function averageAt(judged: Judged, c: number, temperatures: Float64Array): number {
  let sum = 0;
  judged.samples.forEach((sample, i) => (sum += estimateOf(sample, rowOf(judged.logWeights[i], c), temperatures)));
  return sum / judged.samples.length;
}

function temperaturesOf(
  mixture: ComparedMixture,
  personas: number,
  range: readonly [number, number],
  objective: (temperatures: Float64Array) => number,
): Float64Array {
  const best = (temperaturesAt: (temperature: number) => Float64Array): Float64Array =>
    temperaturesAt(bestTemperature(range, (temperature) => objective(temperaturesAt(temperature))));
  if (mixture.kind === 'randomPair' || (mixture.temperatures ?? 'global') === 'global')
    return best((temperature) => new Float64Array(personas).fill(temperature));
  const own = mixture.gate.temperatures;
  if (mixture.temperatures === 'own') return own.slice();
  const center = Math.exp(own.reduce((sum, value) => sum + Math.log(value), 0) / personas);
  const [low, high] = range;
  return best((temperature) => own.map((value) => Math.min(high, Math.max(low, (value / center) * temperature))));
}

function describeMixture(
  name: string,
  judged: Judged,
  c: number,
  { temperatures, blockSize }: { temperatures: Float64Array; blockSize: number },
): MixtureEstimate {
  const { samples } = judged;
  const logWeights = judged.logWeights.map((table) => rowOf(table, c));
  const logLikelihoods = Float64Array.from(samples, (sample, i) => estimateOf(sample, logWeights[i], temperatures));
  const halves = samples.map((sample, i) => {
    const middle = sample.pairs.length / 2;
    const first = estimateOf(sample, logWeights[i], temperatures, [0, middle]);
    return (first + estimateOf(sample, logWeights[i], temperatures, [middle, sample.pairs.length])) / 2;
  });
  const judgedBy = clusteredMean(logLikelihoods, blockSize);
  return {
    name,
    temperatures,
    logLikelihoods,
    ...judgedBy,
    effectivePairs: meanOf(samples.map((sample, i) => effectivePairsOf(sample, logWeights[i], temperatures))),
    meanWithHalfThePairs: meanOf(halves),
    bias: meanOf(halves) - judgedBy.mean,
  };
}

function differenceOf(estimates: readonly MixtureEstimate[], a: string, b: string, blockSize: number): GateDifference {
  const [one, other] = [a, b].map((name) => {
    const found = estimates.find((estimate) => estimate.name === name);
    if (found === undefined) throw new SettingError('difference', 'name', 'that of a compared mixture', name);
    return found;
  });
  const differences = one.logLikelihoods.map((value, i) => value - other.logLikelihoods[i]);
  return { ...clusteredMean(differences, blockSize), bias: one.bias - other.bias };
}

function settingsOf(population: Population, mixtures: readonly ComparedMixture[], options: CompareOptions) {
  const where = 'compareGates';
  const { pairs = 48, recordsPerDraw = 4, likelihood = 'conditional', seed = 0, signal } = options;
  const { trainingPairs = pairs, trainingRecords = 100, temperatureRange = TEMPERATURE_RANGE } = options;
  requirePopulation(where, population);
  const counts = { pairs, trainingPairs, trainingRecords, recordsPerDraw };
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) throw new SettingError(where, name, 'a positive integer', value);
  }
  if (mixtures.length === 0) throw new SettingError(where, 'mixtures', 'at least one', 'none');
  if (new Set(mixtures.map(({ name }) => name)).size < mixtures.length) {
    throw new SettingError(where, 'mixtures', 'differently named', mixtures.map(({ name }) => name).join(', '));
  }
  return {
    ...counts,
    likelihood,
    seed,
    signal,
    temperatureRange: requireRange(where, temperatureRange),
    training: requireRecords(where, 'training', options.training, population),
    heldOut: requireRecords(where, 'heldOut', options.heldOut, population),
  };
}
