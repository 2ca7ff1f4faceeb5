import { describe, expect, it } from '@jest/globals';
import { initialGate, personaProbabilities, project, uniformGate, type Gate } from '@mixture-of-personas/gating';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { GenerateRequest, LanguageModel } from '@mixture-of-personas/llm';
import { rowOf, takeRows } from '@mixture-of-personas/numeric';
import {
  promptHash,
  renderPrompt,
  simulate,
  templateFor,
  type PairSource,
  type SimulateOptions,
  type SimulationInput,
  type SyntheticRow,
} from '../../src/index.js';
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

const uniform: PairSource = { kind: 'uniform', temperature: 1 };

describe('simulate', () => {
  it('yields rows in order with everything that says how they came about', async () => {
    const rows = await made();
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, i) => `s${String(i).padStart(6, '0')}`));
    for (const row of rows) {
      const persona = personas.find(({ id }) => id === row.personaId)!;
      const exemplar = exemplars.find(({ id }) => id === row.exemplarId)!;
      expect(row).toMatchObject({ seed: 11, model: 'fake', label: persona.label });
      expect(row.temperature).toBe(gate.temperatures[personas.indexOf(persona)]);
      const values = { persona: persona.persona, exemplar: exemplar.text, context: row.context! };
      expect(row.promptHash).toBe(promptHash(renderPrompt(template, 'generate', values)));
      expect(records.some(({ context }) => context === row.context)).toBe(true);
      expect(row.text).not.toBe('');
      expect('flag' in row).toBe(false);
    }
  });
  it('gives row i the same pair, prompt and text at any block size, count and start', async () => {
    const rows = await made();
    expect(await made({ block: 1 })).toEqual(rows);
    expect(await made({ block: 7, count: 23 })).toEqual(rows.slice(0, 23));
    expect(await made({ from: 16, count: 24 })).toEqual(rows.slice(16));
    expect(await made({ from: 5, count: 3 })).toEqual(rows.slice(5, 8));
    expect(await made({ count: 0 })).toEqual([]);
    expect(await made({ seed: 12 })).not.toEqual(rows);
  });
  it('gives the model blocks with fixed bounds, so that a resume asks for the same batches', async () => {
    const batches = async (from: number, count: number): Promise<number[][]> => {
      const asked: number[][] = [];
      const inner = fakeModel();
      const generate: LanguageModel['generate'] = (requests, options) => {
        asked.push(requests.map(({ row }) => row));
        return inner.generate(requests, options);
      };
      await made({ from, count, block: 4 }, { model: { ...inner, generate } });
      return asked;
    };
    expect(await batches(0, 10)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(await batches(4, 6)).toEqual([
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });
  it('draws personas as often as the gate says', async () => {
    const rows = await made({ count: 6000 }, { pairs: { ...gated, input: 'none', gate: { ...gate, ...weights(3) } } });
    const [x, g] = [{ data: new Float64Array(5).fill(1 / Math.sqrt(5)), rows: 1, cols: 5 }, embeddings.personas];
    const pi = rowOf(
      personaProbabilities(project(weights(3).inputWeights, x), project(weights(3).personaWeights, g)),
      0,
    );
    pi.forEach((probability, k) => {
      const share = rows.filter(({ personaId }) => personaId === `p00${k}`).length / rows.length;
      expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt((probability * (1 - probability)) / 6000));
      const one = rows.find(({ personaId }) => personaId === `p00${k}`);
      if (one !== undefined) expect(one.personaProbability).toBeCloseTo(probability, 12);
    });
  });
  it('never shows a record its own text when it is told which exemplar that is', async () => {
    const own0 = own.findIndex((j) => j >= 0);
    const one = { ...gated, embeddings: { ...embeddings, inputs: takeRows(inputs, [own0]) } };
    const from = { records: [records[own0]] };
    const masked = await made({ count: 200 }, { ...from, pairs: { ...one, ownExemplar: Int32Array.of(own[own0]) } });
    const open = await made({ count: 200 }, { ...from, pairs: { ...one, ownExemplar: undefined } });
    expect(masked.some(({ exemplarId }) => exemplarId === records[own0].id)).toBe(false);
    expect(open.some(({ exemplarId }) => exemplarId === records[own0].id)).toBe(true);
  });
  it('draws any pair alike without a gate, at one temperature a persona', async () => {
    const temperature = Float64Array.of(0.6, 0.8, 1);
    const rows = await made({ count: 3600 }, { pairs: { kind: 'uniform', temperature } });
    const counts = new Map<string, number>();
    for (const { personaId, exemplarId } of rows)
      counts.set(personaId + exemplarId, (counts.get(personaId + exemplarId) ?? 0) + 1);
    expect(counts.size).toBe(18);
    for (const n of counts.values()) expect(Math.abs(n - 200)).toBeLessThan(5 * Math.sqrt(200));
    expect(rows.every((row) => row.temperature === temperature[Number(row.personaId.slice(1))])).toBe(true);
    expect(rows[0]).toMatchObject({ personaProbability: 1 / 3, exemplarProbability: 1 / 6 });
  });
  it('asks for the same texts without persona and exemplar in the zero-shot variant', async () => {
    const prompts = new Set<string>();
    const write = ({ prompt }: GenerateRequest): string => (prompts.add(promptText(prompt)), 'text');
    const pairs = { kind: 'zero-shot', temperature: 0.9 } as const;
    const rows = await made({}, { pairs, personas: [], exemplars: [], model: fakeModel({ write }) });
    expect(rows[0]).toMatchObject({
      personaId: '',
      exemplarId: '',
      personaProbability: 1,
      exemplarProbability: 1,
      temperature: 0.9,
      label: null,
    });
    for (const prompt of prompts)
      expect(prompt).toMatch(/headline and one or two sentences\.\nWrite a news item on: page \d+\.$/);
  });
  it('takes the label that the prompt says, where it says one', async () => {
    const asked: string[] = [];
    const model = fakeModel({ write: ({ prompt }) => (asked.push(promptText(prompt)), 'fine') });
    const rows = await made({ count: 8, block: 8, label: 'always' }, { template: templateFor('yelp'), model });
    asked.reverse().forEach((prompt, i) => expect(prompt).toContain(`, a ${rows[i].label} one of ${rows[i].context}.`));
    const bare = records.map(({ id, text }) => ({ id, text }));
    const unlabeled = await made({ count: 2, label: 'always' }, { template: templateFor('yelp'), records: bare });
    expect(unlabeled.map(({ label, context }) => [label, context])).toEqual([
      [null, null],
      [null, null],
    ]);
  });
  it('draws an empty text again with a seed of its own, says so in the row, and flags one that stays empty', async () => {
    const write = ({ seed, row }: GenerateRequest): string =>
      row % 3 === 0 && seed === 11 ? ' "" ' : row === 7 ? '\n' : `row ${row}`;
    const rows = await made({ count: 10 }, { model: fakeModel({ write }) });
    expect(rows.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, i) => (i === 7 ? '' : `row ${i}`)));
    rows.forEach(({ seed, flag }, i) => {
      expect(seed === 11).toBe(i % 3 !== 0);
      expect(flag).toBe(i === 7 ? 'empty' : undefined);
    });
    expect(await made({ count: 10, block: 2 }, { model: fakeModel({ write }) })).toEqual(rows);
  });
  it('flags a text that met the limit and cuts its last, unfinished sentence unless told not to', async () => {
    const long: LanguageModel = {
      ...fakeModel(),
      async *generate(requests) {
        for (const index of requests.keys())
          yield await Promise.resolve({
            index,
            text: 'A whole sentence. And ha',
            tokens: 6,
            finish: 'length' as const,
          });
      },
    };
    expect((await made({ count: 1 }, { model: long }))[0]).toMatchObject({ text: 'A whole sentence.', flag: 'length' });
    expect((await made({ count: 1, cutUnfinished: false }, { model: long }))[0].text).toBe('A whole sentence. And ha');
  });
  it('passes on the limits, the template’s unless given', async () => {
    const asked: GenerateRequest[] = [];
    const model = fakeModel({ write: (request) => (asked.push(request), 'text') });
    await made({ count: 1 }, { model });
    await made({ count: 1, maxTokens: 9, topP: 0.5 }, { model });
    expect(asked.map(({ maxTokens, topP }) => [maxTokens, topP])).toEqual([
      [template.output.maxTokens, 1],
      [9, 0.5],
    ]);
  });
  it('stops between blocks when told to', async () => {
    const controller = new AbortController();
    const rows: SyntheticRow[] = [];
    const input = { model: fakeModel(), template, personas, exemplars, records, pairs: gated };
    const run = async (): Promise<void> => {
      for await (const row of simulate(input, { count: 40, seed: 1, block: 4, signal: controller.signal })) {
        rows.push(row);
        if (rows.length === 6) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(rows).toHaveLength(8);
  });
});

