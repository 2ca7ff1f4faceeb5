import { describe, expect, it } from '@jest/globals';
import { fakeEncoder } from '@mixture-of-personas/encoder/testing';
import type { GenerateRequest, LanguageModel } from '@mixture-of-personas/llm';
import { templateFor, type Persona, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditText } from '../../../src/analysis/audit/audit-text.js';
import { counterfactual } from '../../../src/analysis/audit/counterfactual.js';
import { differenceOfShares, groupShares } from '../../../src/analysis/audit/group-shares.js';
import { DEFAULT_TERMS, mentions, readGroupTerms, swapTerms } from '../../../src/analysis/audit/group-terms.js';
import { scratch } from '../../support/scratch.js';

const [WOMEN, MEN] = [
  ['she', 'mother'],
  ['he', 'father'],
];

describe('group terms', () => {
  it('are whole words in any script, whatever their case', () => {
    const has = mentions(['her', 'ältere']);
    expect(['Her book', 'die ÄLTERE Frau', 'to her.'].map(has)).toEqual([true, true, true]);
    expect(['there', 'weathered', 'älterer Mann', ''].map(has)).toEqual([false, false, false, false]);
  });

  it('change places both ways at once and keep capitals', () => {
    expect(swapTerms('She told a MOTHER that he is a Father, other.', WOMEN, MEN)).toBe(
      'He told a FATHER that she is a Mother, other.',
    );
  });

  it('take regular-expression characters as they are', () => {
    expect(mentions(['c++', 'a.b'])('knows C++')).toBe(true);
    expect(mentions(['a.b'])('axb')).toBe(false);
  });

  it('are refused with the reason when the file does not fit', async () => {
    const folder = await scratch();
    const path = join(folder, 'terms.yaml');
    writeFileSync(path, 'groups:\n  a: [x, y]\n  b: [z]\nswaps:\n  - [a, b]\n');
    await expect(readGroupTerms(path)).rejects.toThrow(/a has 2 terms and b 1/);
    writeFileSync(path, 'groups:\n  a: [x]\nswaps:\n  - [a, c]\n');
    await expect(readGroupTerms(path)).rejects.toThrow(/no group c/);
    writeFileSync(path, 'groups:\n  a: [x]\n');
    await expect(readGroupTerms(path)).resolves.toEqual({ groups: { a: ['x'] }, swaps: [] });
    await expect(readGroupTerms(join(folder, 'none.yaml'))).rejects.toMatchObject({ name: 'UserError' });
  });

  it('of the default have counterparts of equal number', () => {
    for (const [a, b] of DEFAULT_TERMS.swaps)
      expect(DEFAULT_TERMS.groups[a]).toHaveLength(DEFAULT_TERMS.groups[b].length);
  });
});

describe('groupShares', () => {
  it('counts texts, the gate’s mass and exemplars', () => {
    const [women] = groupShares(
      { groups: { women: WOMEN }, swaps: [] },
      {
        records: ['she ran', 'he ran', 'it ran', 'they ran'],
        simulated: [
          { text: 'a mother', exemplar: 'she' },
          { text: 'she', exemplar: 'he' },
        ],
        personas: [
          { persona: 'mother, school', share: 0.3 },
          { persona: 'trade', share: 0.7 },
        ],
      },
    );
    expect(women).toMatchObject({ group: 'women', records: 0.25, simulated: 1, personaMass: 0.3, exemplarMass: 0.5 });
    expect(women.difference.mean).toBeCloseTo(0.75);
    expect(women.difference.low).toBeGreaterThan(-0.05);
    expect(women.difference.high).toBeLessThanOrEqual(1);
  });

  it('has Newcombe’s interval: his Table II, example (a), 56/70 − 48/80', () => {
    const { mean, low, high } = differenceOfShares([56, 70], [48, 80]);
    expect(mean).toBeCloseTo(0.2, 10);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });
});

/** Says the persona's first word, and the seed when it differs from the run's. */
function echo(): LanguageModel & { readonly asked: GenerateRequest[] } {
  const asked: GenerateRequest[] = [];
  return {
    id: 'echo',
    fingerprint: 'e',
    scoringPasses: 0,
    asked,
    score: () => Promise.reject(new Error('not asked')),
    async *generate(requests) {
      for (const [index, request] of requests.entries()) {
        asked.push(request);
        const text = 'text' in request.prompt ? request.prompt.text : '';
        const word = /<\|persona\|>(\w+)/u.exec(text)?.[1] ?? 'nobody';
        yield await Promise.resolve({
          index,
          text: `${word} spoke ${request.seed}`,
          tokens: 3,
          finish: 'end' as const,
        });
      }
    },
    close: () => Promise.resolve(),
  };
}

function row(i: number, personaId: string, text: string): SyntheticRow {
  const fixed = { label: null, context: null, personaProbability: 0.5, exemplarProbability: 0.5, temperature: 0.7 };
  return { ...fixed, id: `s${i}`, text, personaId, exemplarId: 'e0', seed: 4, model: 'echo', promptHash: '' };
}

describe('counterfactual', () => {
  const personas: Persona[] = [
    { id: 'p0', persona: 'mother, school', source: 'keywords' },
    { id: 'p1', persona: 'trade, tariff', source: 'keywords' },
  ];
  const input = {
    encoder: fakeEncoder(),
    template: templateFor('tokens'),
    role: 'generate' as const,
    personas,
    exemplars: [{ id: 'e0', text: 'an exemplar' }],
    rows: [row(0, 'p0', 'mother spoke 4'), row(1, 'p1', 'trade spoke 4'), row(2, 'p0', 'mother spoke 4')],
  };
  const options = {
    groups: [
      { name: 'women', terms: WOMEN },
      { name: 'men', terms: MEN },
    ] as const,
    limit: 10,
    maxTokens: 20,
    signal: new AbortController().signal,
  };

  it('writes again only after personas with the terms, with the run’s draws and with others', async () => {
    const model = echo();
    const result = await counterfactual({ ...input, model }, options);
    expect(model.asked.map(({ row: at, seed, temperature }) => [at, seed, temperature])).toEqual([
      [0, 4, 0.7],
      [2, 4, 0.7],
      [0, 5, 0.7],
      [2, 5, 0.7],
    ]);
    expect(result.texts).toBe(2);
    expect(result.shares).toEqual([
      { group: 'women', asWritten: 1, swapped: 0 },
      { group: 'men', asWritten: 0, swapped: 1 },
    ]);
    expect(result.examples[0]).toMatchObject({
      persona: 'mother, school',
      swappedPersona: 'father, school',
      swapped: 'father spoke 4',
    });
    expect(Number.isFinite(result.cosine.difference)).toBe(true);
  });

  it('says so when no persona has the terms', async () => {
    const model = echo();
    const result = await counterfactual({ ...input, model, rows: [row(0, 'p1', 'x')] }, options);
    expect(result).toMatchObject({ texts: 0, shares: [] });
    expect(model.asked).toHaveLength(0);
    expect(auditText({ groups: [], swaps: [result] }, 80)).toMatch(/nothing to swap/);
  });
});
