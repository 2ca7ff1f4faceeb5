import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openLanguageModel, openScoreStore, scoreCurveOf, withStore, type DescribedModel } from '../../src/index.js';
import { batchesOf } from '../../src/scorer/score-batches.js';
import { serve, tokenizer } from '../server/served.js';
import { tinyTokenizer } from '../server/tiny-tokenizer.js';
import { fakeScorer, logitsAfter, type FakeScorer } from './fake-scorer.js';

const opened: FakeScorer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));
afterEach(() => {
  delete process.env['MOP_API_KEY'];
});

async function start(options: Parameters<typeof fakeScorer>[0] = {}): Promise<FakeScorer> {
  const server = await fakeScorer(options);
  opened.push(server);
  return server;
}
const open = (
  servers: readonly FakeScorer[],
  { llm = 'scorer', ...options }: Readonly<Record<string, unknown> & { llm?: string }> = {},
): Promise<DescribedModel> =>
  openLanguageModel(llm, {
    server: {
      scorer: servers.map(({ url }) => `${url}/`),
      tokenizer,
      tries: 2,
      retryDelay: 5,
      patience: 0,
      ...options,
    },
  });
const pair = (text: string, completion: string, endOfTurn = true) => ({ prompt: { text }, completion, endOfTurn });
const many = Array.from({ length: 30 }, (_, i) => pair(`Ask ${i % 6}: `, `answer ${i}`));
const failed = async (model: DescribedModel, purpose: 'score' | 'generate' = 'score') =>
  ((await model.check?.(purpose)) ?? []).filter(({ status }) => status === 'failed').map(({ detail }) => detail);

describe('a model behind scoring servers', () => {
  it('has the curves of its logits at any temperature, from prompts that are sent once a request', async () => {
    const server = await start({ requestTokens: 1000 });
    const model = await open([server]);
    const requests = [pair('Go: ', 'yes'), pair('Go: ', 'no', false), pair('Stop: ', 'a'), pair('Stop: ', '', false)];
    const curves = await model.score(requests);
    const [{ prompts, completions }] = server.asked;
    expect([server.asked.length, prompts.length, completions.map(([prompt]) => prompt)]).toEqual([1, 2, [0, 0, 1]]);
    expect([curves.map(({ tokens }) => tokens), model.scoringPasses]).toEqual([[4, 2, 2, 0], 3]);
    const before = prompts[0].at(-1) ?? 0;
    const [, ids] = completions[0];
    const exact = scoreCurveOf(
      [before, ...ids.slice(0, -1)].map((id) => logitsAfter(id)),
      ids,
    );
    for (const temperature of [0.25, 0.6, 1, 1.7, 2.5]) {
      expect(curves[0].logProbability(temperature)).toBeCloseTo(exact.logProbability(temperature), 9);
      expect(curves[0].derivative(temperature)).toBeCloseTo(exact.derivative(temperature), 7);
    }
    expect(curves[0].width).toBeUndefined();
  });

  it('sends requests of about the size that a server asks for, the pairs of a prompt together', async () => {
    const server = await start({ requestTokens: 60 });
    await (await open([server])).score(many);
    expect(server.asked.length).toBeGreaterThan(5);
    for (const { prompts, completions } of server.asked) {
      const tokens = [...prompts, ...completions.map(([, ids]) => ids)].reduce((sum, ids) => sum + ids.length, 0);
      expect(tokens).toBeLessThanOrEqual(60);
    }
    const [one] = batchesOf([{ index: 0, prompt: Int32Array.of(1, 2, 3), completion: Int32Array.of(4, 5) }], 1);
    expect(one.length).toBe(1);
  });

  it('is keyed by model and tokenizer, not by address, and shares the load over the servers that there are', async () => {
    const [one, other] = [await start(), await start()];
    const gone = await start();
    await gone.close();
    const model = await open([gone, one, other], { tries: 8, patience: 60_000 });
    await model.score(many);
    expect(one.asked.length).toBeGreaterThan(0);
    expect(other.asked.length).toBeGreaterThan(0);
    expect(model.fingerprint).toBe((await open([other])).fingerprint);
    expect(model.fingerprint).not.toBe((await open([await start({ fingerprint: 'e'.repeat(64) })])).fingerprint);
    const found = (await model.check?.('score')) ?? [];
    expect(found.map(({ status }) => status)).toEqual(['warning', 'ok', 'ok']);
  });

  it('refuses a server that was started again with other weights, and keeps what was scored before', async () => {
    const server = await start();
    const folder = mkdtempSync(join(tmpdir(), 'mop-scorer-'));
    const store = withStore(await open([server]), await openScoreStore(folder));
    await store.score(many.slice(0, 5));
    await store.close();
    const [first, second] = [await start(), await start({ fingerprint: 'e'.repeat(64) })];
    const model = await open([first, second]);
    expect(await failed(model)).toEqual([expect.stringMatching(/other weights than the other scoring servers/)]);
    await expect(model.score(many)).rejects.toMatchObject({ code: 'other-weights' });
    const again = withStore(await open([first]), await openScoreStore(folder));
    await again.score(many.slice(0, 5));
    expect([again.hits, again.misses]).toEqual([5, 0]);
    await again.close();
  });

  it('asks again after a lost connection, a busy server and numbers that are no sums, and then says so', async () => {
    const spoil = (change: (records: Float64Array) => void) => (records: Float64Array) => {
      change(records);
      return records;
    };
    const faults = [
      'drop',
      'busy',
      spoil((records) => (records[0] = Number.NaN)),
      spoil((records) => (records[0] = 3)),
      spoil((records) => (records[5] = 1e6)),
      (records: Float64Array) => records.slice(1),
    ] as const;
    for (const fault of faults) {
      const passing = await start({ faultOf: (count) => (count === 0 ? fault : undefined) });
      const [curve] = await (await open([passing])).score([pair('Go: ', 'yes')]);
      expect([curve.tokens, passing.asked.length]).toEqual([4, 2]);
      const lasting = await start({ faultOf: () => fault });
      const model = await open([lasting]);
      await expect(model.score([pair('Go: ', 'yes')])).rejects.toMatchObject({ code: 'server' });
    }
  });

  it('sends its key in the header alone, and says which variable holds it when a server declines', async () => {
    const server = await start({ key: 'sk-hidden' });
    const refusal = await open([server]).catch((error: Error) => error);
    expect(refusal).toMatchObject({ code: 'refused' });
    process.env['MOP_API_KEY'] = 'sk-hidden';
    const model = await open([server]);
    await model.score([pair('Go: ', 'yes')]);
    expect(JSON.stringify([model.id, model.description, model.fingerprint, server.asked])).not.toContain('sk-hidden');
  });

  it('refuses what is no scoring server, other nodes, ids that the model has not and pairs that are too long', async () => {
    await expect(open([await start({ about: { protocol: 2 } })])).rejects.toThrow(/no scoring server of protocol 1/);
    await expect(open([await start({ about: { nodes: [1, 2] } })])).rejects.toThrow(/scores at other nodes/);
    const small = await open([await start({ about: { vocabulary: 20 } })]);
    await expect(small.score([pair('Go: ', 'yes')])).rejects.toMatchObject({ code: 'tokenizer-mismatch' });
    const model = await open([await start()]);
    expect(model.measure?.(pair('Go: ', 'yes'))).toEqual({ tokens: 8, window: 64 });
    await expect(model.score([pair('Go: ', 'x'.repeat(80))])).rejects.toMatchObject({ code: 'too-long' });
  });

  it('writes nothing, and says what does', async () => {
    const model = await open([await start()]);
    const request = { prompt: { text: 'Go: ' }, temperature: 1, maxTokens: 3, seed: 0, row: 0 };
    await expect(model.generate([request])[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'cannot-write',
    });
    expect(await failed(model, 'generate')).toEqual([
      expect.stringMatching(/writes no texts; name a model that writes/),
    ]);
    for (const llm of ['onnx:somewhere', 'embedded']) {
      await expect(open([await start()], { llm })).rejects.toMatchObject({ code: 'choice' });
    }
    await expect(open([], { llm: 'scorer:somewhere' })).rejects.toMatchObject({ code: 'choice' });
  });
});

