import type { OptimizerChoice } from './fit-options.js';

/** What an optimiser remembers between steps; `slots` are as many arrays as it needs, each as long as the parameters. */
export interface OptimizerState {
  readonly slots: readonly Float64Array[];
  /** Steps done. */
  readonly steps: number;
}

/** How far one step goes. */
export interface StepSize {
  readonly learningRate: number;
  /** Whether weight decay applies to these parameters. @defaultValue true */
  readonly decay?: boolean;
}

/** The memory of an optimiser that has done nothing yet, for `size` parameters. */
export function startOptimizer(choice: OptimizerChoice, size: number): OptimizerState {
  const count = choice.kind === 'adamw' ? 2 : 1;
  return { slots: Array.from({ length: count }, () => new Float64Array(size)), steps: 0 };
}

/**
 * One step of gradient descent, in place on the parameters and on the state's slots; all arithmetic in float64.
 * - adamw (Loshchilov & Hutter 2019; with weightDecay 0 it is Kingma & Ba's Adam): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 *   θ ← θ − lr (m̂ / (√v̂ + ε) + λθ)
 * - sgd: m ← μm + g, θ ← θ − lr (m + λθ)
 * - adagrad (Duchi 2011): s ← s + g², θ ← θ − lr (g / (√s + ε) + λθ)
 * @returns the state with its step counted
 */
export function optimizerStep(
  choice: OptimizerChoice,
  parameters: Float64Array,
  gradient: Float64Array,
  { state, learningRate, decay = true }: StepSize & { readonly state: OptimizerState },
): OptimizerState {
  const steps = state.steps + 1;
  const direction = directionOf(choice, state.slots, steps);
  const { weightDecay = choice.kind === 'adamw' ? 0.01 : 0 } = choice;
  const lambda = decay ? weightDecay : 0;
  for (let i = 0; i < parameters.length; i++) {
    parameters[i] -= learningRate * (direction(i, gradient[i]) + lambda * parameters[i]);
  }
  return { slots: state.slots, steps };
}

function directionOf(
  choice: OptimizerChoice,
  slots: readonly Float64Array[],
  steps: number,
): (i: number, g: number) => number {
  switch (choice.kind) {
    case 'adamw': {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = choice;
      const [m, v] = slots;
      const [first, second] = [1 - beta1 ** steps, 1 - beta2 ** steps];
      return (i, g) => {
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        return m[i] / first / (Math.sqrt(v[i] / second) + epsilon);
      };
    }
    case 'sgd': {
      const { momentum = 0 } = choice;
      const [m] = slots;
      return (i, g) => (m[i] = momentum * m[i] + g);
    }
    case 'adagrad': {
      const { epsilon = 1e-10 } = choice;
      const [s] = slots;
      return (i, g) => {
        s[i] += g * g;
        return g / (Math.sqrt(s[i]) + epsilon);
      };
    }
  }
}
