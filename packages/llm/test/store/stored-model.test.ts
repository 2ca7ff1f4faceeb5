import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openScoreStore, withStore, type LanguageModel, type ScoreRequest } from '../../src/index.js';
import { fakeModel, promptText } from '../../src/testing.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mop-stored-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const requestOf = (i: number): ScoreRequest => ({ prompt: { text: `prompt ${i % 7}` }, completion: `text ${i}` });

describe('withStore', () => {
  it('never scores the same request twice: not in one call, not in the next, not after a restart', async () => {
    const model = fakeModel({ logProbability: ({ completion }, t) => -completion.length / t });
    const stored = withStore(model, await openScoreStore(folder));
    const requests = [0, 1, 0, 2, 1].map(requestOf);
    const first = await stored.score(requests);
    expect([model.scoringPasses, stored.hits, stored.misses]).toEqual([3, 2, 3]);
    const second = await stored.score(requests);
    expect([model.scoringPasses, stored.hits, stored.misses]).toEqual([3, 7, 3]);
    await stored.close();
    const reopened = withStore(model, await openScoreStore(folder));
    const third = await reopened.score(requests);
    expect([model.scoringPasses, reopened.hits, reopened.misses]).toEqual([3, 5, 0]);
    for (const temperature of [0.25, 0.6, 1, 2.5]) {
      first.forEach((curve, i) => {
        const value = curve.logProbability(temperature);
        expect(value).toBeCloseTo(-requests[i].completion.length / temperature, 6);
        expect([second[i].logProbability(temperature), third[i].logProbability(temperature)]).toEqual([value, value]);
      });
    }
    await reopened.close();
  });

  it('keeps models, prompts, completions and turn ends apart', async () => {
    const store = await openScoreStore(folder);
    const base = { prompt: { text: 'a' }, completion: 'b' };
    const variants: ScoreRequest[] = [
      base,
      { ...base, endOfTurn: false },
      { ...base, completion: 'b ' },
      { prompt: { messages: [{ role: 'user', content: 'a' }] }, completion: 'b' },
      { prompt: { messages: [{ role: 'system', content: 'a' }] }, completion: 'b' },
    ];
    const one = withStore(fakeModel(), store);
    await one.score([...variants, { ...base, endOfTurn: true }]);
    expect(one.misses).toBe(variants.length);
    const other = withStore(fakeModel({ fingerprint: 'other' }), store);
    await other.score(variants);
    expect(other.misses).toBe(variants.length);
  });

  it('asks in chunks with prompts that begin alike together, and keeps the chunks before a failure', async () => {
    const asked: string[][] = [];
    const inner = fakeModel();
    const failing: LanguageModel = {
      ...inner,
      fingerprint: inner.fingerprint,
      score: (requests, options) => {
        asked.push(requests.map(({ prompt }) => promptText(prompt)));
        return asked.length === 3 ? Promise.reject(new Error('killed')) : inner.score(requests, options);
      },
    };
    const requests = Array.from({ length: 700 }, (_, i) => requestOf(i));
    const store = await openScoreStore(folder);
    await expect(withStore(failing, store).score(requests)).rejects.toThrow('killed');
    expect(asked.map((chunk) => chunk.length)).toEqual([256, 256, 188]);
    const order = asked.flat();
    expect(order).toEqual([...order].sort());
    await store.close();
    const resumed = withStore(fakeModel(), await openScoreStore(folder));
    const progress: number[] = [];
    await resumed.score(requests, { onProgress: (done) => progress.push(done) });
    expect([resumed.hits, resumed.misses]).toEqual([512, 188]);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect([progress[0], progress.at(-1)]).toEqual([512, 700]);
    await resumed.close();
  });

  it('stops at the signal and keeps what it has', async () => {
    const controller = new AbortController();
    const stored = withStore(fakeModel(), await openScoreStore(folder));
    const requests = Array.from({ length: 600 }, (_, i) => requestOf(i));
    const call = stored.score(requests, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(stored.misses).toBe(256);
    await stored.close();
  });
});
