import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { GenerateRequest, LanguageModel } from '@mixture-of-personas/llm';
import {
  keywordNote,
  clusterRecords,
  keywordPersonas,
  randomPersonas,
  synthesizePersonas,
  templateFor,
  type PersonaOptions,
} from '../../src/index.js';
import { all, topicEmbeddings, topicRecords } from '../support/records.js';

const records = topicRecords(30);
const embeddings = topicEmbeddings(30);
const template = templateFor('generic');
const options = { count: 3, seed: 7 };

/** The last words a prompt lists: those of the cluster that is to be described. */
const wordsIn = ({ prompt }: GenerateRequest): string => promptText(prompt).split('Words: ').at(-1)!;
const describes = (request: GenerateRequest): string =>
  `Sure! Here is one: "You are a writer who thinks of ${wordsIn(request).split(', ').slice(0, 3).join(' and ')}. You do. More."`;
/** The first record that the prompt shows, passed off as a description. */
const copiedRecord = ({ prompt }: GenerateRequest): string =>
  `You are one who says ${/^- (.*)$/m.exec(promptText(prompt).split('Texts:').at(-1)!)?.[1] ?? ''}`;
const made = (write: (request: GenerateRequest) => string, more: Partial<PersonaOptions> = {}) =>
  all(synthesizePersonas({ records, embeddings, template, model: fakeModel({ write }) }, { ...options, ...more }));

describe('clusterRecords', () => {
  it('finds the topics, nearest records first, with their words and their label', () => {
    const clusters = clusterRecords(records, embeddings, options);
    expect(clusters.map(({ label }) => label).sort()).toEqual(['garden', 'kitchen', 'sea']);
    for (const { members, keywords, label } of clusters) {
      expect(members).toHaveLength(10);
      expect(members.every((i) => records[i].label === label)).toBe(true);
      expect(keywords).not.toContain('note'); // said by all
    }
  });
  it.each([
    [{ count: 31, seed: 1 }, '31 personas were asked for, but there are only 30 records'],
    [{ count: 0, seed: 1 }, 'count must be a whole number from 1 on, got 0'],
    [{ count: 1.5, seed: 1 }, 'got 1.5'],
  ])('refuses %j', (wrong, message) => expect(() => clusterRecords(records, embeddings, wrong)).toThrow(message));
  it('refuses embeddings that are not one per record, not finite, or all alike', () => {
    expect(() => clusterRecords(records, topicEmbeddings(29), options)).toThrow(/30 embedding rows.*29/);
    const broken = { ...embeddings, data: embeddings.data.map((value, i) => (i === 12 ? NaN : value)) };
    expect(() => clusterRecords(records, broken, options)).toThrow(/NaN in row 2, column 2/);
    const alike = { ...embeddings, data: embeddings.data.map((_, i) => (i % 5 === 0 ? 1 : 0)) };
    expect(() => clusterRecords(records, alike, options)).toThrow(/only 1 groups?/);
  });
});

