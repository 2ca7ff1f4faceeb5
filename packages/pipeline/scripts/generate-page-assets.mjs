// Writes src/report/page-assets.ts, the script and the style of the report, from browser/: npm run generate:page. A test keeps it current.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const OUTPUT = path('src/report/page-assets.ts');

/** Text of a bundled and minified file, without an end tag that a parser of HTML would take for its own. */
function bundled(name) {
  const { outputFiles } = buildSync({
    entryPoints: [path(name)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome109', 'firefox115', 'safari16'],
    charset: 'utf8',
    legalComments: 'none',
  });
  return outputFiles[0].text.trim();
}

/** The generated file. */
export async function pageAssets() {
  const source = `// Made by scripts/generate-page-assets.mjs from browser/; do not edit.

/** The script of the report's page, minified. */
export const PAGE_SCRIPT: string = ${JSON.stringify(bundled('browser/page.ts'))};

/** The style of the report's page, minified. */
export const PAGE_STYLE: string = ${JSON.stringify(bundled('browser/style.css'))};
`;
  return format(source, { ...(await resolveConfig(OUTPUT)), filepath: OUTPUT });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await pageAssets();
  if (process.argv.includes('--check')) process.exitCode = readFileSync(OUTPUT, 'utf8') === made ? 0 : 1;
  else writeFileSync(OUTPUT, made);
}
