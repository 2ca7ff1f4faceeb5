import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
// @ts-expect-error: a script without types
import { withTable } from '../scripts/table.mjs';
import { METRICS } from '../src/index.js';

const plain = (text: string): string => text.replace(/ +/g, ' ').replace(/-+/g, '-');

describe('the table of metrics in the README', () => {
  it('is what the facts say (npm run table -w packages/metrics)', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(plain(readme)).toBe(plain((withTable as (text: string, of: object) => string)(readme, METRICS)));
  });
});
