/** A template or the values for it do not fit. The message names the template, the role and the placeholder; `code` is for programs. */
export class PromptError extends Error {
  override readonly name = 'PromptError';
  readonly code = 'prompt';
}

/** Personas cannot be read or made from what was given. The message says what is needed; `code` is for programs. */
export class PersonaError extends Error {
  override readonly name = 'PersonaError';
  readonly code = 'persona';
}

/** More exemplars were asked for than there are different records. `code` is for programs. */
export class ExemplarError extends Error {
  override readonly name = 'ExemplarError';
  readonly code = 'exemplar';
}

/** A baseline lacks what it needs: attribute values, classes, scores. The message says what to give; `code` is for programs. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
  readonly code = 'baseline';
}
