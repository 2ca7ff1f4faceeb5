import { fitTemperature, type LogLikelihoodCurve } from '@mixture-of-personas/gating';
import { drawIndex, logSumExp, randomFor, rowOf, type Matrix } from '@mixture-of-personas/numeric';
import { renderPrompt, zeroShotRequests, type Persona, type PopulationRecord } from '@mixture-of-personas/synthesis';
import { NO_EXEMPLAR, spreadOf, ZERO_SHOT, type Judged } from '../analysis/held-out.js';
import type { JobContext } from '../context/job-context.js';
import type { JobRecords } from '../context/sample-records.js';

/** The records that a prompt is judged by: its temperature is fitted on the first, its figure is that of the second. */
export type JudgedRecords = Pick<JobRecords, 'training' | 'heldOut'>;

/** The prompt without persona and exemplar, at the one temperature that suits the training records best. */
export async function judgeZeroShot(job: JobContext, records: JudgedRecords): Promise<Judged> {
  const { config, model, template, signal } = job;
  const training = await model.score(zeroShotRequests(template, records.training, config.prompt), { signal });
  const heldOut = await model.score(zeroShotRequests(template, records.heldOut, config.prompt), { signal });
  return judgedAt(job, ZERO_SHOT, training, heldOut);
}

/**
 * The fitted gate's personas without exemplars: log Σ_k π_k p_τ(y | g_k, x), at the one temperature that suits the training records best. All K personas
 * are summed where `evaluate.pairs` allows, so no estimator holds this figure down; of more, as many are drawn from π.
 * `probabilities` has π of training, then of held-out records, one row each.
 */
export async function judgeWithoutExemplars(
  job: JobContext,
  { training, heldOut }: JudgedRecords,
  { personas, probabilities }: { readonly personas: readonly Persona[]; readonly probabilities: Matrix },
): Promise<Judged> {
  const { config, model, signal, reporter } = job;
  const records = [...training, ...heldOut];
  const shares = records.map((_, i) => personaShares(rowOf(probabilities, i), config.evaluate.pairs, config.seed, i));
  const requests = shares.flatMap((chosen, i) =>
    chosen.map(({ persona }) => requestOf(job, personas[persona]!, records[i]!)),
  );
  const curves = await model.score(requests, {
    signal,
    onProgress: (done, total) => reporter.progress('compare: without exemplars', done, total),
  });
  let from = 0;
  const mixtures = shares.map((chosen) => {
    const logWeights = chosen.map(({ logWeight }) => logWeight);
    return mixtureCurve(logWeights, curves.slice(from, (from += chosen.length)));
  });
  return judgedAt(job, NO_EXEMPLAR, mixtures.slice(0, training.length), mixtures.slice(training.length));
}

/** Number of the K personas that are asked for each record: all where the pairs of the other mixtures allow. */
export function personasJudged(count: number, pairs: number): number {
  return Math.min(count, pairs);
}

function requestOf({ config, template }: JobContext, { persona }: Persona, record: PopulationRecord) {
  const { text, context, label } = record;
  const values = { persona, context, label };
  return { prompt: renderPrompt(template, 'generateWithoutExemplar', values, config.prompt), completion: text };
}

/** Every persona with log π_k, or `most` of them drawn from π, each with the same weight. */
function personaShares(row: ArrayLike<number>, most: number, seed: number, record: number) {
  const count = personasJudged(row.length, most);
  if (count === row.length) return Array.from(row, (share, persona) => ({ persona, logWeight: Math.log(share) }));
  const random = randomFor(seed, 'personas without exemplars', record);
  const weights = Float64Array.from(row);
  return Array.from({ length: count }, () => ({ persona: drawIndex(weights, random), logWeight: -Math.log(count) }));
}

/** log Σ_s w_s p_τ(y | s) as a curve over τ. */
function mixtureCurve(
  logWeights: readonly number[],
  curves: readonly LogLikelihoodCurve[],
): Pick<LogLikelihoodCurve, 'logProbability' | 'width'> {
  return {
    width: (temperature) => Math.max(...curves.map((curve) => curve.width?.(temperature) ?? 0)),
    logProbability: (temperature) =>
      logSumExp(Float64Array.from(curves, (curve, s) => logWeights[s]! + curve.logProbability(temperature))),
  };
}

type Curves = readonly Pick<LogLikelihoodCurve, 'logProbability' | 'width'>[];

function judgedAt(job: JobContext, name: string, training: Curves, heldOut: Curves): Judged {
  const best = fitTemperature(training, { temperatureRange: job.model.temperatures });
  return {
    name,
    logLikelihoods: heldOut.map((curve) => curve.logProbability(best)),
    temperature: spreadOf([best]),
    effectivePairs: null,
    withHalfThePairs: null,
    curves: heldOut.map((curve) => [curve]),
  };
}
