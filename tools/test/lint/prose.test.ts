import { describe, expect, it } from '@jest/globals';
import { node, root } from '../workspace.js';

const CHECK = `
  import { proseFindings } from './tools/lint/prose.mjs';
  const folder = 'tools/fixtures/lint/prose/';
  const found = process.argv.slice(1).map((file) => proseFindings(folder + file));
  process.stdout.write(JSON.stringify(found.map((each) => each.map(({ rule, line, message }) => [rule, line, message.split(':')[0]]))));`;

const FILES = ['british.ts', 'docstring-start.ts', 'plain-words.md', 'fine.ts'];
const { status, stdout, stderr } = node(['--input-type=module', '-e', CHECK, ...FILES], root);
if (status !== 0) throw new Error(stderr);
const [british, starts, words, fine] = JSON.parse(stdout) as [string, number, string][][];

describe('the prose check (tools/lint/prose.mjs)', () => {
  it('refuses British spelling in comments and in names', () => {
    expect(british).toEqual(
      expect.arrayContaining([
        ['british', 1, 'optimiser'],
        ['british', 1, 'centre'],
        ['british', 2, 'Centre'],
        ['british', 2, 'neighbours'],
      ]),
    );
  });
  it('refuses a docstring that begins with a question word', () => {
    expect(starts?.filter(([rule]) => rule === 'docstring-start').map(([, line]) => line)).toEqual([1, 4]);
  });
  it('refuses each phrase that the word list replaces', () => {
    expect(words?.map(([, , phrase]) => phrase)).toEqual([
      '"drawn besides"',
      '"row a text"',
      '"nats a record"',
      '"The same command goes on"',
      '"goes on where"',
      '"Nobody can tell"',
      '"shorts"',
      '"for who needs"',
      '"hangs on"',
    ]);
  });
  it('accepts American spelling and words that always end in -ise', () => {
    expect(fine).toEqual([]);
  });
});
