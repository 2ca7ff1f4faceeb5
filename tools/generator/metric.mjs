// A metric over embeddings: one file with the function and `defineMetric`, its test, and its place in the registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../ci/processes.mjs';
import { camelCase, YOURS } from './changes.mjs';

/** `mean-distance` as `Mean distance`. */
const titleOf = (name) => name.replace(/-/g, ' ').replace(/^./, (letter) => letter.toUpperCase());

const source = (name, fn) => `import { centered, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { stacked } from '@mixture-of-personas/numeric/internal';

import { requireSets } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { relabelingInterval } from '../metric/intervals.js';

/**
 * ${titleOf(name)}: ‖μ₁ − μ₂‖, the distance of the two means. ${YOURS}: formula, source, range, errors.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns at least 0; 0 for sets with the same mean
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function ${fn}(synthetic: Matrix, golden: Matrix): number {
  requireSets('${fn}', synthetic, golden, 2);
  const [a, b] = [centered(synthetic).mean, centered(golden).mean];
  return Math.hypot(...a.map((value, j) => value - b[j]));
}

/** ${titleOf(name)}. ${YOURS}: facts for tables; the interval (see metric/intervals.ts), or undefined for none. */
export const ${fn}Metric: Metric<'${name}'> = defineMetric({
  name: '${name}',
  facts: {
    title: '${titleOf(name)}',
    better: 'lower',
    range: [0, Infinity],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['${fn}'],
    formula: '‖μ₁−μ₂‖',
    source: '${YOURS}',
    cost: 'linear; as much a resample',
  },
  compute: ({ vectors, settings }) => {
    const both = vectors('${name}');
    return { value: ${fn}(...both), settings: { normalize: settings.normalize }, state: both };
  },
  resample: ([x, y], { settings }) => {
    const rows = stacked(x, y);
    const metric = (part: readonly [Int32Array, Int32Array]): number =>
      ${fn}(takeRows(rows, part[0]), takeRows(rows, part[1]));
    return relabelingInterval({ sizes: [x.rows, y.rows], seed: settings.seed, without: metric, relabeled: metric });
  },
});
`;

const test = (name, fn) => `import { describe, expect, it } from '@jest/globals';
import { evaluateSets, ${fn}, matrixOf } from '../../src/index.js';

const golden = matrixOf([
  [0, 0],
  [2, 0],
]);
const moved = matrixOf([
  [3, 4],
  [5, 4],
]);

describe('${fn}', () => {
  it('is 0 between a set and itself', () => {
    expect(${fn}(golden, golden)).toBe(0);
  });

  it('is the length of the shift of a shifted set', () => {
    expect(${fn}(moved, golden)).toBeCloseTo(5, 12);
  });

  it('says both widths when they differ', () => {
    expect(() => ${fn}(golden, matrixOf([[1], [2]]))).toThrow(/2.*1/s);
  });

  it('can be asked for by name, and says the same every time', async () => {
    const sets = { synthetic: { embeddings: moved }, golden: { embeddings: golden } };
    const figures = await evaluateSets(sets, { metrics: ['${name}'], floorSplits: 0 });
    expect(figures['${name}']).toMatchObject({ name: '${name}', n: [2, 2] });
    expect(await evaluateSets(sets, { metrics: ['${name}'], floorSplits: 0 })).toEqual(figures);
  });
});
`;

/** The change that pins an export of the index in its test, whose list is sorted. */
function pin(path, fn) {
  const pinned = [...readFileSync(join(root, path), 'utf8').matchAll(/^ {6}'(\w+)',$/gm)].map(([, each]) => each);
  const next = pinned.find((each) => each > fn);
  const place = next === undefined ? /\n {4}\]\);/ : new RegExp(`\n {6}'${next}',`);
  return { path, place, insert: `\n      '${fn}',$&` };
}

/** @param {string} name in kebab case */
export function metric(name) {
  const fn = camelCase(name);
  const folder = 'packages/metrics';
  const room = 'distances';
  const registry = `${folder}/src/evaluate/registry.ts`;
  const changes = [
    { path: `${folder}/figures.schema.json`, free: new RegExp(`"${name}"`) },
    { path: `${folder}/src/${room}/${name}.ts`, create: source(name, fn) },
    { path: `${folder}/test/${room}/${name}.test.ts`, create: test(name, fn) },
    {
      path: registry,
      place: /\nimport type \{ Metric,/,
      insert: `\nimport { ${fn}Metric } from '../${room}/${name}.js';$&`,
    },
    { path: registry, place: /\n\] as const;/, insert: `\n  ${fn}Metric,$&` },
    {
      path: `${folder}/src/index.ts`,
      place: /\/\/ one set\n/,
      insert: `export { ${fn} } from './${room}/${name}.js';\n$&`,
    },
    pin(`${folder}/test/index.test.ts`, fn),
  ];
  return {
    changes,
    formulaIn: `${folder}/src/${room}/${name}.ts`,
    test: `npm test -w packages/metrics -- ${name}`,
    use: `npm run mop -- evaluate --synthetic A.jsonl --golden B.jsonl --encoder embedded --metrics ${name}`,
  };
}
