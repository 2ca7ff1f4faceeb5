import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { GateBackend } from '../../src/backends/backend.js';
import { builtInBackend } from '../../src/backends/built-in-backend.js';
import { chooseBackend } from '../../src/backends/choose-backend.js';
import { fitGateSteps } from '../../src/em/fit-gate.js';
import { gateGradient, mixtureOf } from '../../src/backends/gradient.js';
import { initialGate, randomGate } from '../../src/mixture/initial.js';
import { drawPairs } from '../../src/scores/pair-draws.js';
import { topPairs } from '../../src/scores/top-pairs.js';
import { randomFor } from '@mixture-of-personas/numeric';
import { largestDifference } from '../support/shared-golden.js';
import { drain, toyPopulation, toyScorer } from '../support/toy.js';

const population = toyPopulation(24, 7, 15, 10);
const inputs = {
  contexts: population.records,
  personas: population.personas,
  exemplars: population.exemplars,
  masked: Int32Array.from({ length: 24 }, (_, b) => (b < 15 ? b : -1)),
};

const PARTS = ['inputWeights', 'personaWeights', 'exemplarWeights'] as const;

/** A backend against the float64 arithmetic: mixture and all gradients, drawn pairs with an absent one included. */
async function expectFloat32Agreement(backend: GateBackend): Promise<void> {
  const gate = randomGate({ d: 10, personas: 7, hidden: 8, temperature: 0.9, seed: 3 });
  const exact = mixtureOf(gate, inputs);
  const pairs = drawPairs(exact, 4, (b) => randomFor(1, 'test', b));
  pairs.personas[3] = -1;
  const scored = {
    pairs,
    logProbabilities: Float64Array.from(pairs.personas, (_, at) => -20 + Math.sin(at) * 3),
    derivatives: Float64Array.from(pairs.personas, (_, at) => Math.cos(at)),
  };
  const forward = await backend.forward(gate, inputs);
  for (const part of ['logPersona', 'contextLogits', 'logNormalizers'] as const) {
    expect(largestDifference(forward.mixture[part].data, exact[part].data)).toBeLessThan(2e-5);
  }
  const found = await forward.gradient(scored);
  const expected = gateGradient(gate, inputs, scored);
  expect(Math.abs(found.loss - expected.loss)).toBeLessThan(1e-5);
  for (const part of PARTS) expect(largestDifference(found[part].data, expected[part].data)).toBeLessThan(1e-5);
  expect(largestDifference(found.temperatures, expected.temperatures)).toBeLessThan(1e-5);
}

describe('the built-in backend', () => {
  it.each(['float32', 'float64'] as const)('agrees with the float64 arithmetic in %s', async (precision) => {
    await expectFloat32Agreement(builtInBackend({ precision }));
  });
});

describe('float32 on the vector kernels', () => {
  it('agrees with float64 at a size that they are used for', () => {
    const large = toyPopulation(20, 60, 400, 96);
    const gate = initialGate({ d: 96, personas: 60, hidden: 48, temperature: 1 }, { similarity: 12 });
    const batch = { contexts: large.records, personas: large.personas, exemplars: large.exemplars };
    const exact = mixtureOf(gate, batch);
    const pairs = topPairs(exact, 4);
    const zeros = new Float64Array(pairs.personas.length);
    const scored = { pairs, logProbabilities: zeros.map((_, at) => Math.sin(at)), derivatives: zeros };
    const found = gateGradient(gate, batch, scored, { precision: 'float32' });
    const expected = gateGradient(gate, batch, scored);
    expect(largestDifference(found.logLikelihoods, expected.logLikelihoods)).toBeLessThan(1e-5);
    for (const part of PARTS) expect(largestDifference(found[part].data, expected[part].data)).toBeLessThan(1e-5);
  });
});

describe('chooseBackend', () => {
  it('falls back to the built-in one and says why the others are not in use', async () => {
    const importer = (name: string): Promise<unknown> =>
      name === 'node:util'
        ? Promise.resolve({ default: {} })
        : Promise.reject(
            name.endsWith('gpu')
              ? Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' })
              : new Error('addon missing\n  at somewhere'),
          );
    const { backend, refused } = await chooseBackend({ importer });
    expect(backend.name).toBe('built-in');
    expect(refused).toEqual([
      {
        name: 'tfjs-node-gpu',
        reason: '@tensorflow/tfjs-node-gpu is not installed (npm i @tensorflow/tfjs-node-gpu).',
      },
      { name: 'tfjs-node', reason: '@tensorflow/tfjs-node is installed but does not work: addon missing' },
    ]);
  });
});

// A folder whose node_modules has a working @tensorflow/tfjs-node-gpu (../shared/workspace/tfjs-native.sh makes one).
const home = process.env['MOP_TFJS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-tfjs');
const addon = join(home, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');

if (process.env['MOP_TFJS'] === undefined && !existsSync(addon)) {
  describe('the tfjs backend', () => {
    it(`skipped: no built tfjs-node-gpu in ${home} and MOP_TFJS is not set`, () =>
      expect(existsSync(addon)).toBe(false));
  });
} else {
  describe('the tfjs backend, on the real tfjs-node-gpu addon', () => {
    const require = createRequire(join(home, 'package.json'));
    const importer = (name: string): Promise<unknown> =>
      Promise.resolve().then(() => (name === 'node:util' ? import(name) : (require(name) as unknown)));

    it('is chosen, and agrees with the float64 arithmetic to 1e-5', async () => {
      const { backend, refused } = await chooseBackend({ importer });
      expect(refused).toEqual([]);
      expect(backend.name).toBe('tfjs-node-gpu');
      await expectFloat32Agreement(backend);
    });

    it('fits to the same held-out log-likelihood as the built-in one', async () => {
      const { backend } = await chooseBackend({ importer });
      const gate = initialGate({ d: 10, personas: 7, hidden: 8, temperature: 1 }, { similarity: 2 });
      const options = { gate, heldOut: [20, 21, 22, 23], epochs: 3, batchSize: 5, learningRate: 0.01 };
      const one = await drain(fitGateSteps(population, toyScorer(population), { ...options, backend }));
      const other = await drain(fitGateSteps(population, toyScorer(population), options));
      expect(Math.abs(one.result.heldOutLogLikelihood! - other.result.heldOutLogLikelihood!)).toBeLessThan(1e-3);
      expect(one.steps.map(({ pairsScored }) => pairsScored)).toEqual(
        other.steps.map(({ pairsScored }) => pairsScored),
      );
    });
  });
}
