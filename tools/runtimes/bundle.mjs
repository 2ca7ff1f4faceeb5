// Bundles for programs that run anywhere, as a web developer would make them: esbuild for the browser, with no import of a Node module left.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * One file of JavaScript.
 * @param {'page' | 'program'} kind a script that puts the exports of figures.mjs in `mop`, or a module that prints them
 * @throws Error when something cannot be bundled for a browser
 */
export async function bundled(kind) {
  const page = kind === 'page';
  const { outputFiles } = await build({
    entryPoints: [beside(page ? 'figures.mjs' : 'main.mjs')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    logLevel: 'silent',
    ...(page ? { format: 'iife', globalName: 'mop' } : { format: 'esm' }),
  });
  return outputFiles[0].text;
}
