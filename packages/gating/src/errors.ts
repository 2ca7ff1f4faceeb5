import { MopError } from '@mixture-of-personas/numeric';

/** Bytes that are no gate, or no checkpoint of this fit: the message says what was found and what was needed. Code: `gate-format`. */
export class GateFormatError extends MopError {
  constructor(problem: string, remedy?: string) {
    super('gate-format', problem, { remedy });
  }
}
