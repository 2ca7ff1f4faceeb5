/** Bytes that are no gate, or no checkpoint of this fit. The message says what was found and what was needed; `code` is for programs. */
export class GateFormatError extends Error {
  override readonly name = 'GateFormatError';
  readonly code = 'gate-format';
}
