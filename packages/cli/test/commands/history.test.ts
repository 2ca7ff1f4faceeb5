import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli.js';
import type { HeldOutComparison, PropensityGroup, StepHistory } from '@mixture-of-personas/pipeline';
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
  it('learns who spoke when from the years alone: persona and decade share information that no unfitted gate has', async () => {
    const output = join(await scratch(), 'run');
    const silent = { write: () => true, isTTY: false, columns: 80 };
    // Addresses of all eras as target and pool, and the gate sees the year; next to nothing is compared, to spare time.
    const eras = [
      ...['--population.split', 'train', '--population.records', '400', '--golden.records', '2000'],
      ...[
        '--personas.count',
        '12',
        '--exemplars.count',
        '120',
        '--gate.design.pairs',
        '96',
        '--gate.design.records',
        '400',
      ],
    ];
    const spare = ['--gate.design.perRecord', '8', '--evaluate.heldOut', '2', '--evaluate.pairs', '2'];
    const code = await main(['fit', '--output', output, '--gate.input', 'context', ...eras, ...spare], {
      stdout: silent,
      stderr: silent,
      env: {},
      now: () => performance.now(),
    });
    expect(code).toBe(0);
    const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(output, name), 'utf8'));
    const fit = (await read('fit.json')) as StepHistory;
    expect(fit).toMatchObject({ fitted: true, objective: 'conditional' });
    expect(fit.gain).toBeGreaterThan(2 * fit.standardError);
    const { propensity, likelihood } = (await read('held-out.json')) as HeldOutComparison;
    expect(likelihood).toBe('conditional');
    const { nats, shuffledMax, pValue } = propensity.information!;
    expect(propensity.groups.reduce((sum, { records }) => sum + records, 0)).toBe(2000);
    // Equal weights, and the start, whose weights hardly move with the year, share next to nothing with it: a gate that was not fitted fails here.
    expect(nats).toBeGreaterThan(0.01);
    expect(nats).toBeGreaterThan(4 * shuffledMax);
    expect(pValue).toBe(0.005);
    const early = meanOf(propensity.groups, 1790, 1820);
    const late = meanOf(propensity.groups, 1990, 2020);
    expect(totalVariation(early, late)).toBeGreaterThan(0.1);
  }, 600_000);
});
