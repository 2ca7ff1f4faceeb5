import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli.js';
import { type EpochHistory, type ReportData, type RunOptions, runPipeline } from '@mixture-of-personas/pipeline';
import { fakeOpeners } from '../../../pipeline/test/support/fake-engines.js';
import { smallJob } from '../../../pipeline/test/support/small-job.js';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { fakeTerminal } from '../terminal.js';

async function finished(
  until: NonNullable<RunOptions['until']>,
  settings: Record<string, unknown> = {},
): Promise<string> {
  const config = await smallJob(await scratch(), settings);
  const reporter = { note: () => undefined, progress: () => undefined, table: () => undefined };
  await runPipeline(config, { until, reporter, signal: new AbortController().signal, openers: fakeOpeners() });
  return config.output;
}

describe('mop report', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await finished('evaluate');
  });
  const json = async <Value>(name: string): Promise<Value> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as Value;

  it('writes the page again, byte for byte, from the folder alone', async () => {
    const page = join(folder, 'report.html');
    const before = await readFile(page, 'utf8');
    await writeFile(page, 'gone');
    const terminal = fakeTerminal();
    expect(await main(['report', folder], terminal.io)).toBe(0);
    expect(terminal.stdout()).toBe(`${page}\n`);
    expect(await readFile(page, 'utf8')).toBe(before);
  });

  it('says in one sentence what a run that is not finished lacks', async () => {
    const terminal = fakeTerminal();
    expect(await main(['report', await finished('fit')], terminal.io)).toBe(1);
    expect(terminal.stderr()).toMatch(
      /^Error: .* is not finished, and a report shows a whole run\. Go on with mop run/,
    );
  });

  it('is of gates: a run of another method has its figures in mop info', async () => {
    const path = await finished('evaluate', { method: { name: 'zerogen' } });
    for (const verb of ['report', 'audit']) {
      const terminal = fakeTerminal();
      expect(await main([verb, path], terminal.io)).toBe(1);
      expect(terminal.stderr()).toMatch(/is a run of zerogen, which has no gate; .* Its figures are in mop info /);
    }
    const terminal = fakeTerminal();
    expect(await main(['info', path], terminal.io)).toBe(0);
    expect(terminal.stdout()).toMatch(/personas: none\nexemplars: none\ntexts: 24/);
  });

  it('rests on data that fit the run: shares that sum to 1, pairs by weight, pairs tried that only grow', async () => {
    const { diagnostics, propensity, audit, nearest, counts } = await json<ReportData>('report.json');
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(sum(diagnostics.personas.map(({ share }) => share))).toBeCloseTo(1, 9);
    expect(sum(diagnostics.personas.map(({ texts }) => texts))).toBe(24);
    for (const { personas } of propensity.groups) expect(sum(personas)).toBeCloseTo(1, 9);
    expect([audit.from, audit.records.length]).toEqual(['held-out', Math.min(20, counts.heldOut)]);
    for (const { pairs } of audit.records) {
      expect(pairs.length).toBe(3);
      expect(pairs.every(({ weight }, i) => i === 0 || weight <= pairs[i - 1].weight)).toBe(true);
    }
    expect(nearest.rows.length).toBe(24);
    const tried = (await json<EpochHistory>('fit.json')).epochs.map(({ pairsTried }) => pairsTried);
    expect(tried.every((count, i) => count > 0 && count <= 40 && (i === 0 || count >= tried[i - 1]))).toBe(true);
  });
});
