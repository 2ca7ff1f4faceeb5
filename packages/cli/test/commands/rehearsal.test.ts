import { expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithShared } from '../../../pipeline/test/support/shared-data.js';
import { countingOpeners } from '../counting-openers.js';
import { mop } from '../terminal.js';

const folder = new URL('../../../../experiments/', import.meta.url).pathname;
const files = readdirSync(folder).filter((name) => /^(table|figure)-\d\.yaml$/.test(name));

describeWithShared('the experiments that come with the project', () => {
  it.each(files)('%s: the rehearsal finishes with fake models, and a second start asks them nothing', async (name) => {
    const output = await mkdtemp(join(tmpdir(), 'mop-rehearsal-'));
    const { openers, counts } = countingOpeners();
    const words = ['compare', '--config', join(folder, name), '--scale', 'rehearsal', '--output', output];
    // Table 6 has every form of records, the others one.
    if (name !== 'table-6.yaml') words.push('--only', 'AG News');
    const first = await mop(words, { openers });
    // The fake model gives every persona the same class, which no classifier can be trained on: that cell alone fails.
    const failing = name === 'table-2.yaml' ? ['MoP failed (AG News seed 1): downstreamF1: the labels'] : [];
    expect([first.code, first.stdout.split(' failed (').length - 1]).toEqual([failing.length, failing.length]);
    for (const sentence of failing) expect(first.stdout).toContain(sentence);
    expect(first.stdout).not.toContain(' / ');
    const { asked } = counts;
    expect(asked).toBeGreaterThan(0);
    const second = await mop(words, { openers });
    expect([second.code, second.stdout, counts.asked]).toEqual([first.code, first.stdout, asked]);
    await rm(output, { recursive: true });
  });

  it('table-7.yaml: a second start with servers at other addresses asks them nothing', async () => {
    const output = await mkdtemp(join(tmpdir(), 'mop-rehearsal-'));
    const { openers, counts } = countingOpeners();
    const at = (host: string): string[] => [
      ...['compare', '--config', join(folder, 'table-7.yaml'), '--scale', 'rehearsal', '--output', output],
      ...['--llm.model', `server:http://${host}:8000#tiny`, '--llm.scorer', `http://${host}:9000`],
    ];
    const first = await mop(at('one'), { openers });
    const { asked } = counts;
    expect([first.code, asked > 0]).toEqual([0, true]);
    const second = await mop(at('two'), { openers });
    expect([second.code, second.stdout, counts.asked]).toEqual([0, first.stdout, asked]);
    await rm(output, { recursive: true });
  });
});