describe('simulate refuses', () => {
  const wrong: [string, Partial<SimulateOptions>, Partial<SimulationInput>, RegExp][] = [
    ['a negative count', { count: -1 }, {}, /count must be a whole number from 0 on, got -1/],
    ['a block of nothing', { block: 0 }, {}, /block must be a whole number from 1 on/],
    ['half a retry', { retries: 0.5 }, {}, /retries must be a whole number from 0 on/],
    ['no records', {}, { records: [] }, /expected at least one record/],
    ['no personas', {}, { personas: [] }, /personas and exemplars, got 0 and 6/],
    [
      'a gate of other personas',
      {},
      { pairs: { ...gated, gate: uniformGate({ d: 5, personas: 2 }) } },
      /3 temperatures in the gate.*got 2/,
    ],
    ['embeddings of other exemplars', {}, { exemplars: exemplars.slice(1) }, /5 rows in embeddings.exemplars.*got 6/],
    ['embeddings of other records', {}, { records: records.slice(1) }, /11 rows in embeddings.inputs.*got 12/],
    [
      'no embeddings of records',
      {},
      { pairs: { ...gated, embeddings: { ...embeddings, inputs: undefined } } },
      /12 rows in embeddings.inputs.*got 0/,
    ],
    ['a short mask', {}, { pairs: { ...gated, ownExemplar: Int32Array.of(1) } }, /12 entries in ownExemplar.*got 1/],
    [
      'a temperature of zero',
      {},
      { pairs: { ...uniform, temperature: 0 } },
      /temperature must be a positive number, got 0/,
    ],
    ['a missing temperature', {}, { pairs: { ...uniform, temperature: Float64Array.of(1) } }, /3 temperatures.*got 1/],
  ];
  it.each(wrong)('%s, before any text', async (_, options, more, message) => {
    const model = fakeModel({
      write: () => {
        throw new Error('asked');
      },
    });
    await expect(made(options, { model, ...more })).rejects.toThrow(message);
  });
});

/** A gate that has preferences without a context. */
function weights(scale: number): Pick<Gate, 'inputWeights' | 'personaWeights'> {
  const { inputWeights, personaWeights } = initialGate(
    { d: 5, hidden: 5, personas: 3, seed: 4 },
    { similarity: scale },
  );
  return { inputWeights, personaWeights };
}
