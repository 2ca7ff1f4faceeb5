import { describe, expect, it } from '@jest/globals';
import type { Precision } from '../../src/mixture/products.js';
import { gateGradient, mixtureOf } from '../../src/backends/gradient.js';
import { mixtureLogLikelihood } from '../../src/backends/likelihood.js';
import { optimizerStep, startOptimizer } from '../../src/em/optimizer.js';
import { exemplarProbabilities, personaProbabilities, project } from '../../src/mixture/probabilities.js';
import { topPairs } from '../../src/scores/top-pairs.js';
import { gateOfCase, goldenCases, inputsOfCase, largestDifference, scoredOfCase } from '../support/shared-golden.js';

const PARTS = [
  ['inputWeights', 'W_x'],
  ['personaWeights', 'W_g'],
  ['exemplarWeights', 'W_e'],
] as const;

if (goldenCases.length === 0) {
  describe('golden cases', () => {
    it('skipped: ../shared is not beside this clone', () => expect(goldenCases).toEqual([]));
  });
} else {
  describe.each(goldenCases)('golden case $name', (golden) => {
    const gate = gateOfCase(golden);
    const inputs = inputsOfCase(golden);

    it('has the same π and Ω to 1e-9', () => {
      const x = project(gate.inputWeights, inputs.contexts);
      const g = project(gate.personaWeights, inputs.personas);
      const e = project(gate.exemplarWeights, inputs.exemplars);
      expect(largestDifference(personaProbabilities(x, g).data, golden.pi.flat())).toBeLessThan(1e-9);
      const omega = exemplarProbabilities(x, g, e, inputs.masked === undefined ? {} : { masked: inputs.masked });
      expect(largestDifference(omega.data, golden.omega.flat(2))).toBeLessThan(1e-9);
    });

    it.each([
      ['float64', 1e-9],
      ['float32', 1e-5],
    ] as [Precision, number][])(
      'has the same pairs, responsibilities, ℓ and gradients in %s',
      (precision, tolerance) => {
        const pairs = topPairs(mixtureOf(gate, inputs, { precision }), golden.topM);
        expect(Array.from(pairs.personas)).toEqual(golden.pairs.flat().map(([k]) => k));
        expect(Array.from(pairs.exemplars)).toEqual(golden.pairs.flat().map(([, j]) => j));
        expect(largestDifference(pairs.logWeights, golden.logWeight.flat())).toBeLessThan(tolerance);
        expect(largestDifference(scoredOfCase(golden).logProbabilities, golden.logProb.flat())).toBeLessThan(1e-9);
        const found = gateGradient(gate, inputs, scoredOfCase(golden), { precision });
        expect(largestDifference(found.responsibilities.data, golden.responsibility.flat())).toBeLessThan(tolerance);
        expect(largestDifference(found.logLikelihoods, golden.logLikelihood)).toBeLessThan(tolerance);
        expect(Math.abs(found.loss - golden.loss)).toBeLessThan(tolerance);
        for (const [name, symbol] of PARTS) {
          expect(largestDifference(found[name].data, golden.grad[symbol].flat())).toBeLessThan(tolerance);
        }
        expect(largestDifference(found.temperatures, golden.grad.temperature)).toBeLessThan(tolerance);
      },
    );

    it('stands where one step of Adam takes it, to 1e-9', () => {
      const found = gateGradient(gate, inputs, scoredOfCase(golden));
      const adam = { kind: 'adamw', weightDecay: 0 } as const;
      const { lr, temperature } = golden.afterOneAdamStep;
      const step = (parameters: Float64Array, gradient: Float64Array): Float64Array => {
        const moved = parameters.slice();
        optimizerStep(adam, moved, gradient, { state: startOptimizer(adam, moved.length), learningRate: lr });
        return moved;
      };
      for (const [name, symbol] of PARTS) {
        const moved = step(gate[name].data, found[name].data);
        expect(largestDifference(moved, golden.afterOneAdamStep[symbol].flat())).toBeLessThan(1e-9);
      }
      expect(largestDifference(step(gate.temperatures, found.temperatures), temperature)).toBeLessThan(1e-9);
    });

    it('has the same ℓ without a gradient', () => {
      const { logLikelihoods } = mixtureLogLikelihood(mixtureOf(gate, inputs), scoredOfCase(golden));
      expect(largestDifference(logLikelihoods, golden.logLikelihood)).toBeLessThan(1e-9);
    });
  });
}
