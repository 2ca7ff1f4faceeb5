// Compiles the kernel of this folder and writes its bytes to src/scoring/logits-bytes.ts. `--check` only says whether the committed bytes agree.
import { buildKernels } from '../../numeric/kernels/compile.mjs';

await buildKernels(new URL('.', import.meta.url), ['logits'], 'src/scoring');
