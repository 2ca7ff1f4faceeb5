import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScoreRequest } from '@mixture-of-personas/llm';
import { configSchema, type MopConfig } from '../../src/config/schema.js';
import { FIT_HISTORY, GATE_WEIGHTS } from '../../src/artifacts/fit.js';
import { SYNTHETIC } from '../../src/artifacts/texts.js';
import { transferConfig } from '../../src/context/transfer.js';
import { keptOpen, realOpeners, type ModelOpeners, type OpenedModel } from '../../src/engines/model-openers.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { openExistingRun } from '../../src/run-folder/run-folder.js';
import { modelPath } from '../support/real-models.js';
import { scratch } from '../support/scratch.js';

/** Two subjects: enough for a fit to prefer exemplars on the subject of the text. */
const TEXTS = [
  'The harbor is calm tonight.',
  'Oil prices fell again on Monday.',
  'The harbor is calm this morning.',
  'Oil prices rose again on Friday.',
  'The harbor is calm at noon.',
  'Oil prices fell again on Tuesday.',
  'The harbor is rough tonight.',
  'Oil prices rose again on Sunday.',
];
const GOLDEN = ['The sea was rough.', 'The coach praised his team.', 'Stocks closed lower.', 'Snow fell in the hills.'];
const FOLDERS = ['SmolLM2-135M-Instruct', 'gemma-3-270m'].map(modelPath);
const [SMOLLM2, GEMMA3] = FOLDERS.map((folder) => `onnx:${folder}`);
const WAYS = [
  { from: SMOLLM2, to: GEMMA3, title: 'SmolLM2 fits, Gemma 3 writes' },
  { from: GEMMA3, to: SMOLLM2, title: 'Gemma 3 fits, SmolLM2 writes' },
];

/** The real engines, each language model opened once; every score that a model gives at τ = 0.6 is kept by its request. */
function recordingOpeners() {
  const models = new Map<string, OpenedModel>();
  const bare: OpenedModel[] = [];
  const scores = new Map<string, Map<string, number>>();
  async function opened(name: string, threads?: number): Promise<OpenedModel> {
    const model = await realOpeners.openLanguageModel(name, threads);
    bare.push(model);
    const given = new Map<string, number>();
    scores.set(name, given);
    const score: OpenedModel['score'] = async (requests: readonly ScoreRequest[], options) => {
      const curves = await model.score(requests, options);
      requests.forEach((request, i) => given.set(JSON.stringify(request), curves[i].logProbability(0.6)));
      return curves;
    };
    return new Proxy(keptOpen(model), {
      get: (target, key) => (key === 'score' ? score : (Reflect.get(target, key) as unknown)),
    });
  }
  const openers: ModelOpeners = {
    ...realOpeners,
    async openLanguageModel(name, threads) {
      const model = models.get(name) ?? (await opened(name, threads));
      models.set(name, model);
      return model;
    },
  };
  const close = async (): Promise<void> => {
    for (const model of bare) await model.close();
  };
  return { openers, scores, close };
}

const gateOf = (folder: string): Promise<Uint8Array> => readFile(join(folder, GATE_WEIGHTS.name));

const linesOf = (texts: readonly string[]): string => texts.map((text) => `${JSON.stringify({ text })}\n`).join('');
const { openers, scores, close } = recordingOpeners();
const passes = (): number[] => [...scores.values()].map(({ size }) => size);

async function settings(): Promise<Record<string, unknown>> {
  const folder = await scratch({ 'population.jsonl': linesOf(TEXTS), 'golden.jsonl': linesOf(GOLDEN) });
  return {
    population: { path: join(folder, 'population.jsonl'), validation: 0 },
    golden: { path: join(folder, 'golden.jsonl') },
    personas: { count: 2, source: 'keywords' },
    exemplars: { count: 4 },
    gate: { objective: 'marginal', design: { pairs: 8, perRecord: 8, rounds: 1 } },
    simulate: { count: 2, maxTokens: 12 },
    evaluate: { heldOut: 0, metrics: ['energy'], bootstrap: 0, baselines: [] },
    seed: 2,
    threads: 1,
  };
}

/** `describe` where both models are there; else the block is reported as skipped, and its name says what is missing. */
function describeWithBoth(title: string, tests: () => void): void {
  const missing = FOLDERS.find((folder) => !existsSync(join(folder, 'config.json')));
  if (missing === undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: no model ${missing})`, tests);
}

describeWithBoth('fit and transfer between SmolLM2 and Gemma 3 (Table 3 of the paper)', () => {
  const fitted = new Map<string, MopConfig>();
  beforeAll(async () => {
    const given = await settings();
    for (const model of [SMOLLM2, GEMMA3]) {
      const config = configSchema.parse({ ...given, llm: { model }, output: join(await scratch(), 'fit') });
      await runPipeline(config, { until: 'fit', openers });
      fitted.set(model, config);
    }
  }, 300_000);
  afterAll(close);

  it('scores the same pairs with both, each text at its own finite log-probability', () => {
    const [a, b] = [SMOLLM2, GEMMA3].map((model) => scores.get(model) ?? new Map<string, number>());
    expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
    expect(a.size).toBe(TEXTS.length * 8);
    for (const [request, score] of a) {
      const other = b.get(request) ?? NaN;
      expect([score, other].every((each) => Number.isFinite(each) && each < 0)).toBe(true);
      expect(Math.abs(score - other)).toBeGreaterThan(1e-6);
    }
  });

  it('fits a gate with each, better than equal weights, and not the same', async () => {
    const folders = [...fitted.values()].map(({ output }) => output);
    for (const folder of folders)
      expect(await (await openExistingRun(folder)).read(FIT_HISTORY)).toMatchObject({ fitted: true });
    const [a, b] = await Promise.all(folders.map(gateOf));
    expect(a).not.toEqual(b);
  });

  it.each(WAYS)(
    '$title: the texts name both, from the same gate and no new score',
    async ({ from, to }) => {
      const source = fitted.get(from)?.output ?? '';
      const before = passes();
      const config = await transferConfig(source, { 'llm.model': to, output: join(await scratch(), 'transfer') });
      const { metrics } = await runPipeline(config, { openers });
      expect(passes()).toEqual(before);
      expect(await gateOf(config.output)).toEqual(await gateOf(source));
      const rows = await (await openExistingRun(config.output)).read(SYNTHETIC);
      expect(rows.map(({ model, gateModel }) => [model, gateModel])).toEqual([
        [to, from],
        [to, from],
      ]);
      expect(Number.isFinite(metrics?.evaluation.sets[0].figures.energy?.value)).toBe(true);
    },
    120_000,
  );
});
