// Compiles each kernel of this folder and writes its bytes to src/bytes/<name>-bytes.ts. `--check` only says whether the committed bytes agree.
import { buildKernels, compileKernel } from '../../numeric/kernels/compile.mjs';

/** Module names; their endings are explained in compile.mjs. */
export const KERNELS = ['bins', 'int16', 'int16-shared'];

/** The TypeScript module that holds a compiled kernel. */
export const kernelModule = (name) => compileKernel(new URL('.', import.meta.url), name);

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await buildKernels(new URL('.', import.meta.url), KERNELS, 'src/bytes');
}
