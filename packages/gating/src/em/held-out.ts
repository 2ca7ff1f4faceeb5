import { rowOf } from '@mixture-of-personas/numeric';
import type { FitSettings } from './settings.js';
import type { Gate } from '../mixture/gate.js';
import { uniformGate } from '../mixture/initial.js';
import { logWeightsUnder, recordDensities } from '../compare/pair-density.js';
import { estimateOf, sampleOf } from '../compare/pair-sample.js';
import type { Population } from '../mixture/population.js';
import type { RememberingScorer } from '../scores/score-cache.js';

/** Mean held-out log-likelihood of a gate at its own temperatures, nats a record. */
export type HeldOutJudge = (gate: Gate) => number;

/**
 * A judge of gates with pairs of its own, drawn and scored once: half from the initial gate, half uniformly, so that a gate may move anywhere and is still
 * judged without bias. The estimator is that of `compareGates`; never the truncated bound, which rewards collapse.
 */
export async function heldOutJudge(
  population: Population,
  initial: Gate,
  settings: FitSettings,
  scorer: RememberingScorer,
): Promise<HeldOutJudge> {
  const { heldOut, heldOutPairs, seed, signal } = settings;
  const uniform = uniformGate({ d: population.records.cols, personas: population.personas.rows, hidden: 1 });
  const components = [initial, uniform].map((gate) => recordDensities(gate, population, heldOut));
  const plan = {
    records: heldOut,
    components,
    pairs: heldOutPairs,
    recordsPerDraw: 4,
    seed,
    purpose: 'fit held-out',
    signal,
  };
  const samples = await sampleOf(plan, scorer);
  return (gate) => {
    const density = recordDensities(gate, population, heldOut);
    let sum = 0;
    samples.forEach((sample, position) => {
      const logWeights = rowOf(logWeightsUnder([density(position)], sample.pairs), 0);
      sum += estimateOf(sample, logWeights, gate.temperatures);
    });
    return sum / samples.length;
  };
}
