import { describe, expect, it } from '@jest/globals';
import { mixtureOf } from '../../src/backends/gradient.js';
import { drawPair, drawPrompt, omegaRow } from '../../src/mixture/draw.js';
import { randomGate } from '../../src/mixture/initial.js';
import { toyPopulation } from '../support/toy.js';

const { records, personas, exemplars } = toyPopulation(3, 4, 6);
const mixture = mixtureOf(randomGate({ d: 6, personas: 4, hidden: 5, seed: 2 }), {
  contexts: records,
  personas,
  exemplars,
  masked: [2, -1, -1],
});

describe('drawPrompt', () => {
  it('draws the pair of drawPair with one exemplar, to the last bit', () => {
    for (let row = 0; row < 50; row++) {
      const { exemplar, ...pair } = drawPair(mixture, 1, { seed: 3, row });
      expect(drawPrompt(mixture, 1, { seed: 3, row, perPrompt: 1 })).toEqual({ ...pair, exemplars: [exemplar] });
    }
  });

  it('draws different exemplars, never the masked one, with the probability it says', () => {
    const counts = new Map<string, { seen: number; probability: number }>();
    const draws = 20_000;
    for (let row = 0; row < draws; row++) {
      const {
        persona,
        exemplars: [a, b],
        personaProbability,
        exemplarProbability,
      } = drawPrompt(mixture, 0, { seed: 1, row, perPrompt: 2 });
      expect(a).not.toBe(b);
      expect([a, b]).not.toContain(2);
      const omega = omegaRow(mixture, 0, persona);
      expect(exemplarProbability).toBeCloseTo((omega[a] * omega[b]) / (1 - omega[a]), 12);
      const key = `${persona} ${a} ${b}`;
      const entry = counts.get(key) ?? { seen: 0, probability: personaProbability * exemplarProbability };
      counts.set(key, { ...entry, seen: entry.seen + 1 });
    }
    for (const { seen, probability } of counts.values()) {
      expect(Math.abs(seen - draws * probability)).toBeLessThan(5 * Math.sqrt(draws * probability) + 3);
    }
  });

  it('refuses more exemplars than there are', () => {
    expect(() => drawPrompt(mixture, 0, { seed: 1, row: 0, perPrompt: 6 })).toThrow(/from 1 to 5, got 6/);
  });
});
