import { describe, expect, it } from '@jest/globals';
import { personasFromFile, personasFromRows } from '../../src/index.js';

describe('personasFromFile', () => {
  it('reads jsonl with the key persona, ids where there are some, and passes over other keys and repetitions', () => {
    const text =
      '{"persona": "A nurse.", "id": "n1", "extra": [1]}\n\n{"persona": "A  miner."}\r\n{"persona": "A nurse."}\n';
    expect(personasFromFile(text, 'jsonl')).toEqual([
      { id: 'n1', persona: 'A nurse.', source: 'file' },
      { id: 'p001', persona: 'A miner.', source: 'file' },
    ]);
  });
  it('reads csv with quotes, commas and line ends inside', () => {
    const text = '\ufeffid,persona\r\n7,"A nurse, who says ""no""\nand means it"\r\n8,plain\r\n';
    expect(personasFromFile(text, 'csv').map(({ id, persona }) => [id, persona])).toEqual([
      ['7', 'A nurse, who says "no" and means it'],
      ['8', 'plain'],
    ]);
  });
  it('reads txt, one per line', () => {
    expect(personasFromFile('One.\n\n  Two.  ', 'txt').map(({ persona }) => persona)).toEqual(['One.', 'Two.']);
  });
  it.each([
    ['{"persona": 3}', 'jsonl', 'Line 1 of the persona file has no text in "persona"'],
    ['{"persona": "a"}\n{"text": "b"}', 'jsonl', 'Line 2 of the persona file has no key "persona"'],
    ['{"persona": "a"}\n{', 'jsonl', 'Line 2 of the persona file is not JSON'],
    ['{"persona":"a","id":"x"}\n{"persona":"b","id":"x"}', 'jsonl', 'Line 2 of the persona file repeats the id x'],
    ['name,text\na,b', 'csv', 'no column "persona"; it has name, text'],
    ['persona\n"open', 'csv', 'ends inside quotes'],
    ['persona\n"a"b', 'csv', 'The persona file is not csv: Invalid Closing Quote'],
    ['id,persona\n1', 'csv', 'Line 2 of the persona file has no text'],
    ['persona\n', 'csv', 'The persona file is empty'],
    [' \n', 'txt', 'The persona file is empty'],
    ['', 'csv', 'The persona file is empty'],
  ] as const)('refuses %j as %s', (text, format, message) => {
    expect(() => personasFromFile(text, format)).toThrow(message);
  });
});

describe('personasFromRows', () => {
  it('takes rows that a caller has read, such as those of a Parquet file, thousands of them', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ persona: `Person ${i}.`, id: BigInt(i), extra: null }));
    const personas = personasFromRows(rows);
    expect(personas).toHaveLength(5000);
    expect(personas[4999]).toEqual({ id: '4999', persona: 'Person 4999.', source: 'file' });
  });
  it('names the row that is wrong', () => {
    expect(() => personasFromRows([{ persona: 'A.' }, { text: 'B.' }])).toThrow(
      'Row 2 of the persona file has no text',
    );
    expect(() => personasFromRows([])).toThrow('The persona file is empty');
  });
});
