// usage: node tools/runtimes/run-figures.mjs node|deno|bun|browser
// Prints {"figures": …} as that runtime computes them from a bundle, or {"missing": "why"} where this machine does not have it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from '../ci/browser.mjs';
import { run } from '../ci/processes.mjs';
import { bundled } from './bundle.mjs';
import { bunProgram, denoProgram } from './runtimes.mjs';

async function fromProgram(program, args) {
  if (program === undefined) return { missing: 'npm has not installed it' };
  const folder = mkdtempSync(join(tmpdir(), 'mop-runtime-'));
  try {
    const file = join(folder, 'figures.mjs');
    writeFileSync(file, await bundled('program'));
    const { ok, output } = run(program, [...args, file], { cwd: folder, capture: true });
    if (!ok) throw new Error(output);
    return { figures: JSON.parse(output) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fromBrowser(program) {
  if (program === undefined) return { missing: 'no Chromium is installed' };
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundled('page') });
    return { figures: await page.evaluate('mop.figures()') };
  } finally {
    await browser.close();
  }
}

const runtimes = {
  node: () => fromProgram(process.execPath, []),
  // Without a flag, Deno lets a program read, write and reach nothing.
  deno: () => fromProgram(denoProgram(), ['run', '--no-config']),
  bun: () => fromProgram(bunProgram(), []),
  browser: () => fromBrowser(findBrowser()),
};
console.log(JSON.stringify(await runtimes[process.argv[2]]()));
