import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { initialGate } from '@mixture-of-personas/gating';
import { openLanguageModel, type LanguageModel } from '@mixture-of-personas/llm';
import { takeRows } from '@mixture-of-personas/numeric';
import {
  chooseExemplars,
  keywordPersonas,
  pairScorer,
  simulate,
  synthesizePersonas,
  templateFor,
  zeroShotRequests,
  type PairSource,
  type PopulationRecord,
} from '../src/index.js';
import { all, topicEmbeddings, topicRecords } from './support/records.js';

const SHARED = resolve(import.meta.dirname, '../../../../shared');
const PILOT = join(SHARED, 'pilot/model');
const models =
  process.env['MOP_MODELS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-models');
const SMOLLM2 = join(models, 'SmolLM2-135M-Instruct');

/** `describe` where the model is there; else the block is reported as skipped, and its name says why. */
function describeWith(folder: string, missing: string, name: string, body: () => void): void {
  if (existsSync(folder)) describe(name, body);
  else describe.skip(`${name} (skipped: ${missing})`, body);
}

describeWith(PILOT, '../shared is not beside this clone', 'with the small decoder', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await openLanguageModel({ kind: 'onnx', model: PILOT });
  });
  afterAll(() => model.close());
  const template = templateFor('tokens');
  const record = (id: string, text: string, context: string): PopulationRecord => ({ id, text, context });
  const navy = 'The Navy has built twelve ships this year, and the officers and men of the service are in good order.';
  const farms = 'Our farmers have gathered large crops, and the prices of wheat and cotton have risen with the demand.';
  const exemplars = [record('navy', navy, '1880s 1889'), record('farms', farms, '1880s 1889')];
  const personas = ['navy, ships, officers, men, service', 'farm, farmers, crops, wheat, cotton'].map((persona, k) => ({
    id: `p00${k}`,
    persona,
    source: 'file' as const,
  }));
  const records = [
    record('r0', 'The ships of the Navy and the officers who command them have done good service.', '1880s 1889'),
    record('r1', 'The crops of wheat and cotton which the farmers gathered brought fair prices.', '1880s 1889'),
  ];

  it('finds each record likelier after the persona and exemplar of its topic than after the other, or none', async () => {
    const score = pairScorer({ model, template, personas, exemplars, records });
    const pairs = [0, 1].flatMap((r) => [0, 1].map((k) => ({ record: r, persona: k, exemplar: k })));
    const [own0, other0, other1, own1] = (await score(pairs)).map((curve) => curve.logProbability(1));
    const [none0, none1] = (await model.score(zeroShotRequests(template, records))).map((curve) =>
      curve.logProbability(1),
    );
    expect(own0).toBeGreaterThan(Math.max(other0, none0));
    expect(own1).toBeGreaterThan(Math.max(other1, none1));
  });

  it('simulates the same texts at any block size and after a resume', async () => {
    const population = topicRecords(9);
    const inputs = topicEmbeddings(9);
    const chosen = chooseExemplars(population, 5, 1);
    const words = keywordPersonas({ records: population, embeddings: inputs, template }, { count: 3, seed: 1 });
    const gate = initialGate({ d: 5, hidden: 5, personas: 3, temperature: 0.8 }, { similarity: 4 });
    const embeddings = {
      inputs,
      personas: topicEmbeddings(3, 'personas'),
      exemplars: takeRows(inputs, chosen.indices),
    };
    const pairs: PairSource = { kind: 'gate', gate, input: 'record', embeddings, ownExemplar: chosen.own };
    const input = { model, template, personas: words, exemplars: chosen.exemplars, records: population, pairs };
    const rows = await all(simulate(input, { count: 9, seed: 5, block: 3, maxTokens: 24 }));
    expect(await all(simulate(input, { count: 9, seed: 5, block: 9, maxTokens: 24 }))).toEqual(rows);
    expect(await all(simulate(input, { count: 6, from: 3, seed: 5, block: 3, maxTokens: 24 }))).toEqual(rows.slice(3));
    expect(new Set(rows.map(({ text }) => text)).size).toBeGreaterThan(6);
  }, 60_000);
});

describeWith(SMOLLM2, `no model ${SMOLLM2}`, 'with SmolLM2-135M-Instruct', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await openLanguageModel({ kind: 'onnx', model: SMOLLM2 });
  }, 60_000);
  afterAll(() => model.close());

  it('finds a news item likelier after an item on the same event than after another, and than after none', async () => {
    const template = templateFor('ag-news');
    const exemplars = [
      {
        id: 'e0',
        text: 'Dock strike spreads. Dockers in three more ports stopped work on Tuesday in a dispute over night shifts.',
      },
      {
        id: 'e1',
        text: 'Keeper saves two penalties. The visitors went through to the semi-final after extra time in the rain.',
      },
    ];
    const personas = ['You are a reporter who writes about ports, unions, strikes.'].map((persona) => ({
      id: 'p',
      persona,
      source: 'file' as const,
    }));
    const records = [
      {
        id: 'r',
        text: 'Dockers return to work. The strike that closed four ports ended on Friday when unions accepted shorter night shifts.',
      },
    ];
    const score = pairScorer({ model, template, personas, exemplars, records });
    const curves = await score([0, 1].map((exemplar) => ({ record: 0, persona: 0, exemplar })));
    const [near, far] = curves.map((curve) => curve.logProbability(1));
    const [none] = (await model.score(zeroShotRequests(template, records))).map((curve) => curve.logProbability(1));
    expect(near).toBeGreaterThan(far + 10);
    expect(near).toBeGreaterThan(none + 10);
  }, 120_000);

  it('makes personas that pass the checks or says that keywords stand in', async () => {
    const input = {
      records: topicRecords(12),
      embeddings: topicEmbeddings(12),
      model,
      template: templateFor('generic'),
    };
    const steps = await all(
      synthesizePersonas(input, { count: 2, seed: 1, perCluster: 3, attempts: 1, maxTokens: 30 }),
    );
    expect(new Set(steps.map(({ persona }) => persona.persona)).size).toBe(2);
    for (const { persona, note } of steps) {
      expect(persona.persona).toMatch(/^You\b/);
      expect(note === undefined).toBe(persona.source === 'llm');
    }
  }, 120_000);
});
