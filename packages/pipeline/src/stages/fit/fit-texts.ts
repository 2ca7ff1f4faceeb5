import {
  fitDiscrepancy,
  meanPairWeights,
  type DiscrepancyFit,
  type DiscrepancyKernel,
  type FactorSamples,
  type Gate,
  type Population,
} from '@mixture-of-personas/gating';
import { takeRows } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { stacked } from '../../analysis/rows.js';
import type { TextsHistory } from '../../artifacts/fit.js';
import { startsByLikelihood } from '../../config/gate-preset.js';
import type { JobContext } from '../../context/job-context.js';
import type { RecordEmbeddings } from '../embed-records.js';
import { fitByScores, type ScoredFit } from './fit-scores.js';
import type { GatePopulation } from '../gate-population.js';
import { sampleRound, type RoundTexts, type SampleParts } from './sample-pairs.js';

/** Results of earlier stages that a fit by texts uses. */
export interface TextsParts extends Omit<SampleParts, 'temperatures'> {
  readonly embed: RecordEmbeddings;
  readonly population: GatePopulation;
}

/** A fitted gate with the texts that it was chosen by, and the gate that likelihood chose where it is known. */
export interface TextsFit {
  readonly gate: Gate;
  readonly history: Omit<TextsHistory, 'centres'>;
  readonly texts: readonly SyntheticRow[];
  readonly likelihood: Gate | undefined;
}

/** The kernel of the discrepancy (docs/decisions/0140). */
const KERNEL: DiscrepancyKernel = 'energy';
/** Factors on τ and texts where the settings say nothing. */
export const COUNT = 600;
const FACTORS: readonly number[] = [0.8, 0.9, 1];

/**
 * Fits the gate so that texts sampled from the pairs come close to the training records: a first round of texts at every factor on τ, of which
 * one is chosen, then a second one at that factor, half of it where the weight went. Sampled texts are kept as they come.
 */
export async function fitByTexts(job: JobContext, parts: TextsParts): Promise<TextsFit> {
  const { factors = FACTORS, count = COUNT } = job.config.gate.texts;
  const likelihood = startsByLikelihood(job.config) ? await fitByScores(job, parts.population) : undefined;
  const setting = settingOf(job, parts, likelihood);
  const sample = { ...parts, temperatures: setting.options.temperatures };
  const each = Math.max(1, Math.floor(count / 2 / factors.length));
  const one = await sampleRound(job, sample, { number: 1, probabilities: setting.first, each, factors });
  const rough = fitted(setting, [one], factors);
  const { factor } = rough;
  const probabilities = halfOf(
    setting.first,
    meanPairWeights(rough.gate, setting.population, [...Array(setting.population.records.rows).keys()]),
  );
  const rest = count - each * factors.length;
  const two = await sampleRound(job, sample, { number: 2, probabilities, each: rest, factors: [factor] });
  const fit = fitted(setting, [one, two], [factor]);
  say(job, fit);
  const { start, step, gain, standardError, steps } = fit;
  return {
    gate: fit.gate,
    texts: [...one.rows, ...two.rows],
    likelihood: likelihood?.gate,
    history: {
      objective: 'texts',
      kernel: KERNEL,
      texts: one.rows.length + two.rows.length,
      factors,
      factor,
      ...{ start, step, fitted: fit.fitted, gain, standardError, steps },
      likelihood: likelihood?.history ?? null,
    },
  };
}

/** The fixed parts of a fit by texts. */
function settingOf(job: JobContext, { embed, population: all }: TextsParts, likelihood?: ScoredFit) {
  const rows = [...all.training, ...all.validation];
  const { personas, exemplars, ownExemplar } = all;
  // Training and validation records, and all personas and exemplars.
  const population: Population = {
    personas,
    exemplars,
    records: takeRows(all.records, rows),
    ...(ownExemplar === undefined ? {} : { ownExemplar: rows.map((row) => ownExemplar[row]!) }),
  };
  const pairs = personas.rows * exemplars.rows;
  const equal = new Float64Array(pairs).fill(1 / pairs);
  const temperatures = likelihood?.gate.temperatures ?? new Float64Array(personas.rows).fill(1);
  return {
    population,
    options: {
      texts: stacked([embed.training, embed.validation]),
      kernel: KERNEL,
      temperatures,
      seed: job.config.seed,
      signal: job.signal,
      ...(likelihood?.history.fitted === true ? { likelihood: likelihood.start } : {}),
    },
    /** Probabilities of all pairs in the first round: equal, or half by likelihood. */
    first:
      likelihood?.history.fitted === true
        ? halfOf(equal, meanPairWeights(likelihood.gate, population, [...rows.keys()]))
        : equal,
  };
}

function fitted(
  { population, options }: ReturnType<typeof settingOf>,
  rounds: readonly RoundTexts[],
  factors: readonly number[],
): DiscrepancyFit {
  const samples = factors.map((factor) => samplesAt(rounds, factor, population.exemplars.rows));
  return fitDiscrepancy(population, { ...options, samples });
}

/** The texts of all rounds at one factor, as `fitDiscrepancy` takes them. */
function samplesAt(rounds: readonly RoundTexts[], factor: number, exemplars: number): FactorSamples {
  const chosen = ({ factorOf }: RoundTexts): number[] => factorOf.flatMap((one, t) => (one === factor ? [t] : []));
  const pairOf = rounds.flatMap((round) => chosen(round).map((t) => round.pairOf[t]!));
  const pairs = [...new Set(pairOf)].sort((a, b) => a - b);
  const position = new Map(pairs.map((pair, p) => [pair, p]));
  const sampledAt = rounds.filter(({ factors }) => factors.includes(factor));
  return {
    factor,
    pairs: pairs.map((pair) => ({ persona: Math.floor(pair / exemplars), exemplar: pair % exemplars })),
    texts: stacked(rounds.map((round) => takeRows(round.embeddings, chosen(round)))),
    pairOf: pairOf.map((pair) => position.get(pair)!),
    logExpected: Float64Array.from(pairs, (pair) =>
      Math.log(sampledAt.reduce((sum, { each, probabilities }) => sum + each * probabilities[pair]!, 0)),
    ),
  };
}

/** The even mixture of two distributions. */
function halfOf(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => (value + b[i]!) / 2);
}

function say({ reporter }: JobContext, { steps, fitted: found, factor }: DiscrepancyFit): void {
  for (const { start, name, discrepancy, gain, standardError, kept } of steps)
    reporter.info?.(
      `fit: texts, ${name === 'start' ? `${start} weights` : `${name} from ${start} weights`}, energy distance ${discrepancy.toFixed(4)}, ` +
        `${gain.toFixed(4)} less (s.e. ${standardError.toFixed(4)}), ${kept ? 'kept' : 'not kept'}`,
    );
  if (!found)
    reporter.note(
      `The fit by texts found nothing to gain over equal weights; the gate has equal weights, at ${factor} times τ.`,
    );
}
