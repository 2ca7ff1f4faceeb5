import { describe, expect, it } from '@jest/globals';
import { applyTooLong, type MeasuredRecord, type TooLongPolicy } from '../../src/data/too-long.js';

const record = (id: string, text = 'one two three'): { id: string; text: string } => ({ id, text });
const measured = (tokens: Record<string, number>, window = 10): MeasuredRecord[] =>
  Object.entries(tokens).map(([id, count]) => ({ id, tokens: count, window }));

describe('records longer than the window of the model', () => {
  const records = [record('a'), record('b'), record('c')];
  const tokens = measured({ c: 12, a: 10, b: 11 });

  it('leave the set as it is when there are none', () => {
    const fitting = applyTooLong(records, { policy: 'refuse', measured: measured({ a: 10, b: 1, c: 0 }) });
    expect(fitting).toEqual({ records, dropped: [], truncated: [], message: undefined });
  });

  it('refuse: names ids, tokens and window', () => {
    expect(() => applyTooLong(records, { policy: 'refuse', measured: tokens })).toThrow(
      "2 records are longer than the model's window: b (11 tokens, window 10), c (12 tokens, window 10).",
    );
  });

  it('drop: takes them out and says so', () => {
    const fitting = applyTooLong(records, { policy: 'drop', measured: tokens });
    expect(fitting.records).toEqual([record('a')]);
    expect(fitting.dropped).toEqual(['b', 'c']);
    expect(fitting.message).toMatch(/^2 records .*; dropped\.$/);
  });

  it('truncate: gives each to the cutter with the tokens beyond the window', () => {
    const cut = ({ id }: { id: string }, excess: number): { id: string; text: string } => record(id, `-${excess}`);
    const fitting = applyTooLong(records, { policy: 'truncate', measured: tokens, cut });
    expect(fitting.records).toEqual([record('a'), record('b', '-1'), record('c', '-2')]);
    expect([fitting.dropped, fitting.truncated]).toEqual([[], ['b', 'c']]);
    expect(fitting.message).toContain('their texts are cut');
  });

  it('are refused when nothing would be left, of the set or of a text', () => {
    const all = measured({ a: 11, b: 11, c: 11 });
    expect(() => applyTooLong(records, { policy: 'drop', measured: all })).toThrow('none is left');
    const cut = ({ id }: { id: string }): { id: string; text: string } => record(id, ' ');
    expect(() => applyTooLong(records, { policy: 'truncate', measured: tokens, cut })).toThrow('Record b has no text');
  });

  it('names five ids and counts the others', () => {
    const many = Array.from({ length: 7 }, (_, i) => record(`r${i}`));
    const lengths = many.map(({ id }) => ({ id, tokens: 99, window: 10 }));
    const policy: TooLongPolicy = 'refuse';
    expect(() => applyTooLong(many, { policy, measured: lengths })).toThrow(/r4 \(99 tokens, window 10\) and 2 more\./);
  });
});
