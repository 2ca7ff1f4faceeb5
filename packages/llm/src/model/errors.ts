/** Why a model could not be used. */
export type ModelErrorCode =
  | 'choice'
  | 'not-installed'
  | 'folder-missing'
  | 'no-weights'
  | 'no-tokenizer'
  | 'no-config'
  | 'unsupported'
  | 'not-found'
  | 'prompt'
  | 'too-long'
  | 'failed'
  | 'not-finite'
  | 'server'
  | 'refused'
  | 'cannot-score'
  | 'tokenizer-mismatch'
  | 'joined-tokens'
  | 'too-wide'
  | 'closed';

/** A language model that cannot be opened or used. The message says what was looked for and what to do; `code` is for programs. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Why the score store could not be read or written. */
export type StoreErrorCode = 'disk-full' | 'not-writable' | 'unreadable' | 'closed';

/** A score store that cannot be read or written. Curves stored before it are intact. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
