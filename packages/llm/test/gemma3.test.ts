import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openLanguageModel, type DescribedModel } from '../src/index.js';
import { describeWith, GEMMA3 } from './models.js';

/** Texts and perplexities of transformers' Gemma3ForCausalLM in float32 on the unquantized weights (../shared/models/gemma-3-270m/verify.txt). */
const TEXTS = [
  ['The capital of France is Paris. The capital of Germany is Berlin. The capital of Spain is Madrid.', 6.214],
  [
    "Wall St. Bears Claw Back Into the Black. Short-sellers, Wall Street's dwindling band of ultra-cynics, are seeing green again after oil prices fell and economists raised their forecasts for growth.",
    90.817,
  ],
] as const;

describeWith([GEMMA3], 'Gemma 3 270M', () => {
  let model: DescribedModel;
  beforeAll(async () => {
    model = await openLanguageModel(`onnx:${GEMMA3}`);
  });
  afterAll(() => model.close());

  it('gives the perplexities of transformers to 5 %, the beginning of the text written or not', async () => {
    for (const text of ['', '<bos>']) {
      const requests = TEXTS.map(([completion]) => ({ prompt: { text }, completion, endOfTurn: false }));
      (await model.score(requests)).forEach((curve, i) => {
        const perplexity = Math.exp(-curve.logProbability(1) / curve.tokens);
        expect(Math.abs(perplexity / TEXTS[i][1] - 1)).toBeLessThan(0.05);
      });
    }
  });

  it('ends turns as its template does, takes 8,192 tokens, and has the derivative that differences give', async () => {
    const { prompting, contextTokens } = model.description;
    expect([prompting?.endOfTurn, contextTokens]).toEqual([{ id: 106, text: '<end_of_turn>', from: 'template' }, 8192]);
    const messages = [{ role: 'user', content: 'Say one word.' }] as const;
    const [curve] = await model.score([{ prompt: { messages }, completion: 'Boat' }]);
    const slope = (curve.logProbability(0.601) - curve.logProbability(0.599)) / 0.002;
    expect([curve.tokens, Math.abs(curve.derivative(0.6) - slope) < 1e-3]).toEqual([2, true]);
  });

  it('finds the true continuation the more probable, and writes it', async () => {
    const prompt = { text: 'The capital of France is Paris. The capital of Germany is' };
    const [right, wrong] = await model.score([' Berlin', ' Madrid'].map((completion) => ({ prompt, completion })));
    expect(right.logProbability(1)).toBeGreaterThan(wrong.logProbability(1) + 2);
    const request = { prompt, temperature: 0, maxTokens: 2, seed: 0, row: 0 };
    for await (const { text } of model.generate([request])) expect(text).toMatch(/^ Berlin/);
  });
});
