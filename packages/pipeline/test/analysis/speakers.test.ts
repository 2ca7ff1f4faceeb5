import { describe, expect, it } from '@jest/globals';
import type { Propensity } from '../../src/analysis/propensity.js';
import { speakersOf } from '../../src/analysis/speakers.js';

const personas = ['ships', 'farms'].map((persona, k) => ({ id: `p00${k}`, persona, source: 'keywords' as const }));
const group = (name: string, records: number, ...shares: number[]) => ({ name, records, personas: shares });
const propensity = (ordered: boolean): Propensity => ({
  over: ordered ? 'year' : 'label',
  ordered,
  groups: [
    group('1790s', 1, 0.9, 0.1),
    group('1800s', 3, 0.7, 0.3),
    group('1810s', 0),
    group('1820s', 2, 0.4, 0.6),
    group('1830s', 1, 0.8, 0.2),
  ],
  information: null,
});

describe('speakersOf', () => {
  it('puts neighboring groups with the same persona together, with the mean over their records', () => {
    expect(speakersOf(propensity(true), personas).map(({ groups, personaId }) => [groups, personaId])).toEqual([
      ['1790s–1800s', 'p000'],
      ['1820s', 'p001'],
      ['1830s', 'p000'],
    ]);
    expect(speakersOf(propensity(true), personas)[0]?.probability).toBeCloseTo((0.9 + 3 * 0.7) / 4, 12);
  });
  it('keeps groups without an order apart', () => {
    expect(speakersOf(propensity(false), personas)).toHaveLength(4);
  });
});
