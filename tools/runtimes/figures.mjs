// What is computed on every runtime, to be compared: figures of two clouds, and a small fit. Nothing here is Node's, and nothing hangs
// on how a runtime rounds sines: the data are seeded uniform numbers.
import { fitGateSteps, initialGate } from '@mixture-of-personas/gating';
import { cosineHistogramKl, frechetDistance, mauve } from '@mixture-of-personas/metrics';
import { randomFor } from '@mixture-of-personas/numeric';

const cloud = (seed, rows, cols, moved) => {
  const draw = randomFor(seed, 'cloud', 0);
  return { data: Float64Array.from({ length: rows * cols }, () => draw() - 0.5 + moved), rows, cols };
};

async function fittedGate() {
  const population = { records: cloud(3, 80, 16, 0), personas: cloud(4, 5, 16, 0), exemplars: cloud(5, 20, 16, 0) };
  const score = async (requests) =>
    requests.map(({ record, persona, exemplar }) => {
      const energy = -8 + ((record + persona) % 5 === 0 ? 3 : 0) + ((record + exemplar) % 20 < 4 ? 2 : 0);
      return { logProbability: (tau) => energy / tau, derivative: (tau) => -energy / tau ** 2 };
    });
  const shape = { d: 16, personas: 5, hidden: 8, temperature: 0.8 };
  const fit = fitGateSteps(population, score, {
    gate: initialGate(shape),
    epochs: 3,
    batchSize: 16,
    learningRate: 0.05,
  });
  let step = await fit.next();
  while (!step.done) step = await fit.next();
  return step.value.gate;
}

/** Fréchet distance, MAUVE, cosine KL and every number of a fitted gate. */
export async function figures() {
  const [synthetic, golden] = [cloud(1, 400, 32, 0.1), cloud(2, 400, 32, 0)];
  const { inputWeights, personaWeights, exemplarWeights, temperatures } = await fittedGate();
  return {
    frechet: frechetDistance(synthetic, golden),
    mauve: mauve(synthetic, golden, { buckets: 20, seed: 1 }).mauve,
    'cosine-kl': cosineHistogramKl(synthetic, golden),
    gate: [inputWeights.data, personaWeights.data, exemplarWeights.data, temperatures].flatMap((part) => [...part]),
  };
}
