import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { safe } from '../../src/report/elements/html.js';
import { jsonIsland } from '../../src/report/elements/json-island.js';
import { PAGE_SCRIPT, PAGE_STYLE } from '../../src/report/page-assets.js';
import { reportPage } from '../../src/report/page.js';
import { contentPolicy } from '../../src/report/policy.js';
import { HOSTILE } from './hostile.js';
import { madeUpInput } from './report-input.js';

const plain = reportPage(madeUpInput({ dress: (text) => text, personas: 12, rows: 40 }));

describe('safe', () => {
  it('escapes texts between tags and inside attributes, and leaves what is markup already', () => {
    const inner = safe`<b title="${'"x" & y'}">${'<i>'}</b>`;
    expect(safe`<p>${inner}${[inner]}${3}</p>`.markup).toBe(
      '<p><b title="&quot;x&quot; &amp; y">&lt;i&gt;</b><b title="&quot;x&quot; &amp; y">&lt;i&gt;</b>3</p>',
    );
  });
});

describe('jsonIsland', () => {
  it('gives back the value and holds nothing that could end it', () => {
    const { markup } = jsonIsland('data', { texts: HOSTILE });
    const json = /^<script type="application\/json" id="data">(.*)<\/script>$/s.exec(markup)![1];
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({ texts: HOSTILE });
  });
});

describe('the page', () => {
  it('allows its own script and style by their hashes and nothing else', () => {
    const policy = contentPolicy(PAGE_SCRIPT, PAGE_STYLE);
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; base-uri 'none'; form-action 'none'$/,
    );
    expect(plain).toContain(`<style>${PAGE_STYLE}</style>`);
    expect(plain).toContain(`<script>${PAGE_SCRIPT}</script>`);
    expect(PAGE_SCRIPT + PAGE_STYLE).not.toContain('</');
  });

  it('has no address to fetch and no inline style or handler', () => {
    const markup = plain.replace(/<script[^]*?<\/script>/g, '').replace(/<style[^]*?<\/style>/g, '');
    expect(markup).not.toMatch(/ (?:src|action|style|on\w+)=/);
    expect([...markup.matchAll(/href="([^"]*)"/g)].every(([, address]) => address.startsWith('#'))).toBe(true);
    expect(markup).not.toMatch(/https?:/);
  });

  it('says that these are not people, and states figures with interval, floor and warning', () => {
    expect(plain).toContain('These are not people.');
    expect(plain).toMatch(/0\.2 <small>\[0\.18, 0\.22\]<\/small>/);
    expect(plain).toContain('MAUVE: n is small for 20 buckets');
    expect(plain).toMatch(/pairs that no training record was scored with/);
  });

  it('draws weights that the fit moved, and no chart of one point', () => {
    expect(plain).toContain('Weight of the personas that moved most.');
    expect(plain).toContain('Weight of the exemplars by year.');
    const input = madeUpInput({ dress: (text) => text, personas: 1, rows: 4 });
    if ('steps' in input.fit) throw new Error('the made-up fit has epochs');
    const fit = { ...input.fit, epoch: 1, epochs: input.fit.epochs.slice(0, 1) };
    const page = reportPage({ ...input, fit });
    expect(plain).toContain('Effective personas by epoch');
    expect(page).not.toContain('by epoch:');
    expect(page).toContain('There is one persona, which speaks always.');
  });

  it('warns when the encoder puts the personas close together', () => {
    expect(plain).toMatch(/The encoder puts the personas close together \(mean cosine 0\.9\d+, above 0\.9\)/);
  });

  it('marks the set that is better than every other by intervals that do not touch', () => {
    expect(plain).not.toMatch(/<strong>0\.2 /);
    const input = madeUpInput({ dress: (text) => text, personas: 4, rows: 20 });
    const { evaluation } = input.metrics;
    const apart = { ...evaluation, sets: evaluation.sets.filter(({ name }) => name !== 'uniform') };
    expect(reportPage({ ...input, metrics: { ...input.metrics, evaluation: apart } })).toMatch(/<strong>0\.2 /);
  });

  it('is drawn for any number of personas, groups and texts', () => {
    for (const personas of [1, 2, 60]) {
      const page = reportPage(madeUpInput({ dress: (text) => text, personas, rows: 5 }));
      expect(page).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe('page-assets.ts', () => {
  it('is what browser/ gives (npm run generate:page -w packages/pipeline)', () => {
    const script = fileURLToPath(new URL('../../scripts/generate-page-assets.mjs', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
  });
});
