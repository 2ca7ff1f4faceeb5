import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import onnx from 'onnxruntime-node';
import { openLanguageModel, scoreCurveOf, type DescribedModel, type ScoreRequest } from '../src/index.js';
import { CausalSession } from '../src/onnx/causal-session.js';
import { selectPositions } from '../src/onnx/onnx-graph.js';
import { loadOnnx } from '@mixture-of-personas/models';
import { PairScorer } from '../src/scoring/pair-scorer.js';
import { TextSampler } from '../src/sampling/text-sampler.js';
import { describeWith, PILOT } from './models.js';

const PROMPT = '<|persona|>war, peace, treaty<|context|>1860s 1862<|response|>';
const weights = join(PILOT, 'onnx/model_quantized.onnx');

describeWith([PILOT], 'a small decoder without a chat template', () => {
  let model: DescribedModel;
  beforeAll(async () => {
    model = await openLanguageModel(`onnx:${PILOT}`, { threads: 1 });
  });
  afterAll(() => model.close());

  it('says what it was read from', () => {
    const { engine, files, threads, contextTokens } = model.description;
    expect([engine, threads, contextTokens]).toEqual(['onnx', 1, 512]);
    expect(files.map(({ path }) => path)).toEqual([
      'onnx/model_quantized.onnx',
      'tokenizer.json',
      'tokenizer_config.json',
      'generation_config.json',
      'config.json',
    ]);
    expect([model.id, model.fingerprint.length]).toEqual([`onnx:${PILOT}`, 64]);
  });

  it('agrees with log-softmax of the unedited graph to 1e-4 nat a token, long completions included', async () => {
    const completion = 'The Congress has provided for the peace of the nation, and the treaty stands. '.repeat(8);
    const [curve] = await model.score([{ prompt: { text: PROMPT }, completion }]);
    const { AutoTokenizer } = await import('@huggingface/transformers');
    const tokenizer = await AutoTokenizer.from_pretrained(PILOT, { local_files_only: true });
    const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });
    const before = encode(PROMPT);
    const after = [...encode(completion), 0];
    const ids = [...before, ...after];
    const session = await onnx.InferenceSession.create(weights, { intraOpNumThreads: 1 });
    const integers = (values: number[]): onnx.Tensor =>
      new onnx.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const past = Object.fromEntries(
      session.inputNames
        .filter((name) => name.startsWith('past'))
        .map((name) => [name, new onnx.Tensor('float32', new Float32Array(0), [1, 2, 0, 64])]),
    );
    const { logits } = await session.run({
      input_ids: integers(ids),
      attention_mask: integers(ids.map(() => 1)),
      ...past,
    });
    const all = logits.data as Float32Array;
    const rows = after.map((_, t) => all.subarray((before.length + t - 1) * 4096, (before.length + t) * 4096));
    const expected = scoreCurveOf(rows, after);
    expect(curve.tokens).toBe(after.length);
    for (const temperature of [0.25, 0.6, 1, 1.7, 2.5]) {
      expect(
        Math.abs(curve.logProbability(temperature) - expected.logProbability(temperature)) / curve.tokens,
      ).toBeLessThan(1e-4);
      expect(Math.abs(curve.derivative(temperature) - expected.derivative(temperature)) / curve.tokens).toBeLessThan(
        1e-3,
      );
    }
    await session.release();
  });

  it('scores alike with a cache written in place and with one that is appended to', async () => {
    const graph = selectPositions(await readFile(weights));
    expect(graph?.sharesCache).toBe(true);
    const session = await onnx.InferenceSession.create(graph?.bytes as Uint8Array, { intraOpNumThreads: 1 });
    const pairs = [[3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 9], [3], [200, 7, 7]].map((prompt, index) => ({
      index,
      prompt: Int32Array.from(prompt),
      completion: Int32Array.from({ length: [9, 1, 2, 30, 5][index] }, (_, t) => 40 + ((t * 37 + index) % 900)),
    }));
    const values: number[][] = [];
    const texts: string[] = [];
    for (const shares of [true, false]) {
      const causal = new CausalSession(await loadOnnx(), session, shares);
      const found: number[] = [];
      for await (const [index, curve] of new PairScorer(causal).score(pairs)) found[index] = curve.logProbability(0.8);
      values.push(found);
      const sampler = new TextSampler(causal, new Set([0]), { batch: 3, capacity: 40 });
      const sampled: string[] = [];
      const requests = pairs.map(({ index, prompt }) => ({
        index,
        prompt,
        request: { prompt: { text: '' }, temperature: 0.9, maxTokens: 8 + index, seed: 1, row: index },
      }));
      for await (const { index, ids } of sampler.sample(requests)) sampled[index] = ids.join(' ');
      texts.push(sampled.join('|'));
    }
    values[0].forEach((value, i) =>
      expect(Math.abs(value - values[1][i]) / pairs[i].completion.length).toBeLessThan(1e-6),
    );
    expect(texts[0]).toBe(texts[1]);
    await session.release();
  });

  it('counts one pass per pair, reports progress and stops at a signal', async () => {
    const requests: ScoreRequest[] = Array.from({ length: 5 }, (_, i) => ({
      prompt: { text: PROMPT },
      completion: `The year ${i}`,
    }));
    const before = model.scoringPasses;
    const seen: number[] = [];
    await model.score(requests, { onProgress: (done, total) => seen.push(done, total) });
    expect([model.scoringPasses - before, seen.join()]).toEqual([5, '1,5,2,5,3,5,4,5,5,5']);
    const controller = new AbortController();
    const stopped = model.score(requests, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const [curve] = await model.score([requests[4]]);
    expect(curve.tokens).toBeGreaterThan(2);
  });

  it('answers calls made at the same time as it would one by one', async () => {
    const request = (i: number): ScoreRequest => ({
      prompt: { text: `${PROMPT}${'peace '.repeat(i)}` },
      completion: 'and war',
    });
    const together = await Promise.all([0, 1, 2, 3].map((i) => model.score([request(i)])));
    for (const [i, [curve]] of together.entries()) {
      const [alone] = await model.score([request(i)]);
      expect(curve.logProbability(1)).toBe(alone.logProbability(1));
    }
  });

  it('ends a text at the limit or at the end of the turn, and never depends on the batch', async () => {
    const requests = Array.from({ length: 40 }, (_, row) => ({
      prompt: { text: PROMPT + (row % 3 === 0 ? ' The' : '') },
      temperature: 0.7 + 0.02 * row,
      topP: row % 2 === 0 ? 1 : 0.8,
      maxTokens: 5 + 3 * row,
      seed: 3,
      row,
    }));
    const texts = async (batch: number): Promise<string[]> => {
      const opened = await openLanguageModel(`onnx:${PILOT}`, { threads: 1, batch });
      const found: string[] = [];
      for await (const { index, text, tokens, finish } of opened.generate(requests)) {
        expect(finish === 'length' ? tokens : Math.min(tokens, requests[index].maxTokens)).toBe(
          finish === 'length' ? requests[index].maxTokens : tokens,
        );
        found[index] = `${finish} ${tokens} ${text}`;
      }
      await opened.close();
      return found;
    };
    const one = await texts(1);
    expect(await texts(7)).toEqual(one);
    expect(await texts(16)).toEqual(one);
    expect(new Set(one.map((text) => text.slice(0, 3)))).toEqual(new Set(['end', 'len']));
  });

  it('refuses in one sentence: chat turns, no prompt, too long a pair, bad settings, a closed model', async () => {
    const messages = [{ role: 'user', content: 'Hello' }] as const;
    await expect(model.score([{ prompt: { messages }, completion: 'x' }])).rejects.toMatchObject({
      code: 'prompt',
      message: expect.stringContaining('no chat template'),
    });
    await expect(model.score([{ prompt: { text: '' }, completion: 'x' }])).rejects.toMatchObject({ code: 'prompt' });
    await expect(model.score([{ prompt: { text: PROMPT }, completion: 'war '.repeat(600) }])).rejects.toMatchObject({
      code: 'too-long',
      message: expect.stringMatching(/Request 0 needs \d+ tokens .* takes 512/),
    });
    const request = { prompt: { text: PROMPT }, temperature: 1, maxTokens: 4, seed: 1, row: 0 };
    for (const bad of [
      { temperature: -1 },
      { temperature: Number.NaN },
      { topP: 0 },
      { topP: 1.1 },
      { maxTokens: 0 },
    ]) {
      await expect(
        model
          .generate([{ ...request, ...bad }])
          [Symbol.asyncIterator]()
          .next(),
      ).rejects.toMatchObject({ code: 'setting' });
    }
    const closed = await openLanguageModel(`onnx:${PILOT}`, { threads: 1 });
    await closed.close();
    await expect(closed.score([])).rejects.toMatchObject({ code: 'closed' });
  });
});

