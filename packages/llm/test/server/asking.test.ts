import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openScoreStore, withStore } from '../../src/index.js';
import { logProbabilityOf, type Asked, type Generate } from './fake-server.js';
import { open, serve } from './served.js';

describe("vLLM's endpoint for token ids", () => {
  const list = (ids: readonly number[]): unknown[] =>
    ids.map((id, i) => (i === 0 ? null : { [String(id)]: { logprob: logProbabilityOf(id, i) } }));
  const pair = { prompt: { text: 'Question: ' }, completion: 'yes', endOfTurn: false };
  const probed = (asked: Generate): boolean => asked.token_ids.length === 'One, two, three'.length;

  it('is asked where it is there, from the cache where the answer says how much of it was', async () => {
    const asked: Generate[] = [];
    const server = await serve({
      generate: (body) => {
        asked.push(body);
        return {
          model: 'tiny',
          prompt_logprobs: list(body.token_ids),
          usage: { prompt_tokens_details: { cached_tokens: 8 } },
        };
      },
    });
    const [curve] = await (await open(server)).score([pair]);
    const [plain] = await (await open(await serve())).score([pair]);
    expect(curve.logProbability(1)).toBe(plain.logProbability(1));
    expect(asked.at(-1)?.sampling_params).toMatchObject({ skip_reading_prefix_cache: false, detokenize: false });
  });

  it('computes again what the cache has of the completion, or gives as no JSON, and skips a cache that tells nothing', async () => {
    for (const [cached, answers] of [
      [10, true],
      [9, false],
      [undefined, true],
    ] as const) {
      const skips: boolean[] = [];
      const server = await serve({
        generate: (body) => {
          const { skip_reading_prefix_cache: skip } = body.sampling_params;
          if (!probed(body)) skips.push(skip);
          if (!probed(body) && !skip && !answers) return 'not JSON';
          const at = probed(body) && cached !== undefined ? 8 : cached;
          const details = at === undefined ? null : { cached_tokens: skip ? 0 : at };
          return { model: 'tiny', prompt_logprobs: list(body.token_ids), usage: { prompt_tokens_details: details } };
        },
      });
      await (await open(server)).score([pair]);
      expect(skips).toEqual(cached === undefined ? [true] : [false, true]);
    }
  });
});

describe('a pair whose bounds lie far apart', () => {
  /** A server that knows `most` tokens a position, ten of them likely. */
  const knowing =
    (most: number) =>
    ({ model, prompt, prompt_logprobs: top = 0 }: Asked): unknown => {
      const ids = prompt as readonly number[];
      const others = Array.from({ length: Math.min(most, top) - 1 }, (_, n): [string, { logprob: number }] => [
        String(100 + n),
        { logprob: Math.log(n < 9 ? 0.05 : 0.0058) },
      ]);
      const entry = (id: number): Record<string, { logprob: number }> =>
        Object.fromEntries([[String(id), { logprob: Math.log(0.2) }], ...others]);
      return {
        model,
        choices: [
          { index: 0, text: 'x', logprobs: null, prompt_logprobs: ids.map((id, i) => (i === 0 ? null : entry(id))) },
        ],
      };
    };
  const pair = { prompt: { text: 'Question: ' }, completion: 'yes' };
  const settings = { temperatures: [0.5, 1.2], topLogProbabilities: 10 };

  it('is repeated with more, once, and then has its middle and a width', async () => {
    const server = await serve({ answer: knowing(50) });
    const [curve] = await (await open(server, settings)).score([pair]);
    const asked = server.asked.map(({ prompt_logprobs: top }) => top);
    expect(asked).toEqual([1, 10, 50]);
    expect(curve.width?.(1.2)).toBeGreaterThan(0);
    const [few] = await (await open(server, { ...settings, maxWidth: 100 })).score([pair]);
    expect(curve.width?.(1.2)).toBeLessThan(few.width?.(1.2) ?? 0);
  });

  it('is asked for no more than the server allows', async () => {
    for (const [allowed, tops] of [
      [10, [1, 10, 50]],
      [20, [1, 10, 50, 10, 20]],
    ] as const) {
      const server = await serve({
        answer: knowing(50),
        faultOf: ({ prompt_logprobs: top = 0 }) => (top > allowed ? 'allows fewer' : undefined),
        allowed,
      });
      const model = await open(server, settings);
      await model.score([pair]);
      expect(server.asked.map(({ prompt_logprobs: top }) => top)).toEqual(tops);
      const before = server.asked.length;
      await model.score([pair]);
      expect(server.asked.length - before).toBe(allowed === 10 ? 1 : 2);
    }
  });

  it('keeps its width in the store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mop-width-'));
    const server = await serve({ answer: knowing(50) });
    const first = withStore(await open(server, settings), await openScoreStore(folder));
    const [curve] = await first.score([pair]);
    await first.close();
    const second = withStore(await open(server, settings), await openScoreStore(folder));
    const [kept] = await second.score([pair]);
    expect(second.misses).toBe(0);
    expect(kept.width?.(0.7)).toBeCloseTo(curve.width?.(0.7) ?? Number.NaN, 12);
    await second.close();
  });
});
