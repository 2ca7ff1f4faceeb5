import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { FIT_HISTORY, type TextsHistory } from '../../src/artifacts/fit.js';
import { configFrom } from '../../src/config/load.js';
import type { MopConfig } from '../../src/config/schema.js';
import type { ModelOpeners } from '../../src/engines/model-openers.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { smallJob } from '../support/small-job.js';

// Whole runs: many seconds each where others work on the same cores.
jest.setTimeout(600_000);

const TEXTS = {
  objective: 'texts',
  texts: { count: 90, factors: [0.8, 1] },
  design: { pairs: 40, perRecord: 12 },
};

const folderOf = (): Promise<string> => mkdtemp(join(tmpdir(), 'mop-texts-'));

/** A job whose gate is fitted by texts. */
async function textsJob(
  folder: string,
  gate: Record<string, unknown> = {},
  others: Record<string, unknown> = {},
): Promise<MopConfig> {
  const { population, golden, personas, exemplars, seed, output, simulate, evaluate } = await smallJob(folder);
  const { baselines, ...figures } = evaluate;
  expect(baselines).toEqual(['zero-shot', 'uniform']);
  const job = { population, golden, personas, exemplars, seed, output, simulate, evaluate: figures };
  return configFrom({ ...structuredClone(job), gate: { ...TEXTS, ...gate }, ...others });
}

/** Fakes that count the texts they write and stop after some of them; without scores where `scores` is false. */
function openersOf({ scores = true, stopAfter = Infinity }: { scores?: boolean; stopAfter?: number } = {}) {
  const made = { texts: 0, scored: 0 };
  const stop = new AbortController();
  const openers: ModelOpeners = {
    ...fakeOpeners(),
    openLanguageModel: async (name) => {
      const model = await fakeOpeners().openLanguageModel(name);
      return {
        ...model,
        score: (requests, options) => {
          made.scored += requests.length;
          return scores
            ? model.score(requests, options)
            : Promise.reject(new Error('a chat endpoint was asked to score'));
        },
        async *generate(requests, options) {
          for await (const text of model.generate(requests, options)) {
            made.texts += 1;
            if (made.texts > stopAfter) stop.abort(new Error('killed'));
            stop.signal.throwIfAborted();
            yield text;
          }
        },
      };
    },
  };
  return { made, openers, signal: stop.signal };
}

const historyOf = async (folder: string): Promise<TextsHistory> =>
  FIT_HISTORY.decode(await readFile(join(folder, 'fit.json')), 'fit.json') as TextsHistory;
const rowsOf = async (folder: string, name: string): Promise<SyntheticRow[]> =>
  decodeLines(await readFile(join(folder, name))) as SyntheticRow[];

describe('a run whose gate is fitted by texts', () => {
  let config: MopConfig;
  beforeAll(async () => {
    config = await textsJob(await folderOf());
    await runPipeline(config, openersOf());
  });

  it('keeps the texts that weights were chosen by, and simulates none of them again', async () => {
    const rows = await rowsOf(config.output, 'fit-texts.jsonl');
    expect(rows).toHaveLength(90);
    expect(new Set(rows.map(({ seed }) => seed)).size).toBe(2);
    const simulated = await rowsOf(config.output, 'synthetic.jsonl');
    const drawn = new Set(rows.map(({ seed, id }) => `${seed} ${id}`));
    expect(simulated.some(({ seed, id }) => drawn.has(`${seed} ${id}`))).toBe(false);
  });

  it('says which start, step and factor were kept, beside the fit by likelihood', async () => {
    const history = await historyOf(config.output);
    expect(history).toMatchObject({ objective: 'texts', texts: 90, likelihood: { objective: 'marginal' } });
    expect(history.factors).toEqual([0.8, 1]);
    expect([0.8, 1]).toContain(history.factor);
    expect(history.steps[0]).toMatchObject({ start: 'equal', name: 'start', gain: 0, kept: true });
  });

  it('shows equal weights, likelihood and texts by both kinds of figures', async () => {
    const metrics = JSON.parse(await readFile(join(config.output, 'metrics.json'), 'utf8')) as {
      heldOut: { rows: { name: string }[] };
      evaluation: { sets: { name: string }[] };
    };
    const mixtures = metrics.heldOut.rows.map(({ name }) => name);
    expect(mixtures).toEqual(expect.arrayContaining(['uniform mixture', 'initial gate', 'likelihood gate']));
    expect(metrics.evaluation.sets.map(({ name }) => name).slice(1, 4)).toEqual(['zero-shot', 'uniform', 'likelihood']);
    expect(await readFile(join(config.output, 'report.html'), 'utf8')).toContain('energy distance');
  });

  it('samples nothing on a second start', async () => {
    const again = openersOf();
    await runPipeline(config, again);
    expect(again.made.texts).toBe(0);
  });

  it.each([20, 70])('ends with the same bytes when it is stopped after %d texts', async (stopAfter) => {
    const other = await textsJob(await folderOf());
    const paths = { population: config.population, golden: config.golden };
    const same = { ...other, ...paths };
    await expect(runPipeline(same, { ...openersOf({ stopAfter }), until: 'fit' })).rejects.toThrow(
      /killed|stopped|interrupt/i,
    );
    const rest = openersOf();
    await runPipeline(same, { ...rest, until: 'fit' });
    expect(rest.made.texts).toBeLessThanOrEqual(90 - stopAfter + 16);
    for (const name of ['fit-texts.jsonl', 'gate.safetensors', 'fit.json'])
      expect(await readFile(join(same.output, name))).toEqual(await readFile(join(config.output, name)));
  });
});

