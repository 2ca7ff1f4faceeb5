import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLanguageModel, type DescribedModel, type Prompt } from '@mixture-of-personas/llm';
import { root } from './workspace.js';

interface Contract {
  readonly url: string;
  readonly requests: readonly Record<string, unknown>[];
  close(): Promise<void>;
}
const program: string = '../vllm-contract/server.mjs';
const { startContractServer } = (await import(program)) as {
  startContractServer: (options: object) => Promise<Contract>;
};

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const smollm2 = join(process.env['MOP_MODELS'] ?? join(cache, 'mop-models'), 'SmolLM2-135M-Instruct');
const pilot = join(root, '..', 'shared', 'pilot', 'model');
const describeWith = (path: string, name: string, body: () => void): void => {
  if (existsSync(path)) describe(name, body);
  else describe.skip(`${name} (skipped: no model ${path})`, body);
};
const prompt: Prompt = { text: 'Write one line about ships.' };
const pairs = ['The ship sailed at dawn.', 'Rain, again! 🙂', ''].map((completion, i) => ({
  prompt,
  completion,
  endOfTurn: i !== 1,
}));
const failures = async (model: DescribedModel, purpose: 'score' | 'generate'): Promise<string[]> =>
  ((await model.check?.(purpose)) ?? []).filter(({ status }) => status === 'failed').map(({ detail }) => detail);

describeWith(pilot, 'a server that answers as vLLM does', () => {
  const folder = pilot;
  let server: Contract;
  let here: DescribedModel;
  let there: DescribedModel;
  const open = (options: object = {}): Promise<DescribedModel> =>
    openLanguageModel(`server:${server.url}#tiny`, { server: { tokenizer: folder, tries: 2, ...options } });
  beforeAll(async () => {
    server = await startContractServer({ folder, name: 'tiny', maxLogprobs: 400 });
    here = await openLanguageModel(`onnx:${folder}`, { threads: 1 });
    there = await open({ temperatures: [0.5, 1.2], maxWidth: 10 });
  });
  afterAll(async () => {
    await here.close();
    await server.close();
  });

  it('is accepted for scoring and for writing', async () => {
    for (const purpose of ['score', 'generate'] as const) {
      expect(await failures(there, purpose)).toEqual([]);
      expect((await there.check?.(purpose))?.length).toBeGreaterThan(1);
    }
  });

  it('gives the scores of the in-process engine at τ = 1 to 1e-3 nats, from one request per pair', async () => {
    const [ours, theirs] = [await here.score(pairs), await there.score(pairs)];
    const before = server.requests.length;
    ours.forEach((curve, i) => {
      expect(theirs[i].tokens).toBe(curve.tokens);
      expect(Math.abs(theirs[i].logProbability(1) - curve.logProbability(1))).toBeLessThan(1e-3);
    });
    await there.score(pairs.slice(0, 2));
    expect(server.requests.length - before).toBe(2);
  });

  it('brackets the true log p at other temperatures by bounds that tighten with more log-probabilities', async () => {
    const many = await open({ temperatures: [0.5, 1.2], maxWidth: 10, topLogProbabilities: 400 });
    const few = await open({ temperatures: [0.5, 1.2], maxWidth: 10, topLogProbabilities: 5 });
    const truth = await here.score(pairs);
    const widths: number[] = [];
    for (const model of [few, there, many]) {
      let widest = 0;
      (await model.score(pairs)).forEach((curve, i) => {
        for (const temperature of [0.5, 0.6, 0.8, 1.2]) {
          const width = 'width' in curve ? (curve as unknown as { width(t: number): number }).width(temperature) : 0;
          const error = Math.abs(curve.logProbability(temperature) - truth[i].logProbability(temperature));
          expect(error).toBeLessThan(width / 2 + 2e-3 * curve.tokens);
          if (temperature === 0.6) widest = Math.max(widest, width / curve.tokens);
        }
      });
      widths.push(widest);
    }
    process.stderr.write(
      `widest bounds at τ = 0.6 with 5, 20 and 400 log-probabilities: ${widths.map((w) => w.toFixed(4)).join(', ')} nats per token\n`,
    );
    expect(widths[0]).toBeGreaterThan(widths[1]);
    expect(widths[1]).toBeGreaterThan(widths[2]);
  });

  it('asks for more where bounds lie far apart, and says of too many log-probabilities what to do', async () => {
    const strict = await open({ temperatures: [0.5, 2], maxWidth: 0.05, topLogProbabilities: 2 });
    const before = server.requests.length;
    const [curve] = await strict.score(pairs.slice(0, 1));
    expect(server.requests.slice(before).map((body) => body['prompt_logprobs'])).toEqual([1, 2, 10]);
    expect(curve.width?.(2)).toBeGreaterThan(0);
    const greedy = await open({ topLogProbabilities: 1000 });
    expect(await failures(greedy, 'score')).toEqual([
      expect.stringMatching(/greater than max allowed: 400. Set topLogProbabilities to 400 or less, or start it/),
    ]);
  });

  it('is told apart from a server of another model', async () => {
    const other = await openLanguageModel(`server:${server.url}#large`, { server: { tokenizer: folder } });
    expect(await failures(other, 'score')).toEqual([expect.stringMatching(/serves tiny and not large/)]);
  });

  it('writes the same text for the same seed and row, greedily the text of the in-process engine', async () => {
    const requests = [0, 0.8].map((temperature, row) => ({ prompt, temperature, maxTokens: 12, seed: 3, row }));
    const texts = async (model: DescribedModel): Promise<string[]> => {
      const all: string[] = [];
      for await (const { index, text } of model.generate(requests)) all[index] = text.trim();
      return all;
    };
    const [first, again, inProcess] = [await texts(there), await texts(there), await texts(here)];
    expect(again).toEqual(first);
    expect(first[0]).toBe(inProcess[0]);
  });
});

describeWith(smollm2, 'the same server over SmolLM2', () => {
  it('gives the in-process scores of chats, and another chat template is noticed', async () => {
    const server = await startContractServer({ folder: smollm2, name: 'smollm2' });
    const wrong = await startContractServer({ folder: smollm2, name: 'smollm2', chatTemplateSays: 'Be brief. ' });
    const options = { server: { tokenizer: smollm2, temperatures: 'fixed' } } as const;
    const [here, there, other] = await Promise.all([
      openLanguageModel(`onnx:${smollm2}`, { threads: 1 }),
      openLanguageModel(`server:${server.url}#smollm2`, options),
      openLanguageModel(`server:${wrong.url}#smollm2`, options),
    ]);
    const chats = ['A ship sailed.', 'No.'].map((completion) => ({
      prompt: { messages: [{ role: 'user', content: 'Write about ships.' }] } as const,
      completion,
    }));
    const [ours, theirs] = [await here.score(chats), await there.score(chats)];
    ours.forEach((curve, i) =>
      expect(Math.abs(theirs[i].logProbability(1) - curve.logProbability(1))).toBeLessThan(1e-3),
    );
    expect(await failures(there, 'generate')).toEqual([]);
    expect(await failures(other, 'generate')).toEqual([expect.stringMatching(/chat template is not the same/)]);
    await Promise.all([here.close(), server.close(), wrong.close()]);
  });
});
