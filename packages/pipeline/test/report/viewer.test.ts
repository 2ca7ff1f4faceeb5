import { describe, expect, it } from '@jest/globals';
import { findTexts, searchIndex } from '../../browser/find-texts.js';
import { keptRatings, ratedItems, ratingsCsv } from '../../browser/ratings.js';
import type { AuditItem, TextRow, TextsIsland } from '../../src/report/elements/islands.js';

const row = (text: string, persona: number, cosine: number | null): TextRow => ({
  id: text,
  text,
  label: null,
  context: '1862',
  persona,
  exemplar: 0,
  probabilities: [1, 1, 1],
  nearest: cosine === null ? null : [0, cosine],
});
const data: TextsIsland = {
  personas: [],
  exemplars: [],
  golden: [],
  rows: [row('Gold and silver', 0, 0.5), row('SILVER mines', 1, 0.9), row('', 0, null)],
};
const find = (query: Partial<Parameters<typeof findTexts>[2]>): number[] =>
  findTexts(data, searchIndex(data), { search: '', persona: undefined, order: 'row', ...query });

describe('findTexts', () => {
  it('finds rows that have all words, in any case, in text or context', () => {
    expect([find({ search: 'silver' }), find({ search: ' GOLD 1862' }), find({ search: 'gold mines' })]).toEqual([
      [0, 1],
      [0],
      [],
    ]);
  });

  it('filters by persona and orders by likeness, with empty texts like nothing', () => {
    expect([find({ persona: 0 }), find({ order: 'like' }), find({ order: 'unlike' })]).toEqual([
      [0, 2],
      [1, 0, 2],
      [2, 0, 1],
    ]);
  });
});

describe('the ratings', () => {
  const item: AuditItem = { record: '=1+1', rank: 1, persona: 'a,"b"', exemplar: 'e', weight: 0.25 };

  it('are exported so that no spreadsheet takes a cell for a formula or a comma for a border', () => {
    const csv = ratingsCsv(ratedItems([item, item], { 0: 5 }));
    expect(csv).toBe(
      '\ufeffrecord,rank,persona,exemplar,weight,rating\r\n\'=1+1,1,"a,""b""",e,0.25,5\r\n\'=1+1,1,"a,""b""",e,0.25,\r\n',
    );
  });

  it('that were kept are read back, and anything else counts as none', () => {
    expect(keptRatings('{"0":4,"1":9,"7":3,"x":2}', 3)).toEqual({ 0: 4 });
    expect([keptRatings(null, 3), keptRatings('}', 3), keptRatings('null', 3)]).toEqual([{}, {}, {}]);
  });
});