describeWith([PILOT], 'a hub id', () => {
  let server: Server;
  let cacheFolder: string;
  const asked: string[] = [];
  const endpoint = process.env['HF_ENDPOINT'];
  beforeAll(async () => {
    cacheFolder = mkdtempSync(join(tmpdir(), 'mop-hub-'));
    server = createServer((request, response) => {
      const path = join(PILOT, (request.url ?? '').replace(/^\/someone\/small\/resolve\/main\//, ''));
      asked.push(request.url ?? '');
      if (!existsSync(path)) response.writeHead(404).end();
      else createReadStream(path).pipe(response);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    process.env['HF_ENDPOINT'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    if (endpoint === undefined) delete process.env['HF_ENDPOINT'];
    else process.env['HF_ENDPOINT'] = endpoint;
    server.close();
    rmSync(cacheFolder, { recursive: true, force: true });
  });

  it('is fetched once into the cache folder, then opened from there with no network', async () => {
    const first = await openLanguageModel('onnx:someone/small', { cacheFolder, threads: 1 });
    expect(asked.some((url) => url.endsWith('/onnx/model_quantized.onnx'))).toBe(true);
    const snapshot = join(cacheFolder, 'models--someone--small/snapshots/main');
    expect(existsSync(join(snapshot, 'onnx/model_quantized.onnx'))).toBe(true);
    await first.close();
    const before = asked.length;
    const again = await openLanguageModel('onnx:someone/small', { cacheFolder, threads: 1, download: false });
    const [curve] = await again.score([{ prompt: { text: PROMPT }, completion: 'peace' }]);
    expect([asked.length - before, again.fingerprint]).toEqual([0, first.fingerprint]);
    expect(curve.logProbability(1)).toBeLessThan(0);
    await again.close();
  });

  it('that does not exist is refused by name', async () => {
    await expect(openLanguageModel('onnx:someone/absent', { cacheFolder })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/knows no model someone\/absent .*\(404\)/),
    });
    await expect(openLanguageModel('onnx:someone/absent', { cacheFolder, download: false })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('downloads are off'),
    });
  });
});
