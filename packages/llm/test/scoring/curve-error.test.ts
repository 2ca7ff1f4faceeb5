import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { LogitKernel } from '../../src/scoring/logit-kernel.js';
import { ChebyshevCurve, coefficientsOf, NODE_BETAS } from '../../src/scoring/score-curve.js';

/** As many as Gemma's. */
const VOCABULARY = 256_000;
const ROWS: Readonly<Record<string, (normal: number) => number>> = {
  'normal, σ = 2.6': (normal) => 2.6 * normal,
  'soft-capped at 12': (normal) => 12 * Math.tanh((7 * normal) / 12),
  'soft-capped at 12, nearly flat': (normal) => 12 * Math.tanh((3 * normal) / 12),
  'soft-capped at 30': (normal) => 30 * Math.tanh((8 * normal) / 30),
};

describe('the curve of a row of 256,000 logits', () => {
  it.each(Object.entries(ROWS))('is exact to 1e-5 nat and 5e-3 nat per unit of τ: %s', (_, logitOf) => {
    const kernel = new LogitKernel(VOCABULARY, 1);
    const random = randomFor(3, 'rows', 0);
    for (let v = 0; v < VOCABULARY; v++) {
      kernel.logits[v] = logitOf(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    }
    const top = kernel.nodeSums(0);
    /** log Σ exp(β u) and its derivative over β, with u = z − max. */
    const exact = (beta: number): [value: number, slope: number] => {
      let [sum, weighted] = [0, 0];
      for (let v = 0; v < VOCABULARY; v++) {
        const u = kernel.logits[v] - top;
        const weight = Math.exp(beta * u);
        sum += weight;
        weighted += weight * u;
      }
      return [Math.log(sum), weighted / sum];
    };
    const alone = curveOf(NODE_BETAS.map((beta) => exact(beta)[0]));
    const curve = curveOf(kernel.sums.map(Math.log));
    const worst = { series: 0, value: 0, derivative: 0 };
    for (const temperature of [0.25, 0.4, 0.6, 1, 1.5, 2.5]) {
      const [value, slope] = exact(1 / temperature);
      worst.series = Math.max(worst.series, Math.abs(alone.valueAt(temperature) + value));
      worst.value = Math.max(worst.value, Math.abs(curve.valueAt(temperature) + value));
      worst.derivative = Math.max(worst.derivative, Math.abs(curve.derivative(temperature) - slope / temperature ** 2));
    }
    process.stderr.write(
      `${JSON.stringify(worst, (_, x: unknown) => (typeof x === 'number' ? x.toExponential(1) : x))}\n`,
    );
    expect(worst.series).toBeLessThan(1e-5);
    expect(worst.value).toBeLessThan(1e-5);
    expect(worst.derivative).toBeLessThan(5e-3);
  });
});

function curveOf(values: ArrayLike<number>): ChebyshevCurve {
  return new ChebyshevCurve({ tokens: 1, gap: 0, coefficients: coefficientsOf(values) });
}
