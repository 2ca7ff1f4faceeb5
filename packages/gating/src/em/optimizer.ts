import type { OptimizerChoice } from './options.js';

/** Memory of an optimizer between steps; `slots` are as many arrays as it needs, each as long as the parameters. */
export interface OptimizerState {
  readonly slots: readonly Float64Array[];
  /** Steps done. */
  readonly steps: number;
}

/** Size of one step; `decay`: whether weight decay applies to these parameters, true unless told otherwise. */
interface StepSize {
  readonly state: OptimizerState;
  readonly learningRate: number;
  readonly decay?: boolean;
}

/** The memory of an optimizer that has done nothing yet, for `size` parameters. */
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
  { state, learningRate, decay = true }: StepSize,
): OptimizerState {
  const { weightDecay = choice.kind === 'adamw' ? 0.01 : 0 } = choice;
  const shrink = 1 - learningRate * (decay ? weightDecay : 0);
  const next = { slots: state.slots, steps: state.steps + 1 };
  const step = { ...next, learningRate, shrink };
  if (choice.kind === 'adamw') adamStep(choice, parameters, gradient, step);
  else if (choice.kind === 'sgd') sgdStep(choice, parameters, gradient, step);
  else adagradStep(choice, parameters, gradient, step);
  return next;
}

interface Step extends OptimizerState {
  readonly learningRate: number;
  /** 1 − lr λ. */
  readonly shrink: number;
}

type Of<Kind extends OptimizerChoice['kind']> = Extract<OptimizerChoice, { readonly kind: Kind }>;

function adamStep(choice: Of<'adamw'>, parameters: Float64Array, gradient: Float64Array, step: Step): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = choice;
  const [m, v] = step.slots;
  const rate = step.learningRate / (1 - beta1 ** step.steps);
  const second = 1 / (1 - beta2 ** step.steps);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i];
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    parameters[i] = step.shrink * parameters[i] - (rate * m[i]) / (Math.sqrt(v[i] * second) + epsilon);
  }
}

function sgdStep(choice: Of<'sgd'>, parameters: Float64Array, gradient: Float64Array, step: Step): void {
  const { momentum = 0 } = choice;
  const [m] = step.slots;
  for (let i = 0; i < parameters.length; i++) {
    m[i] = momentum * m[i] + gradient[i];
    parameters[i] = step.shrink * parameters[i] - step.learningRate * m[i];
  }
}

function adagradStep(choice: Of<'adagrad'>, parameters: Float64Array, gradient: Float64Array, step: Step): void {
  const { epsilon = 1e-10 } = choice;
  const [s] = step.slots;
  for (let i = 0; i < parameters.length; i++) {
    s[i] += gradient[i] * gradient[i];
    const move = gradient[i] / (Math.sqrt(s[i]) + epsilon);
    parameters[i] = step.shrink * parameters[i] - step.learningRate * move;
  }
}
