// How far an estimate from M pairs per record is from the likelihood over all pairs, top-M against drawn pairs, by forward passes spent.
import { drawPairs, topPairs } from '@mixture-of-personas/gating';
import { randomFor } from '@mixture-of-personas/numeric';
import { logLikelihoods, mean, mixtureFor } from './truth.mjs';

const COUNTS = [1, 2, 4, 8, 16, 32, 64, 96];
const SEEDS = 40;

/** One row per number of pairs: bias of log p̂ and of p̂ / p, and the spread of log p̂ over seeds, nats per record. */
export function explorationTable(problem, { gate, population, truth }) {
  const rows = problem.heldOut;
  const mixture = mixtureFor(gate, population, rows);
  const exact = truth(problem, { gate, population, rows });
  const of = (pairs) => logLikelihoods(problem, { mixture, rows, pairs, temperatures: gate.temperatures });
  return COUNTS.filter((count) => count < problem.pairs).map((count) => {
    const top = of(topPairs(mixture, count));
    const runs = Array.from({ length: SEEDS }, (_, seed) =>
      of(drawPairs(mixture, count, (b) => randomFor(seed, 'study draws', b))),
    );
    const gaps = runs.map((run) => mean(Array.from(run, (value, i) => value - exact[i])));
    const ratios = runs.map((run) => mean(Array.from(run, (value, i) => Math.exp(value - exact[i]))));
    const spread = mean(
      Array.from(exact, (_, i) => {
        const at = runs.map((run) => run[i]);
        const middle = mean(at);
        return Math.sqrt(mean(at.map((value) => (value - middle) ** 2)));
      }),
    );
    return {
      pairs: count,
      topBias: mean(Array.from(top, (value, i) => value - exact[i])),
      drawnBias: mean(gaps),
      drawnRatio: mean(ratios),
      drawnSpread: spread,
    };
  });
}
