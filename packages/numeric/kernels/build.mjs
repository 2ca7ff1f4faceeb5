// Compiles each kernel of this folder and writes its bytes to src/bytes/<name>-bytes.ts. `--check` only says whether the committed bytes agree.
import { buildKernels, compileKernel } from './compile.mjs';

export const KERNELS = ['products', 'k-means', 'exp', 'gram', 'gram-fma', 'gram-single', 'gram-single-fma', 'dense'];

/** The TypeScript module that holds a compiled kernel. */
export const kernelModule = (name) => compileKernel(new URL('.', import.meta.url), name);

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await buildKernels(new URL('.', import.meta.url), KERNELS, 'src/bytes');
}
