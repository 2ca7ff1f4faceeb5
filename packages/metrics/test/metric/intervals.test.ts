import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';

import { evaluateSets, type MetricName } from '../../src/index.js';
import { correctedMauve } from '../../src/histograms/corrected-mauve.js';
import { relabelingInterval, shareInterval } from '../../src/metric/intervals.js';
import { gaussianRows, shifted } from '../sets.js';

/** Share of runs whose interval holds the truth. */
async function shareHolding(metric: MetricName, truth: number, shift: number): Promise<number> {
  let hits = 0;
  for (let run = 0; run < 40; run++) {
    const [x, y] = [gaussianRows(40, 12, 2 * run), gaussianRows(60, 12, 2 * run + 1)];
    const sets = { synthetic: { embeddings: shifted(x, shift) }, golden: { embeddings: y } };
    const found = await evaluateSets(sets, { metrics: [metric], bootstrap: 60, floorSplits: 0, seed: run });
    const [low, high] = found[metric]!.interval!;
    if (low <= truth && truth <= high) hits++;
  }
  return hits / 40;
}

describe('relabelingInterval', () => {
  it('holds 0 for equal distributions with few rows for the dimension', async () => {
    for (const metric of ['frechet', 'kid'] as const) {
      const share = await shareHolding(metric, 0, 0);
      expect(share).toBeGreaterThanOrEqual(0.85);
    }
  });
  it('holds the true Fréchet distance of a shifted set, where the spread is of another kind', async () => {
    expect(await shareHolding('frechet', 12 * 0.4 ** 2, 0.4)).toBeGreaterThanOrEqual(0.8);
  });
  it('gives none for fewer than 8 rows', () => {
    const zero = (): number => 0;
    expect(relabelingInterval({ sizes: [7, 100], seed: 0, without: zero, relabeled: zero })).toBeUndefined();
  });
});

describe('shareInterval', () => {
  const interval = (share: number, n: number): [number, number] =>
    shareInterval('texts', n).interval(share, new Float64Array(), 0.95);
  it('has a width where no row counts: 0 of 300 leaves up to 1.3 %', () => {
    const [low, high] = interval(0, 300);
    expect(low).toBeCloseTo(0, 12);
    expect(high).toBeCloseTo(0.01264, 5);
  });
  it('is the interval that Wilson gives 50 of 100', () => {
    const [low, high] = interval(0.5, 100);
    expect(low).toBeCloseTo(0.4038, 4);
    expect(high).toBeCloseTo(0.5962, 4);
  });
});

describe('correctedMauve', () => {
  const settings = { buckets: 20, scaling: 5, points: 25, seed: 1 };
  const drawn = (rows: number, from: number, seed: number): Int32Array => {
    const random = randomFor(seed, 'buckets', 0);
    return Int32Array.from({ length: rows }, () => from + Math.floor(random() * 10));
  };
  it('is 1 on average for equal distributions, and the lowest score for disjoint ones', () => {
    const values = Array.from(
      { length: 40 },
      (_, i) => correctedMauve([drawn(60, 0, 2 * i), drawn(90, 0, 2 * i + 1)], settings).value,
    );
    expect(Math.abs(values.reduce((a, b) => a + b, 0) / 40 - 1)).toBeLessThan(0.03);
    const { value, lowest } = correctedMauve([drawn(60, 0, 1), drawn(90, 10, 2)], settings);
    expect(value).toBeCloseTo(lowest, 12);
  });
  it('says that nothing can be told where every row has a bucket of its own', () => {
    const own = [
      Int32Array.from({ length: 10 }, (_, i) => i),
      Int32Array.from({ length: 10 }, (_, i) => 10 + i),
    ] as const;
    expect(correctedMauve(own, settings).pooled).toBeNull();
  });
});
