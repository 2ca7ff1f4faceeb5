import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textSource, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { METHOD_NAMES } from '../../src/config/sections/method.js';
import type { MopConfig } from '../../src/config/schema.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import type { JobResult } from '../../src/job/run-stages.js';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { smallJob } from '../support/small-job.js';
import { scratch } from '../support/scratch.js';

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'mop-methods-'));
const openers = fakeOpeners();

const run = (config: MopConfig, signal = new AbortController().signal): Promise<JobResult> =>
  runPipeline(config, {
    reporter: { note: () => undefined, progress: () => undefined, table: () => undefined },
    signal,
    openers,
  });

const rowsOf = async ({ output }: MopConfig): Promise<SyntheticRow[]> =>
  decodeLines(await readFile(join(output, 'synthetic.jsonl'))) as SyntheticRow[];

/** The small job with sections added to. */
async function jobWith(sections: Readonly<Record<string, object>>): Promise<MopConfig> {
  const given = await smallJob(await temporary());
  const plain = { ...given, templates: { ...given.templates, name: 'generic' } };
  const merged = Object.entries(sections).map(([name, section]) => [
    name,
    { ...(plain[name as keyof MopConfig] as object), ...section },
  ]);
  return {
    ...plain,
    evaluate: { ...plain.evaluate, heldOut: 0, baselines: [] },
    ...Object.fromEntries(merged),
  } as MopConfig;
}

describe('method.name', () => {
  const scored = METHOD_NAMES.filter((name) => name !== 'mop' && name !== 'attrprompt');

  it.each(scored)('%s writes the texts of a run, with figures and a resume to the same bytes', async (name) => {
    const folder = await scratch({
      'scores.jsonl': Array.from({ length: 80 }, (_, i) => `{"id":"r${5 * i}","logp_sft":${-i},"logp_ref":-3}`).join(
        '\n',
      ),
    });
    const method = { name, minRows: 8, every: 8, demonstrations: 2, scores: join(folder, 'scores.jsonl') };
    const config = await jobWith({ method });
    const { metrics } = await run(config);
    // Beside texts of a method with exemplars stand the exemplars themselves.
    const shows = textSource(name).needs.includes('exemplars') && name !== 'resampled-exemplars';
    const beside = shows ? ['resampled exemplars'] : [];
    expect(metrics?.evaluation.sets.map((set) => set.name)).toEqual([name, ...beside]);
    expect(metrics?.evaluation.sets[0].figures.frechet?.value).toBeGreaterThan(0);
    const rows = await rowsOf(config);
    expect(rows).toHaveLength(24);
    if (!['uniform', 'nearest', 'zero-shot'].includes(name)) {
      expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(['even', 'odd']));
    }
    // Stopped between two blocks: what was written stands, the rest is the same.
    const again = { ...config, output: join(folder, 'again') };
    const stop = new AbortController();
    let blocks = 0;
    const stopped = runPipeline(again, {
      signal: stop.signal,
      openers,
      reporter: {
        note: () => undefined,
        table: () => undefined,
        progress: (stage) => {
          if (stage === 'simulate' && ++blocks === 3) stop.abort(new Error('stopped'));
        },
      },
    });
    await expect(stopped).rejects.toThrow();
    await run(again);
    expect(await rowsOf(again)).toEqual(rows);
  });

  it('attrprompt reads tables, has the model make them, or says that there are none', async () => {
    const folder = await scratch({
      'style/style.txt': 'plain\nornate',
      'subjects/even.jsonl': 'a',
      'subjects/odd.jsonl': 'b',
    });
    const config = await jobWith({ method: { name: 'attrprompt', attributes: folder } });
    await run(config);
    expect((await rowsOf(config)).every(({ personaId }) => /^style:[01] subjects:0$/.test(personaId))).toBe(true);
    await expect(run(await jobWith({ method: { name: 'attrprompt' } }))).rejects.toThrow(
      'There are no attribute tables for the template generic.',
    );
    await expect(run(await jobWith({ method: { name: 'attrprompt', inventAttributes: true } }))).rejects.toThrow(
      'The language model gives no list of values for style.',
    );
  });

  it('a method without personas, exemplars or a gate needs no records for them', async () => {
    const unused = { personas: { count: 1000 }, exemplars: { count: 1000 }, evaluate: { heldOut: 1000 } };
    const config = await jobWith({ ...unused, method: { name: 'zerogen' } });
    await run(config);
    expect(await rowsOf(config)).toHaveLength(24);
    await expect(run(await jobWith({ ...unused, method: { name: 'uniform' } }))).rejects.toThrow('personas.count asks');
    await expect(run(await jobWith({ ...unused, method: { name: 'picle-pc' } }))).rejects.toThrow('exemplars.count');
  });

  it('says what PICLe and contexts lack', async () => {
    await expect(run(await jobWith({ method: { name: 'picle' } }))).rejects.toThrow(
      'PICLe needs the scores of two models',
    );
    await expect(run(await jobWith({ method: { name: 'zerogen', contexts: 'records' } }))).rejects.toThrow(
      'no record has a context',
    );
    const path = join(await scratch({ 'bad.jsonl': '{"id":1}' }), 'bad.jsonl');
    await expect(run(await jobWith({ method: { name: 'picle', scores: path } }))).rejects.toThrow(
      'bad.jsonl line 1 has no id, logp_sft and logp_ref.',
    );
  });
});

describe('variants of the mixture by settings alone', () => {
  it('takes the gate of another run as it stands, with its personas', async () => {
    const first = await jobWith({});
    await run(first);
    const config = await jobWith({
      gate: { from: first.output, preset: 'paper', epochs: 0 },
      personas: { source: 'file', file: join(first.output, 'personas.jsonl') },
      population: { path: first.population.path },
      golden: { path: first.golden.path },
    });
    await run(config);
    const weights = ({ output }: MopConfig): Promise<Buffer> => readFile(join(output, 'gate.safetensors'));
    expect(await weights(config)).toEqual(await weights(first));
    expect((await rowsOf(config)).map(({ text }) => text)).toEqual((await rowsOf(first)).map(({ text }) => text));
    const other = await jobWith({ gate: { from: first.output, preset: 'paper', epochs: 0 }, personas: { count: 3 } });
    await run(other);
    const temperatures = new Set((await rowsOf(other)).map(({ temperature }) => temperature));
    expect(temperatures.size).toBe(1);
    await expect(run(await jobWith({ gate: { from: '/nowhere', preset: 'paper', epochs: 0 } }))).rejects.toThrow(
      '/nowhere/gate.safetensors',
    );
  });

  it('mixes personas, leaves exemplars out and unmasks', async () => {
    const mixed = await jobWith({ simulate: { mix: 2 }, gate: { preset: 'paper', epochs: 0 } });
    await run(mixed);
    for (const { personaId, exemplarId } of await rowsOf(mixed)) {
      expect([personaId.split('+').length, exemplarId.split('+').length]).toEqual([2, 2]);
    }
    const bare = await jobWith({
      templates: { role: 'generateWithoutExemplar' },
      exemplars: { count: 2 },
      gate: { selfMask: 0 },
    });
    await run(bare);
    expect(await rowsOf(bare)).toHaveLength(24);
  });

  it('keeps plain characters alone with simulate.cleaning ascii', async () => {
    const config = await jobWith({ method: { name: 'zero-shot' }, simulate: { cleaning: 'ascii' } });
    await run(config);
    expect((await rowsOf(config)).every(({ text }) => /^[A-Za-z0-9(),.!?"' ]*$/.test(text))).toBe(true);
  });
});
