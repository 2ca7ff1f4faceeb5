import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli.js';
import type { PropensityGroup } from '../../src/report/propensity.js';
import type { HeldOutComparison } from '../../src/run/held-out.js';
import { scratch } from '../scratch.js';

/** The most probable persona of the records from one decade to another. */
function topPersona(groups: readonly PropensityGroup[], from: number, to: number): number {
  const sums: number[] = [];
  for (const { name, records, personas } of groups) {
    const decade = Number(name.slice(0, 4));
    if (decade < from || decade > to) continue;
    personas.forEach((share, k) => (sums[k] = (sums[k] ?? 0) + share * records));
  }
  return sums.indexOf(Math.max(...sums));
}

describe('the demonstration', () => {
  it('recovers who spoke when: no gate is told a year, and its personas part the decades', async () => {
    const output = join(await scratch(), 'run');
    const silent = { write: () => true, isTTY: false, columns: 80 };
    // The demonstration's own records, personas and exemplars; a pair a record instead of four, and next to no texts, to spare time.
    const spare = ['--gate.topM', '1', '--evaluate.heldOut', '2', '--evaluate.pairs', '2', '--simulate.count', '2'];
    const code = await main(
      ['run', '--output', output, ...spare, '--evaluate.metrics', 'energy', '--evaluate.bootstrap', '0'],
      { stdout: silent, stderr: silent, env: {}, now: () => performance.now() },
    );
    expect(code).toBe(0);
    const { propensity } = JSON.parse(await readFile(join(output, 'held-out.json'), 'utf8')) as HeldOutComparison;
    const { nats, shuffledMax, pValue } = propensity.information!;
    expect(propensity.groups.reduce((sum, { records }) => sum + records, 0)).toBe(2000);
    expect(nats).toBeGreaterThan(4 * shuffledMax);
    expect(nats).toBeGreaterThan(0.08);
    expect(pValue).toBe(0.005);
    const eras = [
      [1790, 1820],
      [1860, 1860],
      [1940, 1940],
      [1990, 2020],
    ] as const;
    expect(new Set(eras.map(([from, to]) => topPersona(propensity.groups, from, to))).size).toBe(4);
  }, 120_000);
});
