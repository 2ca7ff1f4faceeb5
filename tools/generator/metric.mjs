// A metric over embeddings: the function, how evaluateSets calls it, its test, its row in the README, and its name wherever names are listed.
import { camelCase, YOURS } from './changes.mjs';

/** `mean-distance` as `Mean distance`. */
const titleOf = (name) => name.replace(/-/g, ' ').replace(/^./, (letter) => letter.toUpperCase());

const source = (name, fn) => `import type { Matrix } from '@mixture-of-personas/numeric';

import { requireSets } from './checks.js';
import { centred } from './gaussian.js';

/**
 * ${titleOf(name)}: ‖μ₁ − μ₂‖, the distance of the two means. ${YOURS}: formula, source, range, what it throws.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns at least 0; 0 for sets with the same mean
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function ${fn}(synthetic: Matrix, golden: Matrix): number {
  requireSets('${fn}', synthetic, golden, 2);
  const [a, b] = [centred(synthetic).mean, centred(golden).mean];
  return Math.hypot(...a.map((value, j) => value - b[j]));
}
`;

const figure = (name, fn) => `import { ${fn} } from '../${name}.js';
import type { Computation } from './outcome.js';
import { resampledRows } from './resampling.js';

/**
 * ${titleOf(name)}. \`settings.seed\` is for what the figure draws, by \`randomFor\`. ${YOURS}: what was chosen, into \`settings\`; fewer resamples (\`atMost\`)
 * where each costs much, or no \`resampler\` for a figure without an interval.
 */
export const ${fn}Figure: Computation = ({ vectors, settings }) => {
  const both = vectors('${name}');
  return {
    value: ${fn}(...both),
    settings: { normalize: settings.normalize },
    resampler: {
      method: 'basic',
      over: 'rows of both sets',
      sample: (index) => ${fn}(...resampledRows(both, settings.seed, index)),
    },
  };
};
`;

const test = (name, fn) => `import { describe, expect, it } from '@jest/globals';
import { evaluateSets, ${fn}, matrixOf } from '../src/index.js';

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

/** @param {string} name in kebab case */
export function metric(name) {
  const fn = camelCase(name);
  const folder = 'packages/metrics';
  const changes = [
    { path: `${folder}/src/figure.ts`, free: new RegExp(`'${name}'`) },
    { path: `${folder}/src/${name}.ts`, create: source(name, fn) },
    { path: `${folder}/src/evaluations/${name}-figure.ts`, create: figure(name, fn) },
    { path: `${folder}/test/${name}.test.ts`, create: test(name, fn) },
    {
      path: `${folder}/src/figure.ts`,
      place: /(export type MetricName =(?:\n {2}\| '[\w-]+')+);/,
      insert: `$1\n  | '${name}';`,
    },
    {
      path: `${folder}/src/metric-facts.ts`,
      place: /\n};\n\n\/\*\* All metric names/,
      insert: `\n  '${name}': { title: '${titleOf(name)}', better: 'lower', range: [0, Infinity], needs: 'embeddings' }, // ${YOURS}: title for tables, better, range, needs$&`,
    },
    {
      path: `${folder}/src/evaluations/computations.ts`,
      place: /\nimport type \{ Computation \}/,
      insert: `\nimport { ${fn}Figure } from './${name}-figure.js';$&`,
    },
    { path: `${folder}/src/evaluations/computations.ts`, place: /\n};\n$/, insert: `\n  '${name}': ${fn}Figure,$&` },
    { path: `${folder}/src/index.ts`, place: /\/\/ one set\n/, insert: `export { ${fn} } from './${name}.js';\n$&` },
    {
      path: `${folder}/README.md`,
      place: /(## The figures\n.*?)\n\n## /s,
      insert: `$1\n| \`${name}\` (\`${fn}\`) | ‖μ₁−μ₂‖ | [0, ∞), lower | ${YOURS}: formula, range, source; seconds at n 5,000, d 384 | linear; as much a resample |\n\n## `,
    },
  ];
  return {
    changes,
    formulaIn: `${folder}/src/${name}.ts`,
    test: `npm test -w packages/metrics -- ${name}`,
    use: `npm run mop -- evaluate --synthetic A.jsonl --golden B.jsonl --encoder embedded --metrics ${name}`,
  };
}
