import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../../src/config/schema.js';
import type { ModelOpeners, OpenedModel } from '../../src/engines/model-openers.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { transferConfig } from '../../src/context/transfer.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { smallJob } from '../support/small-job.js';

const CHAT = 'server:http://chat:9#gpt';

/** A model that writes and cannot score, as chat endpoints are. */
function chatOpeners(check: OpenedModel['check'] = () => Promise.resolve([])): ModelOpeners {
  return {
    ...fakeOpeners(),
    openLanguageModel: async (name) => ({
      ...(await fakeOpeners().openLanguageModel(name)),
      id: name,
      fingerprint: 'c4a7',
      score: () => Promise.reject(new Error('a chat endpoint was asked for a score')),
      check,
    }),
  };
}

const start = (config: MopConfig, openers: ModelOpeners, until: 'fit' | 'simulate' = 'simulate') => {
  const reporter = { note: () => undefined, progress: () => undefined, table: () => undefined };
  return runPipeline(config, { until, reporter, signal: new AbortController().signal, openers });
};

describe('simulating from the gate of another run', () => {
  let fitted: MopConfig;
  let other: MopConfig;
  let rows: SyntheticRow[];
  const rowsOf = async (folder: string): Promise<SyntheticRow[]> =>
    decodeLines(await readFile(join(folder, 'synthetic.jsonl'))) as SyntheticRow[];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mop-transfer-'));
    fitted = await smallJob(folder);
    await start(fitted, fakeOpeners());
    other = await transferConfig(fitted.output, { 'llm.model': CHAT, 'llm.api': 'chat', output: join(folder, 'chat') });
    await start(other, chatOpeners());
    rows = await rowsOf(other.output);
  });

  it('needs no score from the model that writes, and names both models in every row', async () => {
    expect(rows).toHaveLength(fitted.simulate.count);
    expect(new Set(rows.map(({ model, gateModel }) => `${model} ${gateModel ?? ''}`))).toEqual(
      new Set([`${CHAT} ${fitted.llm.model}`]),
    );
    expect((await rowsOf(fitted.output)).every((row) => !('gateModel' in row))).toBe(true);
  });

  it('draws the personas, exemplars and temperatures that the other run draws', async () => {
    const drawn = ({ personaId, exemplarId, temperature, personaProbability }: SyntheticRow) => [
      personaId,
      exemplarId,
      temperature,
      personaProbability,
    ];
    expect(rows.map(drawn)).toEqual((await rowsOf(fitted.output)).map(drawn));
  });

  it('ends with the same bytes when it is started again', async () => {
    const before = await readFile(join(other.output, 'synthetic.jsonl'));
    await start(other, chatOpeners());
    expect(await readFile(join(other.output, 'synthetic.jsonl'))).toEqual(before);
  });

  it('is refused where there is no gate, or other records', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mop-transfer-'));
    const unfinished = { ...fitted, output: join(folder, 'none') };
    await expect(
      start(
        { ...other, output: join(folder, 'a'), simulate: { ...other.simulate, gate: unfinished.output } },
        chatOpeners(),
      ),
    ).rejects.toThrow(/holds no run/);
    const fewer = { ...other, output: join(folder, 'b'), population: { ...other.population, records: 20 } };
    await expect(start(fewer, chatOpeners())).rejects.toThrow(/other records/);
  });
});

describe('a language model that fails its examination', () => {
  it('stops a fit before it begins, and says what was found', async () => {
    const config = await smallJob(await mkdtemp(join(tmpdir(), 'mop-unfit-')));
    const asked: string[] = [];
    const openers = chatOpeners((purpose) => {
      asked.push(purpose);
      return Promise.resolve([
        { name: 'http://s/v1', status: 'failed', detail: 'gives numbers shifted by one token; use vLLM' },
      ]);
    });
    await expect(start({ ...config, llm: { model: CHAT } }, openers, 'fit')).rejects.toThrow(
      /cannot score for this run. http:\/\/s\/v1: gives numbers shifted by one token; use vLLM\./,
    );
    expect(asked).toEqual(['score']);
  });
});
