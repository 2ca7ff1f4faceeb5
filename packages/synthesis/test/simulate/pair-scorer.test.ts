import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import { pairScorer, templateFor, zeroShotRequests, type Persona } from '../../src/index.js';
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

describe('zeroShotRequests', () => {
  it('asks for the same texts without persona and exemplar', () => {
    const requests = zeroShotRequests(template, records);
    expect(requests.map(({ completion }) => completion)).toEqual(records.map(({ text }) => text));
    expect(promptText(requests[1].prompt)).toBe('You write short texts.\nWrite a text on: page 1.');
    const [, labelled] = zeroShotRequests(template, records, { label: 'always' });
    expect(promptText(labelled.prompt)).toBe('You write short texts.\nWrite a text, labelled sea on: page 1.');
  });
});
