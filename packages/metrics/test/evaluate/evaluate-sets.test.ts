import { describe, expect, it } from '@jest/globals';
import { takeRows } from '@mixture-of-personas/numeric';

import {
  evaluateSets,
  frechetDistance,
  METRIC_NAMES,
  METRICS,
  type EvaluatedSet,
  type EvaluationProgress,
} from '../../src/index.js';
import { gaussianRows, shifted } from '../sets.js';

const LABELS = ['sport', 'news', 'tech'];
const TEXTS = ['the match ended in a draw', 'a storm is coming to the coast', 'the new phone has a better screen'];

/** Rows of three kinds, with texts that differ from row to row. */
function someSet(n: number, seed: number, shift = 0): Required<EvaluatedSet> {
  const embeddings = shifted(gaussianRows(n, 6, seed), shift);
  for (let i = 0; i < n; i++) embeddings.data[i * 6 + (i % 3)] += 3;
  return {
    embeddings,
    texts: Array.from({ length: n }, (_, i) => `${TEXTS[i % 3]} number ${(i * 7 + seed) % 29}`),
    labels: Array.from({ length: n }, (_, i) => LABELS[i % 3]),
  };
}

const synthetic = someSet(120, 1, 0.4);
const golden = someSet(150, 2);

describe('evaluateSets', () => {
  it('gives every metric as a finite figure with its interval, floor, sizes and settings', async () => {
    const figures = await evaluateSets({ synthetic, golden }, { metrics: METRIC_NAMES, bootstrap: 20, seed: 4 });
    expect(Object.keys(figures)).toEqual(METRIC_NAMES);
    for (const name of METRIC_NAMES) {
      const figure = figures[name]!;
      expect(figure.name).toBe(name);
      expect(figure.n).toEqual([120, 150]);
      const numbers = [figure.value, figure.floor, ...(figure.interval ?? [NaN]), ...Object.values(figure.parts)];
      for (const value of numbers) expect(Number.isFinite(value)).toBe(true);
      expect(figure.interval![0]).toBeLessThanOrEqual(figure.interval![1]);
      expect(figure.value).toBeGreaterThanOrEqual(METRICS[name].range[0]);
      expect(figure.value).toBeLessThanOrEqual(METRICS[name].range[1] + 1e-12);
      expect(figure.settings).toMatchObject({ seed: 4, confidence: 0.95 });
      expect(typeof figure.settings['interval']).toBe('string');
    }
  });

  it('does not hang on which other metrics were asked for, and is the same for the same seed', async () => {
    const alone = await evaluateSets({ synthetic, golden }, { metrics: ['recall'], bootstrap: 10 });
    const among = await evaluateSets({ synthetic, golden }, { metrics: ['frechet', 'recall', 'kid'], bootstrap: 10 });
    expect(among.recall).toEqual(alone.recall);
    expect(among.frechet!.value).toBe(frechetDistance(synthetic.embeddings, golden.embeddings));
  });

  it('computes on unit rows when told to normalize, and says so', async () => {
    const { frechet } = await evaluateSets(
      { synthetic, golden },
      { metrics: ['frechet'], normalize: true, bootstrap: 0, floorSplits: 0 },
    );
    expect(frechet!.value).toBeCloseTo(
      frechetDistance(synthetic.embeddings, golden.embeddings, { normalize: true }),
      12,
    );
    expect(frechet).toMatchObject({ interval: null, floor: null, settings: { normalize: true } });
  });

  it('puts the golden-against-golden floor below a shifted set, and warns when a set is no worse than it', async () => {
    const metrics = ['frechet', 'energy', 'kid'] as const;
    const apart = await evaluateSets({ synthetic, golden }, { metrics, bootstrap: 0, floorSplits: 3 });
    for (const name of metrics) expect(apart[name]!.floor!).toBeLessThan(apart[name]!.value);
    const same = await evaluateSets({ synthetic: golden, golden }, { metrics, bootstrap: 0 });
    for (const name of metrics) expect(same[name]!.warnings.join()).toMatch(/cannot be told apart/);
  });

  it('warns in words of few rows, copies, missing groups and few rows a bucket', async () => {
    const copies = {
      ...synthetic,
      embeddings: takeRows(
        synthetic.embeddings,
        Int32Array.from({ length: 120 }, (_, i) => i % 9),
      ),
    };
    const noTech = { ...synthetic, labels: synthetic.labels.map((label) => (label === 'tech' ? 'news' : label)) };
    const few = { ...someSet(20, 1), texts: someSet(20, 1).texts };
    const warningsOf = async (set: EvaluatedSet, metric: (typeof METRIC_NAMES)[number]): Promise<string> =>
      (await evaluateSets({ synthetic: set, golden }, { metrics: [metric], bootstrap: 0, mauve: { buckets: 40 } }))[
        metric
      ]!.warnings.join(' ');
    expect(await warningsOf(copies, 'frechet')).toMatch(/111 of 120 rows of synthetic repeat/);
    expect(await warningsOf(copies, 'recall')).toMatch(/radius 0/);
    expect(await warningsOf(noTech, 'f1')).toMatch(/no row labelled: tech/);
    expect(await warningsOf(noTech, 'subgroup')).toMatch(/no row of: tech/);
    expect(await warningsOf(few, 'mauve')).toMatch(/20 rows for 40 buckets/);
    expect(await warningsOf(few, 'frechet')).toMatch(/20 rows for 6 dimensions/);
    expect(await warningsOf(few, 'c2st')).toMatch(/differ in size/);
    expect(await warningsOf(someSet(3, 1), 'kid')).toMatch(/Only 3 rows/);
  });

  it('says that all rows are equal, and stays finite', async () => {
    const flat = { embeddings: { ...golden.embeddings, data: golden.embeddings.data.map((_, i) => 1 + (i % 6)) } };
    const metrics = METRIC_NAMES.filter((name) => METRICS[name].needs === 'embeddings');
    const figures = await evaluateSets({ synthetic: flat, golden: flat }, { metrics, bootstrap: 5 });
    for (const name of metrics) {
      expect(figures[name]!.warnings.join(' ')).toMatch(/All 150 rows of golden are equal/);
      for (const value of [figures[name]!.value, ...(figures[name]!.interval ?? [])])
        expect(Number.isFinite(value)).toBe(true);
    }
    expect(figures.frechet!.value).toBe(0);
    expect(figures.mauve!.value).toBeCloseTo(1, 12);
    expect(figures['cosine-kl']!.value).toBe(0);
  });

  it('audits leaks against the exemplars given, else against golden', async () => {
    const exemplars = { texts: [synthetic.texts[0]] };
    const { leak } = await evaluateSets(
      { synthetic, golden, exemplars },
      { metrics: ['leak'], leakWords: 20, bootstrap: 0 },
    );
    expect(leak!.parts['exactCopies']).toBe(synthetic.texts.filter((text) => text === synthetic.texts[0]).length);
    expect(leak!.settings).toMatchObject({ exemplars: 1, leakWords: 20 });
  });

  it('groups by clusters of golden where there are no labels', async () => {
    const { subgroup } = await evaluateSets(
      { synthetic: { embeddings: synthetic.embeddings }, golden },
      { metrics: ['subgroup'], clusters: 4, bootstrap: 0 },
    );
    expect(Object.keys(subgroup!.parts).filter((part) => part.startsWith('recall.cluster'))).toHaveLength(4);
    expect(subgroup!.settings['groups']).toBe('4 clusters of golden');
  });

  it('tells its progress up to the last metric, and stops when aborted', async () => {
    const seen: EvaluationProgress[] = [];
    const metrics = ['frechet', 'distinct-n'] as const;
    await evaluateSets({ synthetic, golden }, { metrics, bootstrap: 3, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(['value', 'interval', 'floor']));
    const abort = AbortSignal.abort(new Error('enough'));
    await expect(evaluateSets({ synthetic, golden }, { signal: abort })).rejects.toThrow('enough');
  });

  it('refuses what it cannot answer, by metric and part', async () => {
    const bare = { embeddings: golden.embeddings };
    const refusal = (sets: Parameters<typeof evaluateSets>[0], options: object): Promise<unknown> =>
      evaluateSets(sets, options);
    await expect(refusal({ synthetic: bare, golden }, { metrics: ['self-bleu'] })).rejects.toThrow(
      /self-bleu: synthetic has no texts/,
    );
    await expect(refusal({ synthetic, golden: bare }, { metrics: ['f1'] })).rejects.toThrow(/f1: golden has no labels/);
    await expect(refusal({ synthetic, golden }, { metrics: ['fid'] })).rejects.toThrow(/no metric "fid".*frechet/);
    await expect(refusal({ synthetic, golden }, { bootstrap: -1 })).rejects.toThrow(/bootstrap/);
    await expect(refusal({ synthetic, golden }, { confidence: 95 })).rejects.toThrow(/confidence/);
    await expect(refusal({ synthetic: { ...synthetic, texts: ['a'] }, golden }, {})).rejects.toThrow(/120, 1, 120/);
  });
});
