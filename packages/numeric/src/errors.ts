/** Options of a `MopError`. */
export interface MopErrorOptions extends ErrorOptions {
  /** Remedy for the caller, one sentence. It is appended to the message. */
  readonly remedy?: string | undefined;
}

/**
 * The base class of every error that these packages throw on purpose. The message is one or two sentences for people: what was wrong
 * and what was needed, then the remedy. Subclasses add nothing but a name.
 */
export class MopError extends Error {
  /** A lower-case word for programs, such as `shape` or `too-long`. */
  readonly code: string;
  /** Problem: what was wrong and what was needed, without the remedy. */
  readonly problem: string;
  /** Remedy for the caller, where the problem does not say so. */
  readonly remedy: string | undefined;

  constructor(code: string, problem: string, options: MopErrorOptions = {}) {
    super(options.remedy === undefined ? problem : `${problem} ${options.remedy}`, options);
    this.name = new.target.name;
    this.code = code;
    this.problem = problem;
    this.remedy = options.remedy;
  }
}

/**
 * An input of the wrong shape or with unusable numbers. The message says where it was noticed, what was expected, what came and
 * what to do about it; `code` is for programs.
 */
export class ShapeError extends MopError {
  constructor(where: string, expected: string, actual: string, advice: string) {
    super('shape', `${where}: expected ${expected}, got ${actual}.`, { remedy: advice });
  }
}

/** A setting outside its range. The message names the setting, its range and the value given; `code` is for programs. */
export class SettingError extends MopError {
  constructor(where: string, setting: string, expected: string, actual: unknown) {
    super('setting', `${where}: ${setting} must be ${expected}, got ${String(actual)}.`);
  }
}
