/**
 * Fault of one sending of a request. `busy`: 429 or 503; `slow`: the deadline passed; `down`: no connection; `broken`: anything
 * else that another sending may put right.
 */
export type FaultKind = 'busy' | 'slow' | 'down' | 'broken';

/** Advice where an answer's numbers are not what they should be. */
export const EXAMINE = 'Examine the server with mop doctor, and look at its log.';

/** A sending that failed and may be repeated; never leaves the engine. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;
  /** Milliseconds the server asked to wait, when it did. */
  readonly retryAfter: number | undefined;
  /** Remedy for a person, a sentence, where the kind does not say it. */
  readonly advice: string | undefined;

  /** `message` follows the server's URL in a sentence: "answered 500". */
  constructor(kind: FaultKind, message: string, more: { retryAfter?: number | undefined; advice?: string } = {}) {
    super(message);
    this.kind = kind;
    this.retryAfter = more.retryAfter;
    this.advice = more.advice;
  }
}

/** A request that the server understood and declined (4xx): sending it again would change nothing. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
