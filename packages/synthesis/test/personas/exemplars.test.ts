import { describe, expect, it } from '@jest/globals';
import { chooseExemplars, ownExemplars } from '../../src/index.js';
import { topicRecords } from '../support/records.js';

const records = topicRecords(20);

describe('chooseExemplars', () => {
  it('draws different records, the same for a seed, and maps each to itself', () => {
    const { exemplars, indices, own } = chooseExemplars(records, 8, 5);
    expect(exemplars).toEqual(Array.from(indices, (i) => records[i]));
    expect(new Set(indices).size).toBe(8);
    indices.forEach((i, j) => expect(own[i]).toBe(j));
    expect(own.filter((j) => j >= 0)).toHaveLength(8);
    expect(Array.from(chooseExemplars(records, 8, 5).indices)).toEqual(Array.from(indices));
    expect(Array.from(chooseExemplars(records, 8, 6).indices)).not.toEqual(Array.from(indices));
  });
  it('never draws one text twice, and maps every copy to it', () => {
    const doubled = [...records, ...records.map(({ text }, i) => ({ id: `copy${i}`, text: ` ${text}\n` }))];
    const { exemplars, own } = chooseExemplars(doubled, 20, 1);
    expect(new Set(exemplars.map(({ text }) => text)).size).toBe(20);
    records.forEach((_, i) => expect(own[i + 20]).toBe(own[i]));
  });
  it('says how many there are when more are asked for', () => {
    expect(() => chooseExemplars(records, 21, 1)).toThrow('21 exemplars were asked for, but there are only 20 records');
    expect(() => chooseExemplars([...records, records[0]], 21, 1)).toThrow(
      'the 21 records have only 20 different texts',
    );
    expect(() => chooseExemplars(records, 0, 1)).toThrow('a whole number from 1 on, got 0');
  });
});

describe('ownExemplars', () => {
  it('is −1 for records that are no exemplar', () => {
    expect(Array.from(ownExemplars(records.slice(0, 3), [records[2], records[9]]))).toEqual([-1, -1, 0]);
  });
});
