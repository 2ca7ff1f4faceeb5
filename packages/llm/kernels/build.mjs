// Compiles kernels/logits.ts and writes its bytes to src/kernel-bytes.ts. `--check` only says whether the committed bytes agree.
import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const out = new URL('../src/kernel-bytes.ts', import.meta.url);
const source = new URL('./logits.ts', import.meta.url);

/** The TypeScript module that holds the compiled kernel. */
export async function kernelModule() {
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main(
    [
      'logits.ts',
      '--outFile',
      'logits.wasm',
      '-O3',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--importMemory',
      '--noAssert',
    ],
    {
      readFile: (name) => (name === 'logits.ts' ? readFile(source, 'utf8') : null),
      writeFile: (name, content) => {
        if (name === 'logits.wasm') bytes = content;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const base64 = Buffer.from(bytes).toString('base64');
  return `/** kernels/logits.ts as WebAssembly, ${bytes.length} bytes, base64; written by kernels/build.mjs. */\nexport const LOGITS_WASM: string =\n  '${base64}';\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = await kernelModule();
  if (process.argv.includes('--check')) {
    const same = (await readFile(out, 'utf8')) === text;
    process.exitCode = same ? 0 : 1;
    process.stdout.write(same ? 'same bytes\n' : 'src/kernel-bytes.ts is stale: run node kernels/build.mjs\n');
  } else {
    await writeFile(out, text);
  }
}
