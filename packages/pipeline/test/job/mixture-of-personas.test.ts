import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mixtureOfPersonas, type MixtureOptions } from '../../src/job/mixture-of-personas.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { fakeEncoder, fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';

const places = ['harbor', 'market', 'school', 'library', 'station', 'garden', 'bridge', 'theater', 'museum', 'hotel'];
const said = ['was quiet', 'was loud', 'opened late', 'surprised us', 'needs repair', 'is new'];
const records = places.flatMap((place) =>
  said.map((what) => ({ text: `The ${place} ${what} this week`, context: place })),
);
const settings = {
  personas: { source: 'keywords' },
  templates: { name: 'generic' },
  gate: { design: { pairs: 16, perRecord: 4 } },
  evaluate: { pairs: 8, bootstrap: 2, metrics: ['frechet'] },
  simulate: { count: 24, batchSize: 8 },
};

async function mixture(options: Partial<MixtureOptions> = {}) {
  const model = await fakeOpeners().openLanguageModel('fake');
  return mixtureOfPersonas({ records, encoder: fakeEncoder(), model, settings, ...options });
}

describe('mixtureOfPersonas', () => {
  it('fits a gate to records in memory, with counts that they allow', async () => {
    const run = await mixture();
    expect(run.gate.temperatures).toHaveLength(run.personas.length);
    expect([run.personas.length, run.exemplars.length, run.heldOut?.records]).toEqual([6, 48, 12]);
    await run.close();
    expect(existsSync(run.folder)).toBe(false);
  }, 60_000);

  it('simulates the same first texts however many are asked for, and reports on all of them', async () => {
    const run = await mixture();
    const first = await run.simulate(5);
    const report = await run.report(join(await scratch(), 'report.html'));
    expect((await run.simulate()).slice(0, 5)).toEqual(first);
    expect(await readFile(report, 'utf8')).toContain('Mixture of personas: a run');
    expect(run.metrics?.evaluation.sets[0]?.figures.frechet?.n[0]).toBe(24);
    await expect(run.simulate(25)).rejects.toThrow(/simulate takes a count from 1 to 24.*got 25/);
    await run.close();
  }, 60_000);

  it('resumes in its folder with the same gate', async () => {
    const output = join(await scratch(), 'run');
    const first = await mixture({ output });
    await first.close();
    const second = await mixture({ output });
    expect(second.gate).toEqual(first.gate);
    await second.close();
    await expect(mixture({ output, settings: { ...settings, seed: 3 } })).rejects.toThrow(/holds another run.*seed/);
  }, 60_000);

  it('makes from a configuration what the command line makes', async () => {
    const config = await smallJob(await scratch());
    const { finished } = await runPipeline(config, { until: 'personas', openers: fakeOpeners() });
    expect(finished).toEqual(['embed', 'personas']);
  }, 60_000);

  it.each([
    ['a record without text', { records: [{ text: 'one' }, { text: ' ' }] }, /record 1: the text is empty/],
    ['texts in place of records', { records: ['one', 'two'] as never }, /records\[0\] is a string/],
    ['no records', { records: undefined as never }, /records must be an array of \{ text \}/],
    ['golden records that are none', { golden: 3 as never }, /golden must be an array of \{ text \}/],
    ['a setting that does not exist', { settings: { gate: { topm: 3 } } }, /no setting gate\.topm.*gate\.topM/],
    [
      'another method',
      { settings: { ...settings, method: { name: 'zerogen' } } },
      /method\.name is zerogen, which fits no gate/,
    ],
  ])('refuses %s and leaves nothing behind', async (_, options, message) => {
    await expect(mixture(options)).rejects.toThrow(message);
  });
});
