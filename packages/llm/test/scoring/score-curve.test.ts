import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { scoreCurveOf, TEMPERATURE_RANGE } from '../../src/index.js';
import { ChebyshevCurve, curveData } from '../../src/scoring/score-curve.js';

/** Logits with one to a few strong tokens over a broad floor, as a language model gives. */
function logitsOf(seed: number, rows: number, width: number): Float64Array[] {
  const random = randomFor(seed, 'logits', 0);
  return Array.from({ length: rows }, () =>
    Float64Array.from({ length: width }, () => 18 * random() ** 6 + 6 * random() - 20),
  );
}

function direct(logits: Float64Array[], tokens: number[], temperature: number): number {
  return logits.reduce((sum, row, t) => {
    const top = Math.max(...row);
    const total = row.reduce((acc, z) => acc + Math.exp((z - top) / temperature), 0);
    return sum + (row[tokens[t]] - top) / temperature - Math.log(total);
  }, 0);
}

const TEMPERATURES = Array.from({ length: 46 }, (_, i) => 0.25 + 0.05 * i);

describe('ChebyshevCurve', () => {
  const logits = logitsOf(3, 12, 2000);
  const tokens = logits.map((_, t) => (t * 131) % 2000);
  const curve = scoreCurveOf(logits, tokens);

  it('agrees with direct log-softmax to 1e-4 nat a token over the whole range', () => {
    for (const temperature of TEMPERATURES) {
      const error = Math.abs(curve.logProbability(temperature) - direct(logits, tokens, temperature));
      expect(error / curve.tokens).toBeLessThan(1e-4);
    }
  });

  it('has the derivative that central differences of the direct sum give', () => {
    for (const temperature of TEMPERATURES.slice(1, -1)) {
      const step = 1e-5;
      const slope =
        (direct(logits, tokens, temperature + step) - direct(logits, tokens, temperature - step)) / (2 * step);
      expect(Math.abs(curve.derivative(temperature) - slope) / curve.tokens).toBeLessThan(5e-3);
      expect(Math.abs(curve.derivative(temperature) - slope)).toBeLessThan(1e-3 * Math.abs(slope) + 2e-2);
    }
  });

  it('is exact where the answer is known: equal logits give −T log V at any temperature', () => {
    const flat = scoreCurveOf([new Float32Array(512), new Float32Array(512)], [0, 9]);
    for (const temperature of TEMPERATURE_RANGE)
      expect(flat.logProbability(temperature)).toBeCloseTo(-2 * Math.log(512), 9);
    expect(flat.derivative(1)).toBeCloseTo(0, 9);
  });

  it('refuses a temperature outside its range and says the range', () => {
    for (const temperature of [0.24, 2.51, 0, -1, Number.NaN]) {
      expect(() => curve.logProbability(temperature)).toThrow(/between 0.25 and 2.5, got/);
      expect(() => curve.derivative(temperature)).toThrow(/temperature must be/);
    }
  });

  it('holds the numbers of a curve that is a formula', () => {
    const formula = { tokens: 4, logProbability: (t: number) => -9 / t - t, derivative: (t: number) => 9 / t ** 2 - 1 };
    const held = new ChebyshevCurve(curveData(formula));
    for (const temperature of TEMPERATURES) {
      expect(held.logProbability(temperature)).toBeCloseTo(formula.logProbability(temperature), 6);
      expect(held.derivative(temperature)).toBeCloseTo(formula.derivative(temperature), 3);
    }
  });
});
