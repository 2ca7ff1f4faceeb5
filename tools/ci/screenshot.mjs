// Pictures of a run's report, for the documentation:
//   node tools/ci/screenshot.mjs RUN OUT.png [--width 1100] [--height 1500] [--dark] [--section who] [--full]
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { provideBrowser } from './browser.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', default: '1100' },
    height: { type: 'string', default: '1500' },
    dark: { type: 'boolean', default: false },
    section: { type: 'string' },
    full: { type: 'boolean', default: false },
  },
});
const [run, out] = positionals;
if (!run || !out) throw new Error('usage: node tools/ci/screenshot.mjs RUN OUT.png');
if (!provideBrowser()) process.exit(1);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
    colorScheme: values.dark ? 'dark' : 'light',
  });
  const file = run.endsWith('.html') ? run : join(run, 'report.html');
  await page.goto(pathToFileURL(resolve(file)).href);
  const jpeg = /\.jpe?g$/.test(out) ? { type: 'jpeg', quality: 80 } : {};
  if (values.section) await page.locator(`#${values.section}`).screenshot({ path: out, ...jpeg });
  else await page.screenshot({ path: out, fullPage: values.full, ...jpeg });
  console.log(out);
} finally {
  await browser.close();
}