describe('a model that one server writes with and another scores', () => {
  /** A server that writes the same letter again and again. */
  const writing = (letter: string) =>
    serve({
      answer: ({ model, max_tokens: most }) => ({
        model,
        choices: [{ index: 0, text: letter.repeat(most), finish_reason: 'length' }],
        usage: { prompt_tokens: 1, completion_tokens: most },
      }),
    });
  // The tiny tokenizer has one id a character.
  const idOf = (letter: string): number => 2 + [...' ,.!?:\n0123456789abcdefghijklmnopqrstuvwxyz'].indexOf(letter);

  it('passes its examination where the one finds most probable what the other writes greedily, and fails where not', async () => {
    const scorer = await start({ favorite: idOf('b') });
    const llm = `server:${(await writing('b')).url}#tiny`;
    const chatless = tinyTokenizer({ chat: false });
    const model = await open([scorer], { llm, tokenizer: chatless });
    const found = (await model.check?.('score')) ?? [];
    expect(found.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(found.at(-1)?.detail).toMatch(/writes what scorer:tiny finds most probable \(within 0.000 nats per token\)/);
    const other = await open([scorer], { llm: `server:${(await writing('q')).url}#tiny`, tokenizer: chatless });
    expect(await failed(other)).toEqual([expect.stringMatching(/below the most probable ones .* serve other weights/)]);
  });

  it('takes its texts from the one and its curves from the other', async () => {
    const [scorer, writer] = [await start(), await writing('b')];
    const model = await open([scorer], { llm: `server:${writer.url}#tiny` });
    await model.score([pair('Go: ', 'yes')]);
    const texts: string[] = [];
    const request = { prompt: { text: 'Go: ' }, temperature: 1, maxTokens: 3, seed: 0, row: 0 };
    for await (const { text } of model.generate([request])) texts.push(text);
    expect([texts, scorer.asked.length, model.scoringPasses]).toEqual([['bbb'], 1, 1]);
    expect(model.fingerprint).toBe((await open([scorer])).fingerprint);
  });
});
