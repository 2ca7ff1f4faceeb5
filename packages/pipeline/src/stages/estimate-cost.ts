import { durationText } from '../tables/duration.js';
import { designBudget, type Pair } from '@mixture-of-personas/gating';
import { randomFor } from '@mixture-of-personas/numeric';
import type { JobContext } from '../context/job-context.js';
import type { MopConfig } from '../config/schema.js';
import type { JobRecords } from '../context/sample-records.js';
import { givesScores, startsByLikelihood } from '../config/gate-preset.js';
import { COUNT } from './fit/fit-texts.js';
import { personasJudged } from './judge-prompts.js';
import type { GatePopulation } from './gate-population.js';

/** Pairs scored to see how fast the model is: enough to average over lengths, few enough not to be noticed. */
const SAMPLE = 12;

/** Forward passes that the stages of a run ask of the language model at most, by what they are for. Curves already in the store cost nothing. */
export function countPasses(
  config: MopConfig,
  records: JobRecords,
): Record<'fit' | 'validation' | 'comparison' | 'texts', number> {
  const { gate, simulate, evaluate, personas, exemplars } = config;
  const temperatureRecords = Math.min(records.training.length, evaluate.trainingRecords);
  const trainingPairs = evaluate.trainingPairs ?? evaluate.pairs;
  const alone = personasJudged(personas.count, evaluate.pairs);
  const sizes = { personas: personas.count, exemplars: exemplars.count };
  const learned = records.training.length + records.validation.length;
  const paper = gate.preset === 'paper';
  const scored = gate.objective !== 'texts' || startsByLikelihood(config);
  return {
    fit: !scored
      ? 0
      : paper
        ? records.training.length * (gate.exploration.pairs ?? gate.topM) * gate.epochs
        : designBudget({ records: learned, ...sizes }, gate.design).scores,
    validation: paper && gate.epochs > 0 ? records.validation.length * gate.validationPairs : 0,
    comparison:
      !givesScores(config) || records.heldOut.length === 0
        ? 0
        : records.heldOut.length * (evaluate.pairs + 1 + alone) + temperatureRecords * (trainingPairs + 1 + alone),
    texts:
      simulate.count * (1 + evaluate.baselines.length) + (gate.objective === 'texts' ? (gate.texts.count ?? COUNT) : 0),
  };
}

/** Scores a few pairs and says, before the long part of a run, how many forward passes it may take and about how long. */
export async function estimateCost(job: JobContext, { scorer }: GatePopulation): Promise<void> {
  const { config, records, model, reporter, signal } = job;
  const passes = countPasses(config, records);
  const total = passes.fit + passes.validation + passes.comparison;
  if (total === 0) {
    reporter.info?.(`Estimate: no score, ${passes.texts} texts to sample.`);
    return;
  }
  const requests = samplePairs(config, records.training.length).map((pair, record) => ({ ...pair, record }));
  const before = model.scoringPasses;
  const started = performance.now();
  await scorer((done, total) => reporter.progress('estimate', done, total))(requests, { signal });
  const scored = model.scoringPasses - before;
  const counts =
    `at most ${total} forward passes (fit ${passes.fit}, validation ${passes.validation}, ` +
    `comparison ${passes.comparison}), then ${passes.texts} texts to sample`;
  if (scored < requests.length / 2) {
    reporter.info?.(`Estimate: ${counts}; scores of an earlier start are in the store and cost nothing.`);
    return;
  }
  const perPass = (performance.now() - started) / 1000 / scored;
  const scoring = durationText(total * perPass);
  reporter.info?.(
    `Estimate: ${counts}; measured ${perPass.toFixed(2)} s per pass, so about ${scoring} of scoring at most, and the texts after it.`,
  );
}

/** Uniformly drawn pairs, one a training record. */
function samplePairs({ seed, personas, exemplars }: MopConfig, records: number): Pair[] {
  return Array.from({ length: Math.min(SAMPLE, records) }, (_, record) => {
    const random = randomFor(seed, 'estimate', record);
    return { persona: Math.floor(random() * personas.count), exemplar: Math.floor(random() * exemplars.count) };
  });
}
