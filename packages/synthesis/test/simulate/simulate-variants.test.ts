import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { LanguageModel } from '@mixture-of-personas/llm';
import { takeRows } from '@mixture-of-personas/numeric';
import { pairRequest, promptHash, renderPrompt, templateFor } from '../../src/index.js';
import {
  records,
  exemplars,
  own,
  personas,
  inputs,
  embeddings,
  gate,
  gated,
  template,
  made,
} from '../support/simulation.js';

describe('simulate with several pairs per text', () => {
  const merged = 'You are a writer of gardens and of the sea, careful and exact.';
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

describe('simulate with several exemplars a prompt', () => {
  const exemplarIndex = new Map(exemplars.map(({ id }, j) => [id, j]));

  it('shows L different exemplars, the first and all texts as with one, and says which', async () => {
    const [one, three] = [await made({ count: 32 }), await made({ count: 32, perPrompt: 3 })];
    three.forEach((row, i) => {
      expect(row.exemplarIds).toHaveLength(3);
      expect(new Set(row.exemplarIds).size).toBe(3);
      expect(row.exemplarId).toBe(row.exemplarIds!.join('+'));
      expect([row.personaId, row.exemplarIds![0]]).toEqual([one[i].personaId, one[i].exemplarId]);
      const persona = personas.find(({ id }) => id === row.personaId)!.persona;
      const exemplar = row.exemplarIds!.map((id) => exemplars[exemplarIndex.get(id)!].text);
      const prompt = renderPrompt(template, 'generate', { persona, exemplar, context: row.context! });
      expect(row.promptHash).toBe(promptHash(prompt));
    });
    expect(one.every((row) => !('exemplarIds' in row))).toBe(true);
    expect(await made({ from: 16, count: 16, perPrompt: 3 })).toEqual(three.slice(16));
  });

  it('draws from Ω_k without replacement: ordered pairs as often as Ω_a Ω_b / (1 − Ω_a), which is the stated probability', async () => {
    const record = own.indexOf(-1);
    const pairs = {
      ...gated,
      embeddings: { ...embeddings, inputs: takeRows(inputs, [record]) },
      ownExemplar: Int32Array.of(-1),
    };
    const given = { records: [records[record]], pairs };
    const count = 4000;
    const omega = new Map<string, number>();
    for (const { personaId, exemplarId, exemplarProbability } of await made({ count }, given))
      omega.set(personaId + exemplarId, exemplarProbability);
    const seen = new Map<string, { n: number; probability: number }>();
    for (const row of await made({ count, perPrompt: 2 }, given)) {
      const [a, b] = row.exemplarIds!.map((id) => omega.get(row.personaId + id));
      if (a !== undefined && b !== undefined) expect(row.exemplarProbability).toBeCloseTo((a * b) / (1 - a), 10);
      const key = `${row.personaId} ${row.exemplarId}`;
      const probability = row.personaProbability * row.exemplarProbability;
      seen.set(key, { n: (seen.get(key)?.n ?? 0) + 1, probability });
    }
    for (const { n, probability } of seen.values()) {
      const expected = count * probability;
      expect(Math.abs(n - expected)).toBeLessThan(5 * Math.sqrt(expected) + 3);
    }
  });

  it('never shows a record its own text', async () => {
    const j = 2;
    const record = own.indexOf(j);
    const pairs = {
      ...gated,
      embeddings: { ...embeddings, inputs: takeRows(inputs, [record]) },
      ownExemplar: Int32Array.of(j),
    };
    const given = { records: [records[record]], pairs };
    for (const companions of ['gate', { seed: 3 }] as const) {
      for (const row of await made({ count: 60, perPrompt: 5, companions }, given))
        expect(row.exemplarIds).not.toContain(exemplars[j].id);
    }
    await expect(made({ perPrompt: 6 }, given)).rejects.toThrow('perPrompt must be 5 at most for 6 exemplars');
  });

  it('shows the prompt that pairRequest scores, where it is told the seed of the scores', async () => {
    const rows = await made({ count: 40, perPrompt: 3, companions: { seed: 3 } });
    const parts = { template, personas, exemplars, records, perPrompt: 3, seed: 3, ownExemplar: own };
    for (const row of rows) {
      const record = records.findIndex(({ context }) => context === row.context);
      const persona = personas.findIndex(({ id }) => id === row.personaId);
      const exemplar = exemplarIndex.get(row.exemplarIds![0])!;
      expect(row.promptHash).toBe(promptHash(pairRequest(parts, { record, persona, exemplar }).prompt));
    }
  });

  it('draws uniform lists alike, takes the lists of paired personas as they are, and refuses what has none', async () => {
    const uniform = await made({ count: 600, perPrompt: 2 }, { pairs: { kind: 'uniform', temperature: 1 } });
    expect(uniform[0].exemplarProbability).toBeCloseTo(1 / 30, 12);
    const counts = exemplars.map(({ id }) => uniform.filter(({ exemplarIds }) => exemplarIds![1] === id).length);
    for (const n of counts) expect(Math.abs(n - 100)).toBeLessThan(50);
    const exemplarsOf = [
      [5, 1],
      [0, 2],
      [3, 4],
    ];
    const paired = await made({ count: 9, perPrompt: 2 }, { pairs: { kind: 'paired', temperature: 1, exemplarsOf } });
    for (const row of paired) {
      const list = exemplarsOf[Number(row.personaId.slice(-1))].map((j) => exemplars[j].id);
      expect(row.exemplarIds).toEqual(list);
    }
    await expect(made({}, { pairs: { kind: 'paired', temperature: 1, exemplarsOf } })).rejects.toThrow(
      'one for each that a prompt shows), got 2',
    );
    await expect(made({ perPrompt: 2 }, { pairs: { kind: 'zero-shot', temperature: 1 } })).rejects.toThrow(
      'perPrompt must be 1 where no exemplar is drawn',
    );
    await expect(made({ perPrompt: 2, mix: 2 })).rejects.toThrow('mix must be 1 where perPrompt is above 1');
  });
});

describe('labels of training records', () => {
  const yelp = { template: templateFor('yelp') };
  it('stay out of prompts unless asked for, and the row says which it was', async () => {
    const asked: string[] = [];
    const model = fakeModel({ write: ({ prompt }) => (asked.push(promptText(prompt)), 'fine') });
    const never = await made({ count: 8 }, { ...yelp, model });
    expect(asked.some((prompt) => /garden one|sea one|kitchen one/.test(prompt))).toBe(false);
    expect(never.every(({ promptLabel }) => promptLabel === 'never')).toBe(true);
    expect(never.map(({ label }) => label)).toEqual(
      never.map(({ personaId }) => personas.find(({ id }) => id === personaId)!.label),
    );
    const always = await made({ count: 8, label: 'always' }, { ...yelp, model });
    expect(always.every(({ promptLabel }) => promptLabel === 'always')).toBe(true);
    expect((await made({ count: 1, label: 'always' }))[0].promptLabel).toBe('never');
  });
});
