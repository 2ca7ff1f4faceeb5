// Compiles each kernel of this folder and writes its bytes to src/<name>-bytes.ts. `--check` only says whether the committed bytes agree.
import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

export const KERNELS = ['products', 'k-means', 'exp'];

const flags = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert'];

/** The TypeScript module that holds a compiled kernel. */
export async function kernelModule(name) {
  const source = await readFile(new URL(`./${name}.ts`, import.meta.url), 'utf8');
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main([`${name}.ts`, '--outFile', `${name}.wasm`, ...flags], {
    readFile: (file) => (file === `${name}.ts` ? source : null),
    writeFile: (file, content) => {
      if (file === `${name}.wasm`) bytes = content;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const base64 = Buffer.from(bytes).toString('base64');
  const constant = `${name.replace(/-/g, '_').toUpperCase()}_WASM`;
  return `/** kernels/${name}.ts as WebAssembly, ${bytes.length} bytes, base64; written by kernels/build.mjs. */\nexport const ${constant}: string =\n  '${base64}';\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const name of KERNELS) {
    const text = await kernelModule(name);
    const file = new URL(`../src/${name}-bytes.ts`, import.meta.url);
    if (process.argv.includes('--check')) {
      const same = (await readFile(file, 'utf8')) === text;
      if (!same) process.exitCode = 1;
      process.stdout.write(
        same ? `${name}: same bytes\n` : `src/${name}-bytes.ts is stale: run node kernels/build.mjs\n`,
      );
    } else {
      await writeFile(file, text);
      process.stdout.write(`${name}: ${text.length} characters\n`);
    }
  }
}
