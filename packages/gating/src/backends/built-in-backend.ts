import type { GateBackend } from './backend.js';
import { forward, type GradientOptions } from './gradient.js';

/**
 * The backend that is always there: this package's own arithmetic on numeric's kernels. Its numbers are the same on every machine, to the last bit.
 * @param options `precision` of matrix products, 'float32' unless told otherwise; `heldLogits`: memory beside time where K × N is large
 */
export function builtInBackend(options: GradientOptions = {}): GateBackend {
  const settings = { ...options, precision: options.precision ?? 'float32' };
  return {
    name: 'built-in',
    precision: settings.precision,
    forward: (gate, inputs) => forward(gate, inputs, settings),
  };
}
