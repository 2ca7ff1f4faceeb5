import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import {
  ownExemplars,
  pairRequest,
  pairScorer,
  promptHash,
  renderPrompt,
  templateFor,
  zeroShotRequests,
  type Persona,
} from '../../src/index.js';
import { topicRecords } from '../support/records.js';

const records = topicRecords(4);
const exemplars = topicRecords(2);
const personas: Persona[] = ['You sail.', 'You cook.'].map((persona, k) => ({
  id: `p00${k}`,
  persona,
  source: 'file',
}));
const template = templateFor('generic');

describe('pairScorer', () => {
  it('scores the record after the prompt of the pair and its own context, in the order asked', async () => {
    const seen: string[] = [];
    const logProbability = ({
      prompt,
      completion,
    }: {
      prompt: Parameters<typeof promptText>[0];
      completion: string;
    }): number => {
      seen.push(`${promptText(prompt)}→${completion}`);
      return -completion.length - seen.length;
    };
    const model = fakeModel({ logProbability });
    const score = pairScorer({ model, template, personas, exemplars, records });
    const curves = await score([
      { record: 3, persona: 1, exemplar: 0 },
      { record: 0, persona: 0, exemplar: 1 },
    ]);
    expect(curves.map((curve) => curve.logProbability(1))).toEqual([
      -records[3].text.length - 1,
      -records[0].text.length - 2,
    ]);
    expect(seen[0]).toContain('You cook.');
    expect(seen[0]).toContain(exemplars[0].text);
    expect(seen[0]).toContain(records[3].context);
    expect(seen[0].endsWith(`→${records[3].text}`)).toBe(true);
    expect(model.scoringPasses).toBe(2);
  });
  it('tells its progress', async () => {
    const told: number[][] = [];
    const onProgress = (done: number, total: number): void => void told.push([done, total]);
    await pairScorer({ model: fakeModel(), template, personas, exemplars, records, onProgress })([
      { record: 0, persona: 0, exemplar: 0 },
      { record: 1, persona: 0, exemplar: 0 },
    ]);
    expect(told.at(-1)).toEqual([2, 2]);
  });
  it('introduces the exemplar as asked', async () => {
    const asked: string[] = [];
    const model = fakeModel({ logProbability: ({ prompt }) => (asked.push(promptText(prompt)), -1) });
    const score = pairScorer({ model, template, personas, exemplars, records, role: 'generateFromProfile' });
    (await score([{ record: 0, persona: 0, exemplar: 0 }]))[0].logProbability(1);
    expect(asked[0]).toContain('such as this one');
  });
  it('refuses an index that is not there', () => {
    const score = pairScorer({ model: fakeModel(), template, personas, exemplars, records });
    expect(() => score([{ record: 0, persona: 2, exemplar: 0 }])).toThrow(
      'There is no persona 2: there are 2, counted from 0',
    );
  });
  it('stops when told to', () => {
    const score = pairScorer({ model: fakeModel(), template, personas, exemplars, records });
    expect(() => score([{ record: 0, persona: 0, exemplar: 0 }], { signal: AbortSignal.abort() })).toThrow(/abort/);
  });
});

describe('pairRequest with several exemplars', () => {
  const many = topicRecords(9);
  const parts = {
    template,
    personas,
    exemplars: many,
    records: many,
    ownExemplar: ownExemplars(many, many),
    perPrompt: 3,
    seed: 7,
  };
  const shownIn = (record: number, persona: number, exemplar: number, more = {}): number[] => {
    const text = promptText(pairRequest({ ...parts, ...more }, { record, persona, exemplar }).prompt);
    return many
      .map((one, j) => ({ j, at: text.indexOf(one.text) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)
      .map(({ j }) => j);
  };

  it('shows L different records, the exemplar of the pair first, as answers of their own', () => {
    const shown = shownIn(0, 1, 4);
    expect(shown[0]).toBe(4);
    expect(new Set(shown).size).toBe(3);
    const exemplar = shown.map((j) => many[j].text);
    const values = { persona: 'You cook.', exemplar, context: many[0].context };
    const { prompt } = pairRequest(parts, { record: 0, persona: 1, exemplar: 4 });
    expect(promptHash(prompt)).toBe(promptHash(renderPrompt(template, 'generate', values)));
  });
  it('shows every record the same others of a pair, but for the text that is scored', () => {
    for (const persona of [0, 1]) {
      for (let j = 0; j < 9; j++) {
        const lists = many.map((_, i) => shownIn(i, persona, j));
        const usual = lists[j]; // record j is the first exemplar, so that none of the others is left out
        lists.forEach((list, i) => {
          expect(list).toHaveLength(3);
          if (i !== j) expect(list).not.toContain(i);
          if (!usual.includes(i)) expect(list).toEqual(usual);
        });
      }
    }
  });
  it('draws the others by seed and persona, each about equally often', () => {
    expect(shownIn(0, 0, 4, { seed: 8 })).not.toEqual(shownIn(0, 0, 4));
    const counts = new Array<number>(9).fill(0);
    for (let seed = 0; seed < 400; seed++)
      for (const j of shownIn(8, 0, 8, { seed, perPrompt: 2 }).slice(1)) counts[j]++;
    for (const n of counts.slice(0, 8)) expect(Math.abs(n - 50)).toBeLessThan(5 * Math.sqrt(50));
    expect(counts[8]).toBe(0);
  });
  it('refuses more than there are, and to score without knowing which exemplar a record is', () => {
    expect(() => shownIn(0, 0, 0, { perPrompt: 9 })).toThrow(
      'perPrompt must be 8 at most for 9 exemplars, as the record itself is left out, got 9',
    );
    expect(() => shownIn(0, 0, 0, { perPrompt: 0 })).toThrow('perPrompt must be a whole number from 1 on');
    expect(() => shownIn(0, 0, 0, { ownExemplar: undefined })).toThrow('9 entries in ownExemplar, got 0');
  });
  it('is the prompt of before with one exemplar and labels', () => {
    const { prompt } = pairRequest({ ...parts, perPrompt: 1, label: 'always' }, { record: 1, persona: 0, exemplar: 2 });
    const { context, label } = many[1];
    const values = { persona: 'You sail.', exemplar: many[2].text, context, label };
    expect(prompt).toEqual(renderPrompt(template, 'generate', values, { label: 'always' }));
    expect(promptText(prompt)).toContain(`labelled ${label}`);
  });
});

describe('zeroShotRequests', () => {
  it('asks for the same texts without persona and exemplar', () => {
    const requests = zeroShotRequests(template, records);
    expect(requests.map(({ completion }) => completion)).toEqual(records.map(({ text }) => text));
    expect(promptText(requests[1].prompt)).toBe('You write short texts.\nWrite a text on: page 1.');
    const [, labeled] = zeroShotRequests(template, records, { label: 'always' });
    expect(promptText(labeled.prompt)).toBe('You write short texts.\nWrite a text, labelled sea on: page 1.');
  });
});
