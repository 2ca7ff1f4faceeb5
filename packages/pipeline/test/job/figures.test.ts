import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';

it('a run that names no metrics has the unbiased distance where rows are few, and names the preset of MAUVE', async () => {
  const evaluate = { pairs: 4, heldOut: 0, bootstrap: 0, baselines: ['uniform'], mauve: 'library' };
  const config = await smallJob(await scratch(), { evaluate });
  const { metrics } = await runPipeline(config, { openers: fakeOpeners() });
  // 24 texts of 24 numbers each.
  for (const { figures } of metrics!.evaluation.sets)
    expect(Object.keys(figures)).toEqual(['kid', 'mauve', 'cosine-kl', 'leak']);
  const [{ figures }] = metrics!.evaluation.sets;
  expect(figures.kid!.warnings[0]).toContain('kid stands in for frechet: 24 rows are fewer than 5 a dimension');
  expect(figures.mauve!.settings['preset']).toBe('library');
  const page = (name: string): Promise<string> => readFile(join(config.output, name), 'utf8');
  expect(await page('README.md')).toContain('| mauve (library) |');
  expect(await page('report.html')).toMatch(/KID to the golden records/);
}, 60_000);
