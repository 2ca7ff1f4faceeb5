import { describe, expect, it } from '@jest/globals';
import { evaluateSets, matrixOf, METRIC_NAMES } from '@mixture-of-personas/metrics';
import { z } from 'zod';
import { node, read } from './workspace.js';

const text = read('packages/metrics/figures.schema.json');
const schema = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);

const cloud = (moved: number): ReturnType<typeof matrixOf> =>
  matrixOf(Array.from({ length: 30 }, (_, i) => [1, 2, 3].map((k) => Math.sin(i * k + k) + moved)));

describe('the published schema of metric results', () => {
  it('is what the types and the registry declare (npm run schema)', () => {
    expect(node(['tools/interchange/figures-schema.mjs', '--check'])).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(text)).toMatchObject({ $defs: { MetricName: { enum: METRIC_NAMES } } });
  });

  it('accepts what evaluateSets gives, and what is left of it without names', async () => {
    const sets = { synthetic: { embeddings: cloud(0.2) }, golden: { embeddings: cloud(0) } };
    const figures = await evaluateSets(sets, { metrics: ['frechet', 'coverage', 'vendi'], bootstrap: 5 });
    const written = JSON.parse(JSON.stringify(figures)) as Record<string, object>;
    const nameless = Object.fromEntries(
      Object.entries(written).map(([key, figure]) => [key, { ...figure, name: undefined }]),
    );
    expect(Object.keys(written)).toHaveLength(3);
    expect(schema.safeParse(written).error).toBeUndefined();
    expect(schema.safeParse(JSON.parse(JSON.stringify(nameless))).error).toBeUndefined();
  });

  it.each([
    [
      'a value of no known name',
      { fid: { value: 1, interval: null, floor: null, n: [2, 2], parts: {}, settings: {}, warnings: [] } },
    ],
    [
      'a value without its floor',
      { frechet: { value: 1, interval: null, n: [2, 2], parts: {}, settings: {}, warnings: [] } },
    ],
    [
      'an interval of one end',
      { frechet: { value: 1, interval: [1], floor: 0, n: [2, 2], parts: {}, settings: {}, warnings: [] } },
    ],
  ])('refuses %s', (_, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
