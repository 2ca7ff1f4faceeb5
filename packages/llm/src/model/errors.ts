import { ModelError } from '@mixture-of-personas/models';
import { MopError } from '@mixture-of-personas/numeric';

export { ModelError };

/** The error of a logit that is NaN or infinite. */
export function notFinite(): ModelError {
  return new ModelError(
    'not-finite',
    'The model gave a logit that is not a finite number; its weights may be damaged.',
  );
}

/** Codes of a `ModelError`: why a model could not be used. */
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
  | 'cannot-write'
  | 'tokenizer-mismatch'
  | 'other-weights'
  | 'joined-tokens'
  | 'unfit-server'
  | 'closed';

/** Codes of a `StoreError`: why the score store could not be read or written. */
export type StoreErrorCode = 'disk-full' | 'not-writable' | 'unreadable' | 'closed';

/** A score store that cannot be read or written. Curves stored before it are intact. */
export class StoreError extends MopError {}
