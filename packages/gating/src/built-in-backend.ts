import type { GateBackend } from './backend.js';
import { forward } from './gradient.js';
import type { Precision } from './products.js';

/**
 * The backend that is always there: this package's own arithmetic on numeric's kernels. Its numbers are the same on every machine, to the last bit.
 * @param options `precision` of matrix products; @defaultValue 'float32'
 */
export function builtInBackend(options: { readonly precision?: Precision } = {}): GateBackend {
  const { precision = 'float32' } = options;
  return { name: 'built-in', precision, forward: (gate, inputs) => forward(gate, inputs, { precision }) };
}
