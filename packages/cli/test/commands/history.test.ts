import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli.js';
import type { HeldOutComparison, PropensityGroup } from '@mixture-of-personas/pipeline';
import { scratch } from '../../../pipeline/test/support/scratch.js';

/** Mean π of the records from one decade to another. */
function meanOf(groups: readonly PropensityGroup[], from: number, to: number): number[] {
  const chosen = groups.filter(({ name }) => Number(name.slice(0, 4)) >= from && Number(name.slice(0, 4)) <= to);
  const total = chosen.reduce((sum, { records }) => sum + records, 0);
  return chosen[0].personas.map((_, k) =>
    chosen.reduce((sum, { records, personas }) => sum + (personas[k] * records) / total, 0),
  );
}

const totalVariation = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, share, k) => sum + Math.abs(share - q[k]) / 2, 0);

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
    const means = eras.map(([from, to]) => meanOf(propensity.groups, from, to));
    // At least 0.20 in each of seven fits (docs/results/quickstart.md); that all four have another first persona takes a fit like this one.
    means.forEach((mean, i) =>
      means.slice(0, i).forEach((other) => expect(totalVariation(mean, other)).toBeGreaterThan(0.12)),
    );
    expect(new Set(means.map((mean) => mean.indexOf(Math.max(...mean)))).size).toBe(4);
  }, 120_000);
});
