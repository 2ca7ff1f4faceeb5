import type { Importer } from '@mixture-of-personas/numeric';

import type { GateBackend } from './backend.js';
import { builtInBackend } from './built-in-backend.js';
import { tfjsBackend } from './tfjs-backend.js';

/** Backends that `chooseBackend` may try before the built-in one, in its order of preference. */
export type OptionalBackend = 'tfjs-node-gpu' | 'tfjs-node';

/** Which backend is in use, and why none of the better ones is. */
export interface BackendChoice {
  readonly backend: GateBackend;
  /** Backends tried before it, in order, each with the reason in a sentence. */
  readonly refused: readonly { readonly name: OptionalBackend; readonly reason: string }[];
}

/**
 * The first of `@tensorflow/tfjs-node-gpu`, `@tensorflow/tfjs-node` and the built-in backend that is installed and computes a product correctly. All give the same numbers
 * within float32; only the built-in one promises the same bits on every machine and after a resume.
 * @param options `candidates`: which of the optional ones to try, @defaultValue both; `importer`: how to load them, @defaultValue `import()`
 */
export async function chooseBackend(
  options: { readonly candidates?: readonly OptionalBackend[]; readonly importer?: Importer } = {},
): Promise<BackendChoice> {
  const { candidates = ['tfjs-node-gpu', 'tfjs-node'], importer = (name: string) => import(name) } = options;
  const refused: { name: OptionalBackend; reason: string }[] = [];
  for (const name of candidates) {
    try {
      return { backend: await tfjsBackend(`@tensorflow/${name}`, importer), refused };
    } catch (error) {
      refused.push({ name, reason: reasonOf(name, error) });
    }
  }
  return { backend: builtInBackend(), refused };
}

function reasonOf(name: OptionalBackend, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return `@tensorflow/${name} is not installed (npm i @tensorflow/${name}).`;
  }
  const firstLine = String(message ?? error).split('\n')[0];
  return `@tensorflow/${name} is installed but does not work: ${firstLine}`;
}
