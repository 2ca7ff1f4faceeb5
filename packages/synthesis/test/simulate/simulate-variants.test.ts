import { describe, expect, it } from '@jest/globals';
import { initialGate, type Gate } from '@mixture-of-personas/gating';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { LanguageModel } from '@mixture-of-personas/llm';
import { takeRows } from '@mixture-of-personas/numeric';
import {
  chooseExemplars,
  renderPrompt,
  simulate,
  templateFor,
  type PairSource,
  type Persona,
  type SimulateOptions,
  type SimulationInput,
  type SyntheticRow,
} from '../../src/index.js';
import { all, topicEmbeddings, topicRecords } from '../support/records.js';

const records = topicRecords(12);
const { exemplars, indices, own } = chooseExemplars(records, 6, 1);
const personas: Persona[] = ['garden', 'sea', 'kitchen'].map((label, k) => ({
  id: `p00${k}`,
  persona: `You like the ${label}.`,
  source: 'file',
  label,
}));
const inputs = topicEmbeddings(12);
const embeddings = { inputs, personas: topicEmbeddings(3, 'personas'), exemplars: takeRows(inputs, indices) };
const gate: Gate = {
  ...initialGate({ d: 5, hidden: 5, personas: 3 }, { similarity: 4 }),
  temperatures: Float64Array.of(0.5, 0.75, 1),
};
const gated: PairSource = { kind: 'gate', gate, input: 'record', embeddings, ownExemplar: own };
const template = templateFor('ag-news');

const made = (options: Partial<SimulateOptions> = {}, more: Partial<SimulationInput> = {}): Promise<SyntheticRow[]> =>
  all(
    simulate(
      { model: fakeModel(), template, personas, exemplars, records, pairs: gated, ...more },
      { count: 40, seed: 11, ...options },
    ),
  );

describe('simulate with several pairs a text', () => {
  const merged = 'You are a writer of gardens and of the sea, patient and exact.';
  const model = fakeModel({ write: ({ prompt }) => (promptText(prompt).includes('merge') ? merged : 'A text.') });

  it('merges their personas by the language model and shows every exemplar as an answer of its own', async () => {
    const asked: string[] = [];
    const spy: LanguageModel = {
      ...model,
      generate: (requests, options) => {
        asked.push(...requests.map(({ prompt }) => promptText(prompt)));
        return model.generate(requests, options);
      },
    };
    const rows = await made({ count: 12, mix: 3 }, { model: spy });
    const mixed = rows.find(({ personaId }) => new Set(personaId.split('+')).size > 1)!;
    const [ids, shown] = [mixed.personaId.split('+'), mixed.exemplarId.split('+')];
    expect([ids.length, shown.length]).toEqual([3, 3]);
    const texts = shown.map((id) => exemplars.find((exemplar) => exemplar.id === id)!.text);
    expect(asked.some((prompt) => prompt.includes(merged) && texts.every((text) => prompt.includes(text)))).toBe(true);
    const temperatures = ids.map((id) => gate.temperatures[personas.findIndex((persona) => persona.id === id)]);
    expect(mixed.temperature).toBeCloseTo(temperatures.reduce((sum, t) => sum + t, 0) / 3, 12);
  });

  it('draws the first pair as without mixing, and the same rows from a block on', async () => {
    const [one, two] = [await made({ count: 32 }), await made({ count: 32, mix: 2 }, { model })];
    expect(two.map(({ personaId }) => personaId.split('+')[0])).toEqual(one.map(({ personaId }) => personaId));
    expect(await made({ from: 16, count: 16, mix: 2 }, { model })).toEqual(two.slice(16));
  });

  it('refuses to mix where no persona is drawn', async () => {
    await expect(made({ mix: 2 }, { pairs: { kind: 'zero-shot', temperature: 1 } })).rejects.toThrow('mix must be 1');
    await expect(made({ mix: 0 })).rejects.toThrow('mix must be a whole number from 1 on');
  });
});

describe('simulate without a gate or without exemplars', () => {
  it('gives every persona its one exemplar, personas equally often', async () => {
    const rows = await made(
      { count: 300 },
      { pairs: { kind: 'paired', temperature: 1, exemplarsOf: [[5], [0], [3]] } },
    );
    for (const { personaId, exemplarId } of rows) {
      expect(exemplarId).toBe(exemplars[[5, 0, 3][Number(personaId.slice(-1))]].id);
    }
    for (const { id } of personas) {
      expect(Math.abs(rows.filter(({ personaId }) => personaId === id).length - 100)).toBeLessThan(30);
    }
    await expect(made({}, { pairs: { kind: 'paired', temperature: 1, exemplarsOf: [[6], [0], [3]] } })).rejects.toThrow(
      'exemplarsOf must be whole numbers below 6',
    );
  });

  it('leaves the exemplar out of the prompt and keeps the persona', () => {
    for (const name of ['ag-news', 'sst-2', 'tokens'] as const) {
      const prompt = promptText(renderPrompt(templateFor(name), 'generateWithoutExemplar', { persona: 'You fish.' }));
      expect(prompt).toContain('You fish.');
      expect(prompt).not.toContain('exemplar');
    }
  });
});
