import { describe, expect, it } from '@jest/globals';
import type { OptimizerChoice } from '../../src/em/options.js';
import { optimizerStep, startOptimizer } from '../../src/em/optimizer.js';

/** Parameters after three steps with gradients 1, −2, 0.5 from θ = 1. */
function after(choice: OptimizerChoice, decay = true): number {
  const parameters = Float64Array.of(1);
  let state = startOptimizer(choice, 1);
  for (const gradient of [1, -2, 0.5]) {
    state = optimizerStep(choice, parameters, Float64Array.of(gradient), { state, learningRate: 0.1, decay });
  }
  expect(state.steps).toBe(3);
  return parameters[0];
}

describe('optimizerStep', () => {
  it('is plain gradient descent, with momentum if asked', () => {
    expect(after({ kind: 'sgd' })).toBeCloseTo(1 - 0.1 * (1 - 2 + 0.5), 12);
    expect(after({ kind: 'sgd', momentum: 0.5 })).toBeCloseTo(1 - 0.1 * (1 - 1.5 - 0.25), 12);
  });

  it('divides by the root of the sum of squares in adagrad', () => {
    expect(after({ kind: 'adagrad' })).toBeCloseTo(1 - 0.1 * (1 - 2 / Math.sqrt(5) + 0.5 / Math.sqrt(5.25)), 9);
  });

  it('decays weights apart from the gradient in adamw, and not where decay is off', () => {
    const adam = after({ kind: 'adamw', weightDecay: 0 });
    expect(after({ kind: 'adamw', weightDecay: 0.3 }, false)).toBe(adam);
    expect(after({ kind: 'adamw', weightDecay: 0.3 })).toBeLessThan(adam);
    const still = Float64Array.of(2);
    const choice = { kind: 'adamw', weightDecay: 0.5 } as const;
    optimizerStep(choice, still, Float64Array.of(0), { state: startOptimizer(choice, 1), learningRate: 0.1 });
    expect(still[0]).toBeCloseTo(2 * (1 - 0.05), 12);
  });
});
