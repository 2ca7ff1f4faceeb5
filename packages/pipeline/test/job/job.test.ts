import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../../src/config/schema.js';
import { realOpeners } from '../../src/engines/model-openers.js';
import type { RunOptions } from '../../src/job/run-pipeline.js';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { openExistingRun } from '../../src/run-folder/run-folder.js';
import { explainRow, runSummary, stageTimesTable } from '../../src/cards/run-info.js';
import { fakeEncoder, fakeOpeners } from '../support/fake-engines.js';
import { run, temporary } from '../support/noted-run.js';
import { smallJob } from '../support/small-job.js';

describe('runPipeline', () => {
  let config: MopConfig;
  let result: Awaited<ReturnType<typeof run>>;
  let rows: SyntheticRow[];
  const readText = (name: string): Promise<string> => readFile(join(config.output, name), 'utf8');

  beforeAll(async () => {
    config = await smallJob(await temporary());
    result = await run(config);
    rows = decodeLines(await readFile(join(config.output, 'synthetic.jsonl'))) as SyntheticRow[];
  });

  it('leaves a complete run folder and nothing unfinished', async () => {
    expect((await readdir(config.output)).sort()).toEqual([
      'GATE_CARD.md',
      'README.md',
      'baselines',
      'embeddings.npy',
      'exemplars.jsonl',
      'fit.json',
      'gate.json',
      'gate.safetensors',
      'held-out.json',
      'manifest.json',
      'metrics.json',
      'personas.jsonl',
      'report.html',
      'report.json',
      'scores',
      'stage-times.json',
      'synthetic-embeddings.npy',
      'synthetic.jsonl',
      'synthetic.parquet',
    ]);
  });

  it('gives every simulated row its whole provenance, in one order of keys', async () => {
    const personas = new Set(
      (decodeLines(Buffer.from(await readText('personas.jsonl'))) as { id: string }[]).map(({ id }) => id),
    );
    const exemplars = new Set(
      (decodeLines(Buffer.from(await readText('exemplars.jsonl'))) as { id: string }[]).map(({ id }) => id),
    );
    expect(rows).toHaveLength(24);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(24);
    for (const row of rows) {
      expect(Object.keys(row).filter((key) => key !== 'flag')).toEqual([
        ...['id', 'text', 'label', 'context', 'personaId', 'exemplarId', 'personaProbability', 'exemplarProbability'],
        ...['temperature', 'seed', 'model', 'promptLabel', 'promptHash'],
      ]);
      expect(row.text.trim()).not.toBe('');
      expect(personas).toContain(row.personaId);
      expect(exemplars).toContain(row.exemplarId);
      expect(row.personaProbability).toBeGreaterThan(0);
      expect(row.personaProbability).toBeLessThanOrEqual(1);
      expect(row.exemplarProbability).toBeGreaterThan(0);
      expect(row.temperature).toBeGreaterThan(0);
      expect(row.seed).toBe(config.seed);
      expect(row.model).toBe('fake:words');
      expect(row.promptHash).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('judges the seven contenders by one estimator, each beside the uniform mixture and the zero-shot prompt', () => {
    const { heldOut } = result;
    expect(heldOut?.rows.map(({ name }) => name)).toEqual([
      'zero-shot prompt',
      'no-exemplar mixture',
      'one random pair',
      'uniform mixture',
      'random gate',
      'initial gate',
      'fitted gate',
    ]);
    const of = (name: string) => heldOut!.rows.find((row) => row.name === name)!;
    expect(of('uniform mixture').againstUniform).toBeNull();
    expect(of('zero-shot prompt').againstZeroShot).toBeNull();
    // The fake model expects words it has seen in the prompt, so an exemplar helps and a similar one helps more.
    expect(of('uniform mixture').againstZeroShot!.mean).toBeGreaterThan(0);
    expect(of('fitted gate').againstUniform!.mean).toBeGreaterThan(0);
  });

  it('sets the figures of both baselines and the golden floor beside those of the fitted gate', () => {
    const { sets, golden } = result.metrics!.evaluation;
    expect(golden).toBe(40);
    expect(sets.map(({ name }) => name)).toEqual(['fitted gate', 'zero-shot', 'uniform', 'resampled exemplars']);
    for (const { figures } of sets) expect(Object.keys(figures)).toEqual(['frechet', 'cosine-kl', 'leak']);
    expect(sets[0].figures.frechet!.floor).toBeGreaterThan(0);
  });

  it('says once which personas the language model could not describe', async () => {
    const more = { personas: { count: 4, source: 'llm' }, templates: { name: 'generic' } };
    // The fake model writes words of the prompt at random.
    const { notes } = await run(await smallJob(await temporary(), more), { until: 'personas' });
    expect(notes.filter((note) => note.includes('usable description'))).toEqual([
      '4 of 4 personas have no usable description; their keywords stand in: p000, p001, p002, p003.',
    ]);
  });

  it('says before the fit how many forward passes it may take', () => {
    // fit 24 · 3 · 3, validation 8 · 4, comparison 12 · (10 + 1 + 4) + 8 · (10 + 1 + 4): pairs, zero-shot, personas without exemplars
    expect(result.notes[0]).toMatch(
      /at most 548 forward passes \(fit 216, validation 32, comparison 300\), then 72 texts/,
    );
  });

  it('does nothing again when it is finished, and shows the same tables', async () => {
    const before = await readText('manifest.json');
    const again = await run(config, {
      openers: {
        openEncoder: () => Promise.resolve({ ...fakeEncoder(), embed: (texts) => fakeEncoder().embed(texts) }),
        openLanguageModel: async () => ({
          ...(await fakeOpeners().openLanguageModel('fake')),
          score: () => Promise.reject(new Error('scored again')),
        }),
      },
    });
    expect(again.metrics).toEqual(result.metrics);
    expect(await readText('manifest.json')).toBe(before);
  });

  it('explains a row, and verifies its prompt by rendering it again', async () => {
    const folder = await openExistingRun(config.output);
    const explained = await explainRow(folder, 3);
    expect(explained.row).toEqual(rows[3]);
    expect(explained.promptHashHolds).toBe(true);
    expect(explained.prompt).toContain(explained.exemplar!.text);
    expect(explained.persona!.id).toBe(rows[3].personaId);
    await expect(explainRow(folder, 24)).rejects.toThrow(/no row 24: its rows are 0 to 23/);
    expect(await runSummary(folder)).toMatchObject({ personas: 4, exemplars: 10, texts: 24 });
  });

  it('says what each stage took, and nothing of a folder that does not know it', async () => {
    const folder = await openExistingRun(config.output);
    const { stages } = await runSummary(folder);
    expect(stages.map(({ stage }) => stage)).toEqual(result.finished);
    expect(stages.every(({ seconds }) => seconds !== null && seconds >= 0)).toBe(true);
    expect(stages.find(({ stage }) => stage === 'fit')?.passes).toBeGreaterThan(0);
    expect(stages.find(({ stage }) => stage === 'simulate')).toMatchObject({ passes: null, texts: 24 });
    const { rows } = stageTimesTable(stages);
    const sum = stages.reduce((total, { seconds }) => total + (seconds ?? 0), 0);
    expect(rows.at(-1)).toEqual(['all stages', sum.toFixed(1), '']);
    const unknown = stageTimesTable(stages.map((stage) => ({ ...stage, seconds: null, passes: null })));
    expect(new Set(unknown.rows.map(([, seconds]) => seconds))).toEqual(new Set(['–']));
  });

  it('gives other settings another folder or none', async () => {
    await expect(run({ ...config, seed: 12 })).rejects.toMatchObject({ code: 'other-config' });
  });

  it('tells a second process who is at work', async () => {
    const path = join(config.output, 'run.lock');
    const holder = { pid: process.ppid, host: hostname(), since: '2026-11-21T10:00:00.000Z' };
    await writeFile(path, JSON.stringify(holder));
    await expect(run(config)).rejects.toThrow(new RegExp(`process ${process.ppid} on .* since 2026-11-21`));
    await rm(path);
  });

  it('stops after the stage that was asked for, and resumes from there', async () => {
    const parts = await smallJob(await temporary());
    expect((await run(parts, { until: 'personas' })).finished).toEqual(['embed', 'personas']);
    expect((await run(parts, { until: 'fit' })).finished).toEqual(['embed', 'personas', 'exemplars', 'fit', 'compare']);
    expect((await run(parts, { until: 'simulate' })).finished.at(-1)).toBe('simulate');
    await run(parts);
    for (const name of ['gate.safetensors', 'synthetic.jsonl', 'metrics.json']) {
      expect(await readFile(join(parts.output, name))).toEqual(await readFile(join(config.output, name)));
    }
  });
});

describe('bad input', () => {
  const refused = async (overrides: Record<string, unknown>, message: RegExp, options: RunOptions = {}) => {
    const config = await smallJob(await temporary(), overrides);
    await expect(run(config, options)).rejects.toMatchObject({ problem: expect.stringMatching(message) as unknown });
  };

  it('more personas than records', () =>
    refused(
      { personas: { count: 25, source: 'keywords' } },
      /^personas\.count asks for 25, but there are only 24 training records\.$/,
    ));

  it('more exemplars than records', () =>
    refused({ exemplars: { count: 25 } }, /^exemplars\.count asks for 25, but there are only 24 training records\.$/));

  it('more records than the file has', async () => {
    const config = await smallJob(await temporary());
    const population = { ...config.population, records: 100 };
    await expect(run({ ...config, population })).rejects.toThrow(/asks for 108, but there are only 40 records/);
  });

  it('a gate that sees contexts where there are none', () =>
    refused({ gate: { input: 'context' } }, /^gate\.input is context, but record r0 has no context\.$/));

  it('a model folder without ONNX files', async () => {
    const empty = await temporary();
    await refused({ llm: { model: `onnx:${empty}` }, encoder: { model: `onnx:${empty}` } }, /onnx/i, {
      openers: realOpeners,
    });
  });

  it('an embedding that is not a number', () =>
    refused({}, /NaN in row 3, column 0/, {
      openers: {
        ...fakeOpeners(),
        openEncoder: () =>
          Promise.resolve({
            ...fakeEncoder(),
            embed: async (texts) => {
              const matrix = await fakeEncoder().embed(texts);
              matrix.data[3 * matrix.cols] = NaN;
              return matrix;
            },
          }),
      },
    }));
});
