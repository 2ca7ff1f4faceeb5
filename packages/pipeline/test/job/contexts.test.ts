import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contextGains } from '../../src/analysis/context-gains.js';
import { FITTED, NO_CONTEXT, UNIFORM } from '../../src/analysis/held-out.js';
import { mixtureOfPersonas } from '../../src/job/mixture-of-personas.js';
import { fakeEncoder, fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';

// Each place has words of its own, so that an exemplar of the same place says much of a record.
const said = {
  harbor: ['boats', 'tides', 'gulls', 'nets'],
  market: ['apples', 'stalls', 'prices', 'bread'],
  school: ['lessons', 'pupils', 'books', 'chalk'],
};
const places = Object.keys(said);
const records = Object.entries(said).flatMap(([context, words]) =>
  Array.from({ length: 48 }, (_, i) => {
    const [a, b, c] = [0, 1, 2].map((step) => words[(i + step) % 4]);
    return {
      text: `We saw ${a} and ${b} and ${c} in year ${'abcdefghijkl'[i % 12]}${'mnop'[Math.floor(i / 12)]}`,
      context,
    };
  }),
);

describe('a run whose gate sees a context that informs', () => {
  it('gains by the context, and its report says by how much in which context', async () => {
    const settings = {
      personas: { source: 'keywords', count: 3 },
      exemplars: { count: 30 },
      templates: { name: 'generic' },
      gate: { design: { pairs: 48, perRecord: 12 } },
      evaluate: { heldOut: 28, pairs: 16, bootstrap: 2, recordsPerDraw: 1, metrics: ['frechet'] },
      simulate: { count: 24, batchSize: 8 },
    };
    const model = await fakeOpeners().openLanguageModel('fake');
    const run = await mixtureOfPersonas({ records, encoder: fakeEncoder(), model, settings });
    expect(run.config.gate).toMatchObject({ input: 'context', objective: 'conditional' });
    const { contexts } = run.heldOut!;
    expect(contexts!.over).toBe('context');
    expect(contexts!.groups.map(({ name }) => name).sort()).toEqual([...places].sort());
    expect(contexts!.all.mean).toBeGreaterThan(3 * contexts!.all.standardError!);
    const report = await run.report(join(await scratch(), 'report.html'));
    expect(await readFile(report, 'utf8')).toContain('Gain by context');
    await run.close();
  }, 120_000);
});

describe('contextGains', () => {
  const judged = [
    { name: UNIFORM, logLikelihoods: [-5, -5, -5, -5] },
    { name: NO_CONTEXT, logLikelihoods: [-4, -4, -4, -4] },
    { name: FITTED, logLikelihoods: [-3, -3.5, -1, -1.5] },
  ];
  const heldOut = ['a', 'b', 'a', 'b'].map((context, i) => ({ id: String(i), text: 'x', context }));

  it('is the mean of a group’s records, with errors by the records that share draws', () => {
    const found = contextGains(judged, heldOut, 2)!;
    expect(found.all.mean).toBeCloseTo(1.75, 12);
    expect(
      found.groups.map(({ name, overNoContext, overUniform }) => [name, overNoContext.mean, overUniform.mean]),
    ).toEqual([
      ['a', 2, 3],
      ['b', 1.5, 2.5],
    ]);
    // Rows 0 and 2 share no draw, though they stand side by side in their group: two blocks, deviations −1 and 1.
    expect(found.groups[0].overNoContext.standardError).toBeCloseTo(Math.sqrt(2 * 2) / 2, 12);
  });

  it('is nothing where the gate sees no context', () => {
    expect(contextGains(judged.slice(0, 1), heldOut, 2)).toBeUndefined();
  });
});