describe('a chat endpoint', () => {
  const llm = { model: 'server:http://chat:9#gpt', api: 'chat' };

  it('is fitted by texts, with no score, and its gates are not compared by likelihood', async () => {
    const config = await textsJob(await folderOf(), {}, { llm });
    const chat = openersOf({ scores: false });
    const notes: string[] = [];
    const reporter = {
      note: (said: string) => void notes.push(said),
      progress: () => undefined,
      table: () => undefined,
    };
    const { heldOut, metrics } = await runPipeline(config, { ...chat, reporter });
    expect([chat.made.scored, heldOut]).toEqual([0, undefined]);
    expect(notes.join(' ')).toContain('not compared by likelihood');
    expect(metrics?.evaluation.sets.map(({ name }) => name)).not.toContain('likelihood');
    const history = await historyOf(config.output);
    expect(history.likelihood).toBeNull();
    const temperatures = new Set(
      (await rowsOf(config.output, 'synthetic.jsonl')).map(({ temperature }) => temperature),
    );
    expect([...temperatures]).toEqual([history.factor]);
  });

  it('is refused a start by likelihood', async () => {
    await expect(textsJob(await folderOf(), { texts: { start: 'likelihood' } }, { llm })).rejects.toThrow(
      /chat endpoint gives no log-probabilities/,
    );
  });
});

it('writes all texts at the temperature that is asked for', async () => {
  const config = await textsJob(
    await folderOf(),
    { texts: { count: 60, start: 'equal', factors: [1] } },
    {
      simulate: { count: 16, batchSize: 8, temperature: 0.7 },
      evaluate: { heldOut: 0, metrics: ['cosine-kl'], bootstrap: 0 },
    },
  );
  await runPipeline(config, openersOf());
  for (const name of ['synthetic.jsonl', 'baselines/uniform.jsonl', 'baselines/zero-shot.jsonl'])
    expect(new Set((await rowsOf(config.output, name)).map(({ temperature }) => temperature))).toEqual(new Set([0.7]));
});

it.each([
  [{ gate: { objective: 'conditional', input: 'record' } }, /sees the record itself/],
  [{ gate: { objective: 'conditional', input: 'none' } }, /sees nothing/],
  [{ gate: { objective: 'marginal', texts: { count: 100 } } }, /gate.texts.count needs gate.objective: texts/],
  [{ gate: { preset: 'paper', objective: 'texts' } }, /gate.objective has no meaning/],
  [{ gate: { objective: 'marginal' }, evaluate: { baselines: ['likelihood'] } }, /fits no gate by likelihood/],
])('refuses %j', (draft, message) => {
  expect(() => configFrom({ population: { path: 'p.jsonl' }, ...draft })).toThrow(message);
});
