import { fitMixture, type DiscrepancyStart, type Gate, type MixtureProgress } from '@mixture-of-personas/gating';
import type { StepHistory } from '../../artifacts/fit.js';
import type { MopConfig } from '../../config/schema.js';
import type { JobContext } from '../../context/job-context.js';
import { scoringOptions } from '../../context/scoring-options.js';
import type { GatePopulation } from '../gate-population.js';

/** The likelihood that a gate is judged by: given the context where the gate sees one, else the marginal of what is simulated. */
export function likelihoodOf({ gate }: Pick<MopConfig, 'gate'>): 'marginal' | 'conditional' {
  return gate.input === 'context' ? 'conditional' : 'marginal';
}

/** A fit by likelihood with its history, and where a fit by texts may start from it. */
export interface ScoredFit {
  readonly gate: Gate;
  readonly history: Omit<StepHistory, 'centres'>;
  readonly start: DiscrepancyStart;
}

/** Scores a balanced design of pairs and fits the gate to it. An interrupted fit asks again, and the score store answers. */
export async function fitByScores(job: JobContext, population: GatePopulation): Promise<ScoredFit> {
  const { config, reporter } = job;
  const scorer = population.scorer(() => undefined);
  const fit = await fitMixture(population, scorer, {
    training: [...population.training, ...population.validation],
    objective: config.gate.objective === 'marginal' ? 'marginal' : likelihoodOf(config),
    design: config.gate.design,
    seed: config.seed,
    ...scoringOptions(job),
    onStep: (progress) => report(progress, reporter),
  });
  const { gate, objective, step, fitted, gain, standardError, steps, design, vector } = fit;
  if (!fitted) reporter.note('The fit found nothing to gain over equal weights; the gate has equal weights.');
  return { gate, history: { objective, step, fitted, gain, standardError, steps, design }, start: { vector, step } };
}

function report(progress: MixtureProgress, reporter: JobContext['reporter']): void {
  if (progress.kind === 'scores') {
    reporter.progress('fit: scores', progress.scored, progress.total, `round ${progress.round + 1}`);
  } else {
    const { name, gain, standardError, kept } = progress.step;
    const verdict = kept ? 'kept' : 'not kept';
    reporter.info?.(
      `fit: ${name}, ${verdict} by cross-validation (${gain >= 0 ? '+' : '−'}${Math.abs(gain).toFixed(3)}, s.e. ${standardError.toFixed(3)})`,
    );
  }
}
