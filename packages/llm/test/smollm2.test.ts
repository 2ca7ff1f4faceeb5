import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ChatMessage, DescribedModel } from '../src/index.js';
import { openLanguageModel } from '../src/index.js';
import { describeWith, GOLDEN_SCORES, readJson, SMOLLM2 } from './models.js';

interface Golden {
  readonly cases: readonly {
    readonly messages: readonly ChatMessage[];
    readonly completion: string;
    readonly completionTokens: number;
    readonly temperatures: Readonly<Record<string, { logProb: number; dLogProbDTemperature: number }>>;
  }[];
}
const TOLERANCE = 0.02; // nat per token, from the golden file's note

describeWith([SMOLLM2, GOLDEN_SCORES], 'SmolLM2-135M-Instruct', () => {
  let model: DescribedModel;
  let golden: Golden;
  beforeAll(async () => {
    golden = readJson(GOLDEN_SCORES);
    model = await openLanguageModel(`onnx:${SMOLLM2}`);
  });
  afterAll(() => model.close());

  it('gives the reference values and derivatives at four temperatures from one pass per pair', async () => {
    const before = model.scoringPasses;
    const curves = await model.score(
      golden.cases.map(({ messages, completion }) => ({ prompt: { messages }, completion })),
    );
    let worst = 0;
    curves.forEach((curve, i) => {
      const { completionTokens, temperatures } = golden.cases[i];
      expect(curve.tokens).toBe(completionTokens);
      for (const [temperature, { logProb, dLogProbDTemperature }] of Object.entries(temperatures)) {
        const value = curve.logProbability(Number(temperature)) - logProb;
        const slope = curve.derivative(Number(temperature)) - dLogProbDTemperature;
        worst = Math.max(worst, Math.abs(value) / curve.tokens, Math.abs(slope) / curve.tokens);
      }
    });
    process.stderr.write(`largest difference from the reference: ${worst.toExponential(1)} nat a token\n`);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(model.scoringPasses - before).toBe(golden.cases.length);
  });

  it('scores the empty completion as the end of the turn, and nothing at all without it', async () => {
    const prompt = { messages: golden.cases[0].messages };
    const [end, nothing] = await model.score([
      { prompt, completion: '' },
      { prompt, completion: '', endOfTurn: false },
    ]);
    expect([end.tokens, nothing.tokens]).toEqual([1, 0]);
    expect(end.logProbability(1)).toBeLessThan(0);
    expect([nothing.logProbability(1), nothing.derivative(1)].map(Math.abs)).toEqual([0, 0]);
  });

  it('scores non-Latin text and emoji, and the end of the turn adds exactly one token', async () => {
    const prompt = { messages: golden.cases[0].messages };
    const texts = ['日本の経済は成長している。', 'Привет, мир', '🙂🚀', 'x'];
    const curves = await model.score(
      texts.flatMap((completion) => [true, false].map((endOfTurn) => ({ prompt, completion, endOfTurn }))),
    );
    for (let i = 0; i < curves.length; i += 2) {
      expect(curves[i].tokens).toBe(curves[i + 1].tokens + 1);
      expect(curves[i].logProbability(0.7)).toBeLessThan(curves[i + 1].logProbability(0.7));
    }
  });

  it('moves no score with what stands beside a pair: alone, in a batch, in another order, behind a shared prefix', async () => {
    const system = { role: 'system', content: 'You write short news.' } as const;
    const requests = ['Write one about ships.', 'Write one about rain.', 'Write'].flatMap((content) =>
      ['Ships sail.', 'It rained all day in the north.', 'No', ''].map((completion) => ({
        prompt: { messages: [system, { role: 'user', content } as const] },
        completion,
      })),
    );
    const together = await model.score(requests);
    const reversed = (await model.score([...requests].reverse())).reverse();
    for (const [i, request] of requests.entries()) {
      const [alone] = await model.score([request]);
      for (const temperature of [0.3, 1, 2.5]) {
        const expected = alone.logProbability(temperature);
        for (const other of [together[i], reversed[i]]) {
          expect(Math.abs(other.logProbability(temperature) - expected) / alone.tokens).toBeLessThan(0.01);
        }
      }
    }
  });

  it('writes the same text in a batch of sixteen, of three and alone', async () => {
    const requests = Array.from({ length: 6 }, (_, row) => ({
      prompt: { messages: [{ role: 'user', content: `Write ${row + 1} words about the sea.` } as const] },
      temperature: [0, 0.6, 1.2][row % 3],
      topP: row < 3 ? 1 : 0.9,
      maxTokens: 6 + row,
      seed: 7,
      row,
    }));
    const texts = async (batches: readonly (typeof requests)[]): Promise<string[]> => {
      const all: string[] = [];
      for (const batch of batches) {
        for await (const { index, text } of model.generate(batch)) all[batch[index].row] = text;
      }
      return all;
    };
    const together = await texts([requests]);
    expect(await texts([requests.slice(3), requests.slice(0, 3)])).toEqual(together);
    expect(await texts(requests.map((request) => [request]))).toEqual(together);
    expect(new Set(together).size).toBe(requests.length);
  });
});
