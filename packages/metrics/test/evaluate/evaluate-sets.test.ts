import { describe, expect, it } from '@jest/globals';
import { takeRows } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';

import {
  defineMetric,
  evaluateSets,
  frechetDistance,
  METRIC_NAMES,
  METRICS,
  percentileBootstrap,
  resampledMean,
  type EvaluatedSet,
  type EvaluationProgress,
} from '../../src/index.js';
import { gaussianRows, shifted } from '../sets.js';

const LABELS = ['sport', 'news', 'tech'];
const TEXTS = ['the match ended in a draw', 'a storm is coming to the coast', 'the new phone has a better screen'];

/** Rows of three kinds, with texts that differ from row to row. */
function someSet(n: number, seed: number, shift = 0): Required<Omit<EvaluatedSet, 'name'>> {
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
const exemplars = { texts: [synthetic.texts[0], 'another text that nobody repeats'] };
/** Real records besides golden: enough for floors at the sizes compared. */
const reference = someSet(130, 3);

describe('evaluateSets', () => {
  it('gives every metric as a finite figure with its interval, floor, sizes and settings', async () => {
    const figures = await evaluateSets(
      { synthetic, golden, exemplars, reference },
      { metrics: METRIC_NAMES, bootstrap: 20, seed: 4 },
    );
    expect(Object.keys(figures)).toEqual(METRIC_NAMES);
    for (const name of METRIC_NAMES) {
      const figure = figures[name]!;
      expect(figure.name).toBe(name);
      expect(figure.n).toEqual([120, 150]);
      const numbers = [figure.value, figure.floor, ...(figure.interval ?? []), ...Object.values(figure.parts)];
      for (const value of numbers) expect(Number.isFinite(value)).toBe(true);
      expect(figure.value).toBeGreaterThanOrEqual(METRICS[name].range[0]);
      expect(figure.value).toBeLessThanOrEqual(METRICS[name].range[1] + 1e-12);
      expect(figure.settings['seed']).toBe(4);
      if (name === 'f1') {
        // Every record has its class, in every resample: they say nothing of a spread.
        expect([figure.value, figure.interval, figure.settings['interval']]).toEqual([1, null, undefined]);
        continue;
      }
      expect(figure.interval![0]).toBeLessThan(figure.interval![1]);
      expect(figure.settings['confidence']).toBe(0.95);
      expect(typeof figure.settings['interval']).toBe('string');
    }
  });

  it('does not depend on which other metrics were asked for, and is the same for the same seed', async () => {
    const alone = await evaluateSets({ synthetic, golden }, { metrics: ['recall'], bootstrap: 10 });
    const among = await evaluateSets({ synthetic, golden }, { metrics: ['frechet', 'recall', 'kid'], bootstrap: 10 });
    expect(among.recall).toEqual(alone.recall);
    expect(among.frechet!.parts['raw']).toBe(frechetDistance(synthetic.embeddings, golden.embeddings));
  });

  it('computes on unit rows when told to normalize, and says so', async () => {
    const { frechet } = await evaluateSets(
      { synthetic, golden },
      { metrics: ['frechet'], normalize: true, bootstrap: 0, floorSplits: 0 },
    );
    expect(frechet!.parts['raw']).toBeCloseTo(
      frechetDistance(synthetic.embeddings, golden.embeddings, { normalize: true }),
      12,
    );
    expect(frechet).toMatchObject({ interval: null, floor: null, settings: { normalize: true } });
  });

  it('puts the golden-against-golden floor below a shifted set, and warns when a set is no worse than it', async () => {
    const metrics = ['frechet', 'energy', 'kid'] as const;
    const apart = await evaluateSets({ synthetic, golden, reference }, { metrics, bootstrap: 0, floorSplits: 3 });
    for (const name of metrics) expect(apart[name]!.floor!).toBeLessThan(apart[name]!.value);
    const same = await evaluateSets(
      { synthetic: golden, golden, reference: someSet(150, 5) },
      { metrics, bootstrap: 0 },
    );
    for (const name of metrics) expect(same[name]!.warnings.join()).toMatch(/cannot tell the sets apart/);
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
    expect(await warningsOf(noTech, 'f1')).toMatch(/no row labeled: tech/);
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

  it('computes a metric of the caller beside its own, with interval, floor and warnings', async () => {
    const textLength = defineMetric({
      name: 'text-length',
      facts: { title: 'Words per text', better: 'target', range: [0, Infinity], needs: 'texts', of: 'synthetic' },
      compute: ({ words }) => {
        const lengths = words('text-length')[0].map(({ length }) => length);
        return { value: meanOf(lengths), state: lengths };
      },
      resample: (lengths, { settings: { seed } }) =>
        percentileBootstrap('rows of synthetic', resampledMean(lengths, seed)),
    });
    const few = { texts: ['one', 'one two three'] };
    const sets = { synthetic: few, golden: { texts: ['one two three four', 'one two'] } };
    const figures = await evaluateSets(sets, { metrics: ['distinct-n', textLength], bootstrap: 50 });
    expect(Object.keys(figures)).toEqual(['distinct-n', 'text-length']);
    expect(figures['text-length']).toMatchObject({ name: 'text-length', value: 2, interval: [1, 3], floor: 3 });
    expect(figures['text-length']!.warnings.join()).toMatch(/Only 2 rows on one side/);
    const other = { ...textLength };
    await expect(evaluateSets(sets, { metrics: [textLength, other] })).rejects.toThrow(
      /two metrics have the name "text-length"/,
    );
    await expect(evaluateSets(sets, { metrics: [{ ...other, name: 'kid' }] })).rejects.toThrow(
      /two metrics have the name "kid"/,
    );
  });

  it('calls a floor only what has the sizes compared, and gives the smaller split with its sizes and a sentence', async () => {
    const { kid } = await evaluateSets({ synthetic, golden }, { metrics: ['kid'], bootstrap: 0 });
    expect(kid).toMatchObject({ floor: null, split: { n: [67, 83] } });
    expect(kid!.warnings.join(' ')).toMatch(/Too few real records for a floor at 120 against 150 rows: 67 against 83/);
    const whole = await evaluateSets({ synthetic, golden, reference }, { metrics: ['kid'], bootstrap: 0 });
    expect(whole.kid!.split).toBeNull();
    expect(whole.kid!.floor).not.toBeNull();
  });

  it('starts from kid where rows are few for the dimensions, and says so', async () => {
    const { kid, frechet } = await evaluateSets(
      { synthetic: someSet(25, 1), golden },
      { bootstrap: 0, floorSplits: 0, mauve: { buckets: 4 } },
    );
    expect(frechet).toBeUndefined();
    expect(kid!.warnings[0]).toMatch(/kid stands in for frechet: 25 rows/);
    const many = await evaluateSets({ synthetic, golden }, { bootstrap: 0, floorSplits: 0 });
    expect(Object.keys(many)).toEqual(['frechet', 'mauve', 'cosine-kl']);
  });

  it('names the preset of MAUVE in its result', async () => {
    const presetOf = async (mauve: 'paper' | 'library' | { buckets: number }): Promise<unknown> => {
      const found = await evaluateSets(
        { synthetic: someSet(300, 1), golden: someSet(300, 2) },
        { metrics: ['mauve'], bootstrap: 0, floorSplits: 0, mauve },
      );
      return found.mauve!.settings;
    };
    expect(await presetOf('paper')).toMatchObject({ preset: 'paper', buckets: 500, scaling: 1 });
    expect(await presetOf('library')).toMatchObject({ preset: 'library', buckets: 30, scaling: 5 });
    expect(await presetOf({ buckets: 7 })).toMatchObject({ preset: 'custom', buckets: 7 });
  });

  it('looks for copies of the exemplars, never of golden, and beside them for the same of golden texts', async () => {
    await expect(evaluateSets({ synthetic, golden }, { metrics: ['leak'] })).rejects.toThrow(/leak: no exemplars/);
    const { leak } = await evaluateSets(
      { synthetic, golden, exemplars, exemplarOf: synthetic.texts.map((_, i) => i % 2) },
      { metrics: ['leak'], leakWords: 20, bootstrap: 0 },
    );
    const copies = synthetic.texts.filter((text) => text === synthetic.texts[0]).length;
    const ownCopies = synthetic.texts.filter((text, i) => i % 2 === 0 && text === synthetic.texts[0]).length;
    expect(leak!.parts).toMatchObject({ exactCopies: copies, own: ownCopies / 120 });
    expect(leak!.value).toBeCloseTo(copies / 120, 12);
    expect(leak!.parts['golden']).toBeCloseTo(golden.texts.filter((text) => text === synthetic.texts[0]).length / 150);
    expect(leak!.settings).toMatchObject({ exemplars: 2, ownExemplars: true, leakWords: 20 });
  });

  it('sees 24 of 24 verbatim copies of their own exemplars', async () => {
    const texts = golden.texts.slice(0, 24).map((text, i) => `${text} and more ${i}`);
    const { leak } = await evaluateSets(
      {
        synthetic: { texts },
        golden: { texts: ['nothing like it'] },
        exemplars: { texts },
        exemplarOf: texts.map((_, i) => i),
      },
      { metrics: ['leak'], bootstrap: 0, floorSplits: 0 },
    );
    expect(leak).toMatchObject({ value: 1, parts: { own: 1, ownRunShare: 1, golden: 0, goldenOwn: 0 } });
  });

  it('calls each set by its name in warnings and errors', async () => {
    const same = takeRows(synthetic.embeddings, new Int32Array(120));
    const named = { synthetic: { name: 'zero-shot texts', embeddings: same }, golden: { ...golden, name: 'reviews' } };
    const { kid } = await evaluateSets(named, { metrics: ['kid'], bootstrap: 0, floorSplits: 0 });
    expect(kid!.warnings).toContain('All 120 rows of zero-shot texts are equal.');
    await expect(evaluateSets(named, { metrics: ['answers'] })).rejects.toThrow('zero-shot texts has no labels');
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
