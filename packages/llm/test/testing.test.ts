import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '../src/testing.js';

describe('fakeModel', () => {
  it('scores by its formula, with the derivative of that formula', async () => {
    const model = fakeModel({
      logProbability: ({ prompt, completion }, t) => -(promptText(prompt).length * completion.length) / t,
    });
    const [curve] = await model.score([
      {
        prompt: {
          messages: [
            { role: 'system', content: 'ab' },
            { role: 'user', content: 'c' },
          ],
        },
        completion: 'xyz',
      },
    ]);
    expect([curve.tokens, curve.logProbability(0.5)]).toEqual([4, -24]);
    expect(curve.derivative(0.5)).toBeCloseTo(48, 6);
    expect(model.scoringPasses).toBe(1);
  });

  it('measures characters against its window', () => {
    const request = { prompt: { text: 'abc' }, completion: 'xy' };
    expect(fakeModel({ window: 5 }).measure?.(request)).toEqual({ tokens: 6, window: 5 });
    expect(fakeModel().measure?.({ ...request, endOfTurn: false })).toEqual({ tokens: 5, window: undefined });
  });

  it('writes the same words for the same seed and row, whatever else is asked', async () => {
    const request = (row: number) => ({ prompt: { text: 'p' }, temperature: 1, maxTokens: 9, seed: 5, row });
    const write = async (rows: number[]): Promise<Map<number, string>> => {
      const texts = new Map<number, string>();
      for await (const { index, text } of fakeModel().generate(rows.map(request))) texts.set(rows[index], text);
      return texts;
    };
    const all = await write([0, 1, 2, 3]);
    expect((await write([3, 1])).get(3)).toBe(all.get(3));
    expect(new Set(all.values()).size).toBeGreaterThan(1);
  });
});