describe('synthesizePersonas', () => {
  it('cleans each description, cuts it to two sentences and says how large its cluster is', async () => {
    const steps = await made(describes);
    expect(steps.map(({ index, total, attempts }) => [index, total, attempts])).toEqual([
      [0, 3, 1],
      [1, 3, 1],
      [2, 3, 1],
    ]);
    for (const { persona, note } of steps) {
      expect(persona.persona).toMatch(/^You are a writer who thinks of \w+ and \w+ and \w+\. You do\.$/);
      expect(persona).toMatchObject({
        id: expect.stringMatching(/^p00\d$/),
        source: 'llm',
        size: 10,
        label: expect.any(String),
      });
      expect(note).toBeUndefined();
    }
  });
  it('asks a model that works on several requests at a time for all first drafts together, and makes the same personas', async () => {
    const write = (request: GenerateRequest): string =>
      request.row === 0 && wordsIn(request).includes('butter') ? '' : describes(request);
    const alone = await made(write);
    const calls: number[] = [];
    const model = fakeModel({ write });
    const together: LanguageModel = {
      ...model,
      inFlight: 2,
      generate: (requests, call) => (calls.push(requests.length), model.generate(requests, call)),
    };
    expect(await all(synthesizePersonas({ records, embeddings, template, model: together }, options))).toEqual(alone);
    expect(calls).toEqual([2, 1, 1]);
  });
  it('gives the same personas again, and others for another seed', async () => {
    const write = (request: GenerateRequest): string => `${describes(request).replace('More', '')} ${request.seed}`;
    const texts = async (seed: number): Promise<string[]> => {
      const asked: number[] = [];
      await made((request) => (asked.push(request.seed), write(request)), { seed });
      return asked.map(String);
    };
    expect(await texts(7)).toEqual(await texts(7));
    expect(await texts(8)).not.toEqual(await texts(7));
  });
  it('goes on after earlier personas as if it had not stopped', async () => {
    const whole = await made(describes);
    const asked: string[] = [];
    const rest = await made((request) => (asked.push(wordsIn(request)), describes(request)), {
      earlier: [whole[0].persona],
    });
    expect(rest).toEqual(whole.slice(1));
    expect(asked).toHaveLength(2);
  });
  it('draws again with other records until a description will do', async () => {
    const prompts = new Set<string>();
    const steps = await made((request) => {
      prompts.add(promptText(request.prompt));
      return request.row < 2 ? 'I am sorry, I cannot do that.' : describes(request);
    });
    expect(steps.map(({ attempts }) => attempts)).toEqual([3, 3, 3]);
    expect(prompts.size).toBeGreaterThan(6);
  });
  it('falls back to keywords and says why', async () => {
    const steps = await made(() => 'No.', { attempts: 2 });
    expect(steps[0].persona).toMatchObject({
      source: 'keywords',
      persona: expect.stringMatching(/^You are a writer who writes about \w+, /),
    });
    expect(steps[0].note?.message).toBe(
      'Persona p000: no usable description in 2 draws (the last one is too short); its keywords stand in.',
    );
    expect(keywordNote(steps.map(({ persona }) => persona))).toEqual({
      code: 'keyword-personas',
      personas: ['p000', 'p001', 'p002'],
      total: 3,
      message: '3 of 3 personas have no usable description; their keywords stand in: p000, p001, p002.',
    });
    expect(keywordNote([])).toBeUndefined();
  });
  it.each([
    ['empty', () => ' ', 'is empty'],
    ['a refusal', () => 'I am sorry, but I cannot describe a writer.', 'is a refusal or speaks of the model'],
    ['a copy of a record', copiedRecord, 'copies what the prompt showed'],
  ])('warns of a description that is %s, and lets keywords stand in', async (_, write, fault) => {
    const [{ persona, note }] = await made(write, { attempts: 2 });
    expect(persona.source).toBe('keywords');
    expect(note?.message).toBe(
      `Persona p000: no usable description in 2 draws (the last one ${fault}); its keywords stand in.`,
    );
  });
  it('does not take the same description twice', async () => {
    const steps = await made(
      () => 'You write of roses and trawlers and dough, of soil and tides, of harbor, mackerel, oven and skillet.',
    );
    expect(steps.map(({ persona }) => persona.source)).toEqual(['llm', 'keywords', 'keywords']);
  });
  it('stops when told to', async () => {
    await expect(made(describes, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
  it('refuses a template that cannot describe, and settings out of range', async () => {
    const model = fakeModel();
    const input = { records, embeddings, model, template: templateFor('tokens') };
    await expect(all(synthesizePersonas(input, options))).rejects.toThrow('"tokens" has no role describePersona');
    await expect(made(describes, { perCluster: 0 })).rejects.toThrow(
      'perCluster must be a whole number from 1 on, got 0',
    );
  });
});

describe('keywordPersonas', () => {
  it('says each cluster by its most telling words', () => {
    const personas = keywordPersonas({ records, embeddings, template: templateFor('tokens') }, options);
    const sea = personas.find(({ label }) => label === 'sea');
    expect(sea?.persona.split(', ')).toEqual(
      expect.arrayContaining(['harbor', 'trawler', 'lighthouse', 'mackerel', 'tide', 'anchor']),
    );
    expect(personas.every(({ source, size }) => source === 'keywords' && size === 10)).toBe(true);
  });
  it('refuses records without words', () => {
    const mute = records.map((record) => ({ ...record, text: '12 34' }));
    expect(() => keywordPersonas({ records: mute, embeddings, template }, options)).toThrow(
      'have no words to describe it by',
    );
  });
});

describe('randomPersonas', () => {
  it('takes records regardless of topic, the same for a seed', () => {
    const personas = randomPersonas({ records, template }, { count: 4, seed: 3 });
    expect(personas).toEqual(randomPersonas({ records, template }, { count: 4, seed: 3 }));
    expect(personas.map(({ id, source, size }) => [id, source, size])).toEqual(
      [0, 1, 2, 3].map((k) => [`p00${k}`, 'random', 5]),
    );
    expect(new Set(personas.map(({ persona }) => persona)).size).toBe(4);
  });
  it('refuses more personas than records', () => {
    expect(() => randomPersonas({ records, template }, { count: 31, seed: 3 })).toThrow('only 30 records');
  });
});
