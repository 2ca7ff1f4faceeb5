import { describe, expect, it } from '@jest/globals';
import { compareGates } from '../../src/compare/compare-gates.js';
import { heldOutJudge } from '../../src/em/held-out.js';
import type { Gate } from '../../src/mixture/gate.js';
import { initialGate, randomGate, uniformGate } from '../../src/mixture/initial.js';
import { rememberingScorer } from '../../src/scores/score-cache.js';
import { exactLogLikelihood, toyPopulation, toyScorer } from '../support/toy.js';

const population = toyPopulation(24, 5, 12);
const score = toyScorer(population, 14);
const shape = { d: 6, personas: 5, hidden: 6, temperature: 0.9 };
/** Far from the start and much better than it: what early stopping once turned away. */
const far = initialGate(shape, { similarity: 9 });
const gates: Record<string, Gate> = {
  start: randomGate({ ...shape, seed: 4 }),
  uniform: uniformGate(shape),
  near: initialGate(shape, { similarity: 4 }),
  far,
};
const heldOut = Array.from({ length: 24 }, (_, i) => i);
const DRAWS = 100;

/** Draws in which a is found better than b, where it truly is by two standard deviations of the estimate; undefined where it is not. */
function shareRight(estimates: readonly number[], exact: number): number | undefined {
  const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
  const deviation = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (estimates.length - 1));
  if (Math.abs(exact) < 2 * deviation) return undefined;
  return estimates.filter((value) => Math.sign(value) === Math.sign(exact)).length / estimates.length;
}

describe('a judge without a favorite', () => {
  it.each([
    ['far', 'start'],
    ['far', 'uniform'],
    ['near', 'uniform'],
    ['far', 'near'],
    ['uniform', 'start'],
  ])(
    'chooses the better of %s and %s in at least 95 %% of draws: compareGates and the judge of fitGate',
    async (a, b) => {
      const exact =
        (await exactLogLikelihood(gates[a], population, score)).mean -
        (await exactLogLikelihood(gates[b], population, score)).mean;
      const scorer = rememberingScorer(score);
      const [compared, stopped]: [number[], number[]] = [[], []];
      for (let seed = 0; seed < DRAWS; seed++) {
        const mixtures = [a, b].map((name) => ({
          name,
          kind: 'gate' as const,
          gate: gates[name],
          temperatures: 'own' as const,
        }));
        const options = { training: [0], heldOut, pairs: 16, trainingPairs: 2, recordsPerDraw: 1, seed };
        compared.push((await compareGates(population, mixtures, score, options)).difference(a, b).mean);
        const judge = heldOutJudge(population, { heldOut, heldOutPairs: 16, seed, signal: undefined }, scorer);
        const { current, best } = await judge({ current: gates[a], best: gates[b] });
        stopped.push(current - best);
      }
      for (const share of [shareRight(compared, exact), shareRight(stopped, exact)]) {
        expect(share ?? 1).toBeGreaterThanOrEqual(0.95);
      }
      if (a === 'far' && b === 'start') expect(shareRight(stopped, exact)).toBe(1);
    },
  );

  it('reports the bias of its figures: half the pairs have twice as much, and the exact mean lies between', async () => {
    const mixtures = [{ name: 'uniform', kind: 'gate' as const, gate: gates.uniform, temperatures: 'own' as const }];
    const exact = (await exactLogLikelihood(gates.uniform, population, score)).mean;
    let [mean, bias] = [0, 0];
    for (let seed = 0; seed < DRAWS; seed++) {
      const options = { training: [0], heldOut, pairs: 24, trainingPairs: 2, recordsPerDraw: 1, seed };
      const [estimate] = (await compareGates(population, mixtures, score, options)).estimates;
      mean += estimate.mean / DRAWS;
      bias += estimate.bias / DRAWS;
    }
    expect(bias).toBeLessThan(0);
    expect(mean).toBeLessThan(exact);
    expect(Math.abs(mean - bias - exact)).toBeLessThan(0.5 * (exact - mean));
  });
});
