import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { reportPage } from '../../src/report/page.js';
import { scratch } from '../support/scratch.js';
import { HOSTILE } from './hostile.js';
import { madeUpInput } from './report-input.js';

/** As `tools/ci/browser.mjs` finds it: the variable CHROMIUM, else `chromium` in the path. */
const program =
  process.env['CHROMIUM'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find(existsSync);

/** Labels of the charts that are seen which leave their chart or cover another label by more than a pixel. */
const BAD_LABELS = `[...document.querySelectorAll('svg.plot')].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const labels = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
  return labels.flatMap(([text, box], i) => {
    const out = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    const covers = labels.slice(0, i).filter(([, other]) =>
      Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
      Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1.5);
    return [...(out ? [text + ' is cut off'] : []), ...covers.map(([other]) => text + ' covers ' + other)];
  });
})`;

/** A page with everything that should not happen on it. */
async function opened(
  browser: Browser,
  file: string,
  options: Parameters<Browser['newPage']>[0],
): Promise<[Page, string[]]> {
  const page = await browser.newPage(options);
  const trouble: string[] = [];
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => trouble.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) trouble.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return [page, trouble];
}

if (program === undefined) {
  describe('the report in a browser', () => {
    it.skip('skipped: no Chromium (CHROMIUM, or chromium in the path)', () => undefined);
  });
} else {
  describe('the report in a browser', () => {
    let browser: Browser;
    let hostile: string;
    let large: string;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
      const folder = await scratch();
      hostile = join(folder, 'hostile.html');
      large = join(folder, 'large.html');
      const dress = (text: string): string => `${text} ${HOSTILE.join(' ')}`;
      await writeFile(hostile, reportPage(madeUpInput({ dress, personas: 6, rows: 60 })));
      await writeFile(large, reportPage(madeUpInput({ dress: (text) => text, personas: 20, rows: 10_000 })));
    });
    afterAll(() => browser.close());

    it.each([
      ['on a phone, light', 360, 'light'],
      ['on a phone, dark', 360, 'dark'],
      ['wide, light', 1280, 'light'],
      ['wide, dark', 1280, 'dark'],
    ] as const)(
      'runs no script of a hostile record, asks for nothing and fits the screen: %s',
      async (_, width, colorScheme) => {
        const [page, trouble] = await opened(browser, hostile, { viewport: { width, height: 800 }, colorScheme });
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
        expect(trouble).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        expect(await page.evaluate('window.hacked')).toBeUndefined();
        expect(await page.locator('img, iframe, object, embed, form[action], a[href^="javascript"]').count()).toBe(0);
        const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        const [red] = /\d+/.exec(String(ground)) ?? [];
        expect(Number(red) < 128).toBe(colorScheme === 'dark');
        await page.close();
      },
    );

    it.each([
      ['few', 2],
      ['one', 1],
      ['many, with long names', 60],
    ])('cuts no label of a chart off and lays none over another: %s', async (name, personas) => {
      const dress = (text: string): string =>
        personas > 2 ? `${text} and all that belongs to it at great length` : text;
      const file = join(await scratch(), `${name}.html`);
      await writeFile(file, reportPage(madeUpInput({ dress, personas, rows: 20 })));
      for (const width of [1280, 380]) {
        const [page] = await opened(browser, file, { viewport: { width, height: 800 } });
        expect(await page.evaluate(BAD_LABELS)).toEqual([]);
        await page.close();
      }
    });

    it('shows a hostile text letter by letter', async () => {
      const [page] = await opened(browser, hostile, { viewport: { width: 1280, height: 800 } });
      const shown = await page.locator('#texts-list .text').first().textContent();
      for (const part of HOSTILE) expect(shown).toContain(part);
      const audited = await page.locator('.audit blockquote').first().textContent();
      expect(audited).toContain('</script><script>');
      await page.close();
    });

    it('finds, filters and turns pages of ten thousand texts', async () => {
      const [page, trouble] = await opened(browser, large, { viewport: { width: 1000, height: 800 } });
      const status = page.locator('#texts-status');
      expect(await status.textContent()).toBe('1–20 of 10,000 texts');
      await page.fill('#texts-search', 'railways TEXT 12');
      expect(await page.locator('#texts-list li').first().textContent()).toMatch(/railways/);
      await page.fill('#texts-search', 'no such words');
      expect(await status.textContent()).toBe('No text has all of this.');
      await page.fill('#texts-search', '');
      await page.selectOption('#texts-persona', '3');
      await page.click('#texts-next');
      expect(await status.textContent()).toMatch(/^21–40 of \d{3} texts$/);
      await page.selectOption('#texts-order', 'like');
      expect(await status.textContent()).toMatch(/^1–20 of/);
      expect(trouble).toEqual([]);
      await page.close();
    });

    it('keeps ratings over a reload and exports them as JSON and CSV', async () => {
      const [page, trouble] = await opened(browser, large, { viewport: { width: 1000, height: 800 } });
      await page.locator('input[name="rating-0"][value="4"]').check();
      await page.locator('input[name="rating-2"][value="1"]').check();
      await page.reload();
      expect(await page.locator('#audit-progress').textContent()).toBe('2 of 60 rated');
      const [json] = await Promise.all([page.waitForEvent('download'), page.click('#audit-json')]);
      const exported = JSON.parse(await textOf(json)) as { ratings: { rating: number | null }[] };
      expect(exported.ratings.map(({ rating }) => rating).slice(0, 4)).toEqual([4, null, 1, null]);
      const [csv] = await Promise.all([page.waitForEvent('download'), page.click('#audit-csv')]);
      expect((await textOf(csv)).split('\r\n')[1]).toBe('r0,1,p0,r0,0.3,4');
      // Chromium tells of the blob that is saved; it does not leave the page.
      expect(trouble.filter((line) => !line.startsWith('request: blob:'))).toEqual([]);
      await page.close();
    });

    it('can be read by keyboard: what scrolls can be focused, every control has a name, headings do not jump', async () => {
      const [page] = await opened(browser, large, { viewport: { width: 360, height: 800 } });
      expect(await page.locator('.scroll:not([tabindex="0"])').count()).toBe(0);
      expect(await page.locator('svg.plot:not([aria-label])').count()).toBe(0);
      expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
      const unnamed = `[...document.querySelectorAll('.toolbar input, .toolbar select')].filter((one) => one.labels.length !== 1).length`;
      expect(await page.evaluate(unnamed)).toBe(0);
      const headings = `[...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]))`;
      const levels = await page.evaluate<number[]>(headings);
      levels.slice(1).forEach((level, i) => expect(level - levels[i]).toBeLessThanOrEqual(1));
      await page.close();
    });
  });
}

async function textOf(download: { createReadStream(): Promise<AsyncIterable<Uint8Array>> }): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
