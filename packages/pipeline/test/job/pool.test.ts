import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Persona, PopulationRecord } from '@mixture-of-personas/synthesis';
import { configFrom } from '../../src/config/load.js';
import type { MopConfig } from '../../src/config/schema.js';
import { loadRecordSets } from '../../src/context/record-sets.js';
import { recordsFingerprint, sampleRecords } from '../../src/context/sample-records.js';
import { surveyConfig } from '../../src/context/survey.js';
import { readPersonas } from '../../src/context/text-files.js';
import { openRun, runPipeline } from '../../src/job/run-pipeline.js';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';

const CROPS = ['barley', 'cotton', 'millet', 'rye', 'sorghum', 'wheat'];

/** A small job whose exemplars come from a pool: 60 texts of its own and the population's first record. */
async function pooledJob(overrides: Record<string, unknown> = {}): Promise<MopConfig> {
  const folder = await mkdtemp(join(tmpdir(), 'mop-pool-'));
  const config = await smallJob(folder, overrides);
  const [first] = (await readFile(config.population.path, 'utf8')).split('\n');
  const texts = Array.from({ length: 60 }, (_, i) => {
    const text = `Farmers of region ${i} sow ${CROPS[i % 6]} again while every other village of ${i} watches`;
    return JSON.stringify({ id: `pool${i}`, text, context: `18${20 + i}` });
  });
  const path = join(folder, 'pool.jsonl');
  await writeFile(path, [first, ...texts].join('\n'));
  return { ...config, pool: { path, format: 'auto', columns: {}, split: 'train' } };
}

const linesOf = async <Item>(config: MopConfig, name: string): Promise<Item[]> =>
  decodeLines(await readFile(join(config.output, name))) as Item[];

describe('a pool apart from the target', () => {
  it('gives exemplars and personas; the target gives what the gate is fitted to', async () => {
    const config = await pooledJob();
    const result = await runPipeline(config, { openers: fakeOpeners() });
    const exemplars = await linesOf<PopulationRecord>(config, 'exemplars.jsonl');
    const pool = (await loadRecordSets(config)).pool!;
    expect(exemplars).toHaveLength(10);
    expect(pool.map(({ id }) => id)).toEqual(expect.arrayContaining(exemplars.map(({ id }) => id)));
    const personas = await linesOf<Persona>(config, 'personas.jsonl');
    expect(personas.map(({ persona }) => persona).join(' ')).toMatch(/farmers|region|village|barley|cotton|rye/);
    // Copies are looked for among the exemplars, which are records of the pool.
    expect(result.metrics!.evaluation.sets[0].figures).toHaveProperty('leak');
    const { shift } = result.heldOut!;
    expect([shift?.personas.count, shift?.exemplars.count]).toEqual([4, 10]);
    expect(await readFile(join(config.output, 'report.html'), 'utf8')).toContain('What the fit changed');
    // The same call resumes from the folder and reads the same rows of the pool back.
    const run = await openRun(config, { openers: fakeOpeners() });
    try {
      await run.runTo('fit');
      const { indices } = run.results.exemplars!;
      expect(indices.map((i) => pool[i].id)).toEqual(exemplars.map(({ id }) => id));
    } finally {
      await run.close();
    }
  });

  it('masks an exemplar for the record with the same text alone', async () => {
    const base = await pooledJob();
    const config = { ...base, exemplars: { ...base.exemplars, count: 61, choice: 'random' as const } };
    const run = await openRun(config, { openers: fakeOpeners() });
    try {
      await run.runTo('personas');
      await run.runTo('fit');
      const { own, exemplars } = run.results.exemplars!;
      const { training, validation, heldOut } = run.job.records;
      const rows = [...training, ...validation, ...heldOut];
      const masked = rows.filter((_, i) => own[i] >= 0);
      const shared = exemplars.find(({ id }) => !id.startsWith('pool'));
      expect(masked.map(({ text }) => text)).toEqual(
        rows.filter(({ text }) => text === shared?.text).map((r) => r.text),
      );
    } finally {
      await run.close();
    }
  });

  it('may be smaller than the counts only in a sentence', async () => {
    const config = await pooledJob({ exemplars: { count: 62 } });
    await expect(runPipeline(config, { openers: fakeOpeners() })).rejects.toThrow(
      'exemplars.count asks for 62, but there are only 61 records in the pool.',
    );
    expect(() => configFrom({ population: { path: 'a' }, pool: { records: 3 } })).toThrow(
      'pool.records is given, but pool.path is missing.',
    );
  });

  it('is counted by mop validate, and alone changes the fingerprint of the records', async () => {
    const config = await pooledJob({ llm: { model: 'embedded' } });
    expect(await surveyConfig(config)).toMatchObject({ pool: 61, training: 24 });
    const pooled = sampleRecords(await loadRecordSets(config), config);
    const without = { ...config, pool: undefined };
    const plain = sampleRecords(await loadRecordSets(without), without);
    const { training, validation, heldOut, golden } = pooled;
    expect(recordsFingerprint({ training, validation, heldOut, golden })).toBe(recordsFingerprint(plain));
    expect(recordsFingerprint(pooled)).not.toBe(recordsFingerprint(plain));
  });

  it.each(['csv', 'jsonl', 'parquet'])(
    'keeps the personas of a long library that are near the target: %s',
    async (form) => {
      const config = await pooledJob();
      const file = join(config.output, '..', `library.${form}`);
      const near = Array.from(
        { length: 6 },
        (_, i) => `You write that the rocket again ${i} watches every other market`,
      );
      const far = Array.from({ length: 4000 }, (_, i) => `Zebra ${i} qwerty ${'xyzzy '.repeat(i % 5)}`);
      await writeFile(file, libraryOf(form, [...far, ...near]));
      const personas = { ...config.personas, source: 'file' as const, file };
      const long = { ...config, personas };
      await runPipeline(long, { openers: fakeOpeners(), until: 'personas' });
      const kept = await linesOf<Persona>(long, 'personas.jsonl');
      expect(kept).toHaveLength(4);
      expect(kept.every(({ persona }) => persona.includes('rocket'))).toBe(true);
    },
  );

  it('names the row of a library without text, and the file that is no parquet', async () => {
    const folder = await scratch();
    const [blank, broken] = [join(folder, 'blank.parquet'), join(folder, 'broken.parquet')];
    await writeFile(blank, libraryOf('parquet', ['One.', ' ']));
    await writeFile(broken, 'persona');
    await expect(readPersonas(blank)).rejects.toThrow('Row 2 of the persona file has no text in "persona"');
    await expect(readPersonas(broken)).rejects.toThrow('broken.parquet cannot be read as Parquet');
  });
});

/** A file of personas in one of the forms. */
function libraryOf(form: string, personas: readonly string[]): string | Uint8Array {
  if (form === 'csv') return ['persona', ...personas].join('\n');
  if (form === 'jsonl') return personas.map((persona) => `${JSON.stringify({ persona })}\n`).join('');
  return new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'persona', data: [...personas] }] }));
}
