import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { countingOpeners } from '../counting-openers.js';
import { mop } from '../terminal.js';

const WORDS = 'a storm in the north will bring rain over the river and the market town'.split(' ');
const sentence = (i: number): string =>
  Array.from({ length: 4 + (i % 5) }, (_, j) => WORDS[(i * 7 + j * (1 + (i % 4))) % 13]).join(' ');
const lines = (textOf: (i: number) => string, more: (i: number) => object = () => ({})): string =>
  Array.from({ length: 40 }, (_, i) => JSON.stringify({ text: textOf(i), ...more(i) })).join('\n');
const RECORDS = {
  'plain.jsonl': lines(sentence),
  'labels.jsonl': lines(sentence, (i) => ({ label: i % 3 === 0 ? 'sun' : 'rain' })),
  'contexts.jsonl': lines(sentence, (i) => ({ context: `question ${i % 7}` })),
  'answers.jsonl': lines((i) => (i % 4 === 0 ? 'no never' : 'yes often')),
};

/** Values at the edge of what a setting may be; any may be left out. */
const EDGES = {
  'population.records': ['2', '8', '10'],
  'golden.records': ['1', '4', '8'],
  'exemplars.perPrompt': ['1', '2', '3'],
  'personas.source': ['keywords', 'random', 'llm'],
  'personas.perCluster': ['1', '30'],
  'simulate.temperature': ['fitted', '0.5'],
  'simulate.mix': ['1', '2'],
  'simulate.batchSize': ['1', '3'],
  'prompt.label': ['always'],
  'gate.input': ['record', 'none', 'context'],
  'evaluate.bootstrap': ['0', '1', '20'],
  'evaluate.pairs': ['1', '4'],
  'evaluate.trainingRecords': ['1', '4'],
  'evaluate.mauve': ['library', 'paper'],
  'evaluate.normalize': ['true'],
  'method.name': ['mop', 'uniform', 'nearest', 'resampled-exemplars', 'zero-shot', 'zerogen', 'picle-pc', 'verbalized'],
};
const FIT = {
  default: {
    'gate.objective': ['marginal', 'conditional'],
    'gate.design.pairs': ['2', '6'],
    'gate.design.perRecord': ['2', '3'],
    'gate.design.records': ['4', '8'],
    'gate.design.rounds': ['1', '5'],
    'gate.texts.start': ['likelihood', 'equal'],
  },
  paper: {
    'gate.epochs': ['0', '1'],
    'gate.topM': ['1', '50'],
    'gate.hidden': ['1', '3'],
    'gate.selfMask': ['0', '0.5'],
    'gate.exploration.kind': ['top', 'gumbel'],
    'gate.start': ['similarity', 'random'],
    'gate.validationPairs': ['1', '2'],
  },
} as const;
const oneOf = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
/** A few settings at once: most edges exclude one another. */
const some = (
  edges: Readonly<Record<string, readonly string[]>>,
  maxLength: number,
): fc.Arbitrary<Record<string, string>> =>
  fc
    .subarray(Object.keys(edges), { maxLength })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, oneOf(edges[name] ?? [])]))));

const anySettings = fc
  .tuple(fc.constantFrom('default' as const, 'paper' as const), oneOf(Object.keys(RECORDS)))
  .chain(([preset, file]) =>
    fc.record({
      file: fc.constant(file),
      counts: fc.record({
        'gate.preset': fc.constant(preset),
        'population.validation': fc.constant(preset === 'paper' ? '2' : '0'),
        'personas.count': oneOf(['1', '2', '5']),
        'exemplars.count': oneOf(['5', '2', '2', '5', '1']),
        'simulate.count': oneOf(['6', '2', '2', '6', '1']),
        'simulate.maxTokens': fc.constant('8'),
        'evaluate.heldOut': oneOf(['0', '1', '4']),
      }),
      edges: some(EDGES, 3),
      fit: some(FIT[preset], 2),
    }),
  );

/** Refusals for what only the texts or the drawn pairs of a run show. */
const LATER = /texts .* are (not )?empty|only pairs with its own exemplar/;

it('a run at the edge of its settings ends with figures, or is refused in one sentence before a model is asked', async () => {
  const folder = await scratch(RECORDS);
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(anySettings, async ({ file, counts, edges, fit }) => {
      const output = join(folder, 'run');
      // Where records have contexts, the likelihood is the aim.
      const byTexts = counts['gate.preset'] === 'default' && !('gate.objective' in fit) && file !== 'contexts.jsonl';
      const texts = byTexts ? { 'gate.texts.count': '40' } : {};
      const settings = { 'population.path': join(folder, file), output, ...counts, ...texts, ...fit, ...edges };
      const { openers, counts: asked } = countingOpeners();
      const words = ['run', ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)];
      const { code, stdout, stderr } = await mop(words, { openers });
      const pages = existsSync(output) ? readdirSync(output).filter((name) => /\.(json|md)$/.test(name)) : [];
      const written = pages.map((name) => readFileSync(join(output, name), 'utf8'));
      rmSync(output, { recursive: true, force: true });
      for (const text of [stdout, stderr, ...written]) expect(text).not.toMatch(/\bNaN\b|\bundefined\b|Infinity/);
      if (code === 0) finished += 1;
      else {
        const sentence = /^Error: (.*)$/m.exec(stderr)?.[1];
        expect([code, sentence, stderr]).toEqual([
          1,
          expect.stringMatching(/^.{20,400}$/),
          expect.not.stringMatching(/\n\s+at /),
        ]);
        if (!LATER.test(sentence ?? '')) expect([sentence, asked.asked]).toEqual([sentence, 0]);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
  expect(finished).toBeGreaterThan(15);
}, 120_000);
