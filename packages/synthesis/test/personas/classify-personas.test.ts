import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { ScoreRequest } from '@mixture-of-personas/llm';
import { classifyPersonas, mixPersonas, templateFor, type Persona } from '../../src/index.js';
import { topicRecords } from '../support/records.js';

const template = templateFor('ag-news');
const personas: Persona[] = ['You cover markets and Business.', 'You cover games and Sports.'].map((persona, k) => ({
  id: `p00${k}`,
  persona,
  source: 'llm',
}));

describe('classifyPersonas', () => {
  /** Says World ten nats more readily than anything, and a class three nats more when the persona names it. */
  const logProbability = ({ prompt, completion }: ScoreRequest): number =>
    (completion === 'World' ? -1 : -11) + (promptText(prompt).split('\n')[0].includes(completion) ? 3 : 0);

  it('takes the class that the persona adds most to, not the one the model likes to say', async () => {
    const model = fakeModel({ logProbability });
    const labeled = await classifyPersonas({ personas, model, template });
    expect(labeled).toEqual([
      { ...personas[0], label: 'Business' },
      { ...personas[1], label: 'Sports' },
    ]);
    expect(model.scoringPasses).toBe(3 * 4);
  });
  it('refuses fewer than two classes', async () => {
    const input = { personas, model: fakeModel(), template };
    await expect(classifyPersonas(input, { labels: ['a', 'a'] })).rejects.toThrow(/at least two classes.*names 1/);
  });
});

describe('mixPersonas', () => {
  const mix = (write: () => string): Promise<Persona> =>
    mixPersonas({ personas, records: topicRecords(2), model: fakeModel({ write }), template }, { seed: 1 });

  it('merges descriptions into one', async () => {
    expect(await mix(() => '"You are one who covers markets and games."')).toEqual({
      id: 'p000+p001',
      persona: 'You are one who covers markets and games.',
      source: 'llm',
    });
  });
  it('puts them one after the other when the model gives nothing usable', async () => {
    expect((await mix(() => 'Sure.')).persona).toBe('You cover markets and Business. You cover games and Sports.');
  });
  it('refuses a single one', async () => {
    const input = { personas: personas.slice(1), records: [], model: fakeModel(), template };
    await expect(mixPersonas(input, { seed: 1 })).rejects.toThrow('two or more, got 1');
  });
});
