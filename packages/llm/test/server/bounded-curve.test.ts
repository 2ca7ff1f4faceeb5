import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { scoreCurveOf, type ScoreCurve } from '../../src/index.js';
import { boundedCurve, fixedCurve } from '../../src/server/asking/bounded-curve.js';
import { positionOf, type Position } from '../../src/server/asking/position.js';

const V = 500;
const random = randomFor(3, 'bounds', 0);
/** Logits of T positions over V tokens, some flat, some peaked; and the tokens that stand there, some of them improbable. */
const logits = Array.from({ length: 12 }, (_, t) => Float64Array.from({ length: V }, () => (1 + t) * (random() - 0.5)));
const tokens = logits.map((row, t) => (t % 3 === 0 ? row.indexOf(Math.max(...row)) : Math.floor(random() * V)));
const truth = scoreCurveOf(logits, tokens);
const temperatures = [0.3, 0.5, 0.6, 0.8, 0.95, 1.05, 1.3, 2, 2.5];

/** Answer of a server with its n most probable tokens. */
function positions(n: number): Position[] {
  return logits.map((row, t) => {
    const log = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    const order = Array.from(row, (_, v) => v).sort((a, b) => row[b] - row[a]);
    const known = Object.fromEntries(order.slice(0, n).map((v) => [String(v), row[v] - log]));
    return positionOf(row[tokens[t]] - log, known, String(tokens[t]));
  });
}
const curve = (n: number) => boundedCurve(positions(n), { vocabulary: V, range: [0.25, 2.5] });

const widthOf = (of: ScoreCurve, temperature: number): number => of.width?.(temperature) ?? Number.NaN;

describe('a curve from the n most probable tokens', () => {
  it.each([1, 5, 20, 100])('is exact at τ = 1 for n = %i, and known there without a width', (n) => {
    expect(Math.abs(curve(n).logProbability(1) - truth.logProbability(1))).toBeLessThan(1e-9);
    expect(widthOf(curve(n), 1)).toBeLessThan(1e-4);
  });

  it.each([1, 5, 20, 100, 400])('has the truth within its bounds at every temperature, n = %i', (n) => {
    for (const t of temperatures) {
      const error = Math.abs(curve(n).logProbability(t) - truth.logProbability(t));
      expect(error).toBeLessThan(widthOf(curve(n), t) / 2 + 1e-3);
    }
  });

  it('has bounds that tighten as n grows, and the true curve and slope where everything is known', () => {
    for (const t of temperatures) {
      const widths = [1, 5, 20, 100, V].map((n) => widthOf(curve(n), t));
      widths.slice(1).forEach((width, i) => expect(width).toBeLessThan(widths[i] + 1e-4));
      expect(Math.abs(curve(V).logProbability(t) - truth.logProbability(t))).toBeLessThan(1e-4 * logits.length);
      expect(Math.abs(curve(V).derivative(t) - truth.derivative(t))).toBeLessThan(1e-3 * logits.length);
    }
  });

  it('answers only within the range it was made for', () => {
    const narrow = boundedCurve(positions(20), { vocabulary: V, range: [0.5, 1] });
    expect(() => narrow.logProbability(1.2)).toThrow(/between 0.5 and 1/);
    expect(() => widthOf(narrow, 0.4)).toThrow(/between 0.5 and 1/);
  });
});

describe('a curve fixed at τ = 1', () => {
  it('is the sum of the log-probabilities, flat, and refuses other temperatures', () => {
    const fixed = fixedCurve(positions(1), [1 - 1e-6, 1 + 1e-6]);
    expect(fixed.logProbability(1)).toBeCloseTo(truth.logProbability(1), 9);
    expect(Math.abs(fixed.derivative(1))).toBe(0);
    expect(() => fixed.logProbability(0.9)).toThrow(/temperature/);
  });
});

describe('numbers that are no log-probabilities', () => {
  it.each([
    ['null', null, {}, /no finite number/],
    ['text', '-1', {}, /no finite number/],
    ['above 0', 0.5, {}, /above 0/],
    ['a sum above 1', -0.1, { a: -0.1 }, /sum to 1.81/],
  ])('%s', (_, value, known, message) => {
    expect(() => positionOf(value, known, 'own')).toThrow(message);
  });
});
