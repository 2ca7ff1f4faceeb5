import { MopError, type MopErrorOptions } from '@mixture-of-personas/numeric';

/** A template and the values for it do not fit. The message names the template, the role and the placeholder. */
export class PromptError extends MopError {
  constructor(problem: string, options?: MopErrorOptions) {
    super('prompt', problem, options);
  }
}

/** Personas cannot be read or made from the input. The message says what is needed. */
export class PersonaError extends MopError {
  constructor(problem: string, options?: MopErrorOptions) {
    super('persona', problem, options);
  }
}

/** There are fewer different records than exemplars asked for. */
export class ExemplarError extends MopError {
  constructor(problem: string, options?: MopErrorOptions) {
    super('exemplar', problem, options);
  }
}

/** A text source lacks something: attribute values, classes, scores. The message says what to give. */
export class BaselineError extends MopError {
  constructor(problem: string, options?: MopErrorOptions) {
    super('baseline', problem, options);
  }
}
