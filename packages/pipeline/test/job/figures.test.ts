import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { run } from '../support/noted-run.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';

it('a run that names no metrics has the unbiased distance where rows are few, and names the preset of MAUVE', async () => {
  const evaluate = { pairs: 4, heldOut: 0, bootstrap: 0, baselines: ['uniform'], mauve: 'library' };
  const config = await smallJob(await scratch(), { evaluate });
  const { metrics } = await runPipeline(config, { openers: fakeOpeners() });
  // 24 texts of 24 numbers each.
  expect(metrics!.evaluation.sets.map(({ name }) => name)).toEqual(['fitted gate', 'uniform', 'resampled exemplars']);
  for (const { figures } of metrics!.evaluation.sets)
    expect(Object.keys(figures)).toEqual(['kid', 'mauve', 'cosine-kl', 'leak']);
  const [{ figures }] = metrics!.evaluation.sets;
  expect(figures.kid!.warnings[0]).toContain('kid stands in for frechet: 24 rows are fewer than 5 a dimension');
  expect(figures.mauve!.settings['preset']).toBe('library');
  const page = (name: string): Promise<string> => readFile(join(config.output, name), 'utf8');
  expect(await page('README.md')).toContain('| mauve (library) ↑ |');
  expect(await page('report.html')).toMatch(/KID to the golden records/);
}, 60_000);

it('prints the share of texts that copy the exemplar in their own prompt, beside that of golden texts', async () => {
  const config = await smallJob(await scratch());
  const result = await runPipeline(config, { openers: fakeOpeners() });
  const readText = (name: string): Promise<string> => readFile(join(config.output, name), 'utf8');
  const rows = decodeLines(await readFile(join(config.output, 'synthetic.jsonl'))) as SyntheticRow[];
  const [fitted, zeroShot] = result.metrics!.evaluation.sets.map(({ figures }) => figures.leak!);
  expect(fitted.settings).toMatchObject({ exemplars: 10, ownExemplars: true });
  const text = new Map(
    (decodeLines(await readFile(join(config.output, 'exemplars.jsonl'))) as SyntheticRow[]).map((each) => [
      each.id,
      each.text,
    ]),
  );
  const words = (of: string): string[] => of.toLowerCase().match(/[a-z]+/g) ?? [];
  const copies = rows.filter((row) => {
    const [own, shown] = [words(row.text), ` ${words(text.get(row.exemplarId)!).join(' ')} `];
    return (
      shown.trim() === own.join(' ') ||
      own.some((_, i) => i + 8 <= own.length && shown.includes(` ${own.slice(i, i + 8).join(' ')} `))
    );
  });
  expect(fitted.parts['own']).toBeCloseTo(copies.length / rows.filter((row) => row.text !== '').length, 12);
  expect(fitted.parts).toHaveProperty('goldenOwn');
  expect(zeroShot.parts).not.toHaveProperty('own');
  for (const page of ['README.md', 'report.html']) expect(await readText(page)).toContain('leak of its own exemplar');
}, 60_000);

it('measures the exemplars themselves beside its texts as the method resampled-exemplars does, and asks no model for it', async () => {
  const folder = await scratch();
  const evaluate = { pairs: 4, heldOut: 0, bootstrap: 4, baselines: [] };
  const config = await smallJob(folder, { evaluate });
  const { metrics } = await runPipeline(config, { openers: fakeOpeners() });
  const [fitted, resampled] = metrics!.evaluation.sets;
  expect(resampled.name).toBe('resampled exemplars');
  expect(Object.keys(resampled.figures)).toEqual(Object.keys(fitted.figures));
  expect(resampled.figures.leak).toMatchObject({ value: 1, parts: { own: 1 }, n: fitted.figures.leak!.n });
  const method = { name: 'resampled-exemplars' };
  const alone = await runPipeline(await smallJob(folder, { evaluate, method, output: join(folder, 'alone') }), {
    openers: fakeOpeners(),
  });
  const [copies, ...others] = alone.metrics!.evaluation.sets;
  expect(others).toEqual([]);
  for (const name of ['kid', 'mauve', 'cosine-kl', 'leak'] as const)
    expect(resampled.figures[name]!.value).toBe(copies.figures[name]!.value);
  for (const page of ['README.md', 'report.html'])
    expect(await readFile(join(config.output, page), 'utf8')).toMatch(/Resampled exemplars are [^]*no model wrote/);
}, 120_000);

it('goes on without the row of resampled exemplars where they do not allow a figure, and says why', async () => {
  const config = await smallJob(await scratch(), {
    // One exemplar has one class, on which no classifier can be trained; the texts have both.
    exemplars: { count: 1 },
    method: { name: 'uniform' },
    prompt: { label: 'always' },
    evaluate: { bootstrap: 0, metrics: ['f1'] },
  });
  const { metrics, notes } = await run(config);
  expect(metrics!.evaluation.sets.map(({ name, figures }) => [name, Object.keys(figures)])).toEqual([
    ['uniform', ['f1', 'leak']],
  ]);
  expect(notes.join()).toMatch(/No figures of resampled exemplars: .* of at least 2 kinds, got (even|odd)/);
}, 60_000);

it('scores no pair, not even to estimate its cost, where nothing is fitted and no gates are compared', async () => {
  const gate = { preset: 'paper', epochs: 0 };
  const config = await smallJob(await scratch(), { gate, evaluate: { heldOut: 0, bootstrap: 0, baselines: [] } });
  const { notes } = await run(config);
  expect(notes).toContain('Estimate: no score, 24 texts to sample.');
}, 60_000);
