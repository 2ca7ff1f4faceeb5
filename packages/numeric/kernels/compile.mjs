// Compiles AssemblyScript kernels into TypeScript modules that hold their bytes: for the kernels of this package and of those above it.
import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const flags = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert'];

/** Endings of names, and what the kernel of the name before is built with then. */
const VARIANTS = {
  '-fma': ['--enable', 'relaxed-simd'],
  '-shared': ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'],
};

/**
 * The TypeScript module that holds a compiled kernel. A name ending in -fma is the kernel of that name built for relaxed SIMD as well, one
 * ending in -shared works in a memory that threads share.
 * @param {URL} folder the folder of the kernels' sources
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function compileKernel(folder, name) {
  const variant = Object.keys(VARIANTS).find((ending) => name.endsWith(ending)) ?? '';
  const from = name.slice(0, name.length - variant.length);
  const source = await readFile(new URL(`./${from}.ts`, folder), 'utf8');
  const features = [...flags, ...(VARIANTS[variant] ?? [])];
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main([`${from}.ts`, '--outFile', `${name}.wasm`, ...features], {
    readFile: (file) => (file === `${from}.ts` ? source : null),
    writeFile: (file, content) => {
      if (file === `${name}.wasm`) bytes = content;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const base64 = Buffer.from(bytes).toString('base64');
  const constant = `${name.replace(/-/g, '_').toUpperCase()}_WASM`;
  return `/** kernels/${from}.ts as WebAssembly, ${bytes.length} bytes, base64; written by kernels/build.mjs. */\nexport const ${constant}: string =\n  '${base64}';\n`;
}

/**
 * Writes src/<name>-bytes.ts of every kernel; with `--check` on the command line, only says whether the committed bytes agree.
 * @param {URL} folder the folder of the kernels' sources, beside src
 * @param {readonly string[]} names
 * @param {string} room the folder below src that holds the modules, with a slash after it
 */
export async function buildKernels(folder, names, room = '') {
  for (const name of names) {
    const text = await compileKernel(folder, name);
    const file = new URL(`../src/${room}${name}-bytes.ts`, folder);
    if (process.argv.includes('--check')) {
      const same = (await readFile(file, 'utf8')) === text;
      if (!same) process.exitCode = 1;
      process.stdout.write(
        same ? `${name}: same bytes\n` : `src/${room}${name}-bytes.ts is stale: run node kernels/build.mjs\n`,
      );
    } else {
      await writeFile(file, text);
      process.stdout.write(`${name}: ${text.length} characters\n`);
    }
  }
}
