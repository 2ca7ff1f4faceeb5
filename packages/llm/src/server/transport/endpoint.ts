import type { Fault, FaultKind } from '@mixture-of-personas/models';

/** Requests in flight to begin with. */
const START = 8;
/** Rest of the limit after a server said that it is busy or was too slow. */
const BACK_OFF = 0.7;
/** Answers that take longer than this share of the deadline come from a queue: more requests in flight would only lengthen it. */
const QUEUES = 1 / 8;
/** Weight of the past in the rate of answers, by answer. */
const MEMORY = 0.97;

/**
 * One server and how much it is trusted with. Its limit of requests in flight doubles each round while the server is healthy and the limit
 * is what holds requests back; after the first back-off it grows by one a round (additive increase, multiplicative decrease).
 */
export class Endpoint {
  readonly url: string;
  /** Share of the load relative to the others. */
  readonly weight: number;
  inFlight = 0;
  /** Time before which nothing is sent, milliseconds as `performance.now()` counts. */
  pausedUntil = 0;
  /** Reason why nothing is sent until it answers again; undefined while it does. */
  lost: Fault | undefined;
  /** Tokens of prompt and completion that it takes, where it says so. */
  window: number | undefined;
  /** Ends what is in flight when the server is lost. */
  cut: AbortController = new AbortController();
  /** Last sign of life, or beginning of the requests in flight. */
  signAt: number = -Infinity;
  readonly #most: number;
  #limit: number;
  #probing = true;
  #backedOffAt = -Infinity;
  #answeredAt = -Infinity;
  #answers = 0;
  #busy = 0;
  #countedTo = 0;

  constructor(url: string, weight: number, most: number) {
    this.url = url;
    this.weight = weight;
    this.#most = most;
    this.#limit = Math.min(START, most);
  }

  /** Requests it may have in flight now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Answers a millisecond of late, while it had requests; 0 before the first. */
  get rate(): number {
    return this.#busy === 0 ? 0 : this.#answers / this.#busy;
  }

  hasRoom(now: number): boolean {
    return this.lost === undefined && this.inFlight < this.limit && now >= this.pausedUntil;
  }

  /** Takes note of a request being sent. */
  sends(now: number): void {
    if (this.inFlight++ === 0) this.signAt = this.#countedTo = now;
  }

  /** Takes note of an answer to a request of `sentAt`; `full`: the limit was reached when it was asked. */
  succeeded(full: boolean, times: { sentAt: number; now: number; deadline: number }): void {
    const { sentAt, now, deadline } = times;
    this.#answeredAt = this.signAt = now;
    this.#answers = this.#answers * MEMORY + 1;
    this.#busy = this.#busy * MEMORY + (now - this.#countedTo);
    this.#countedTo = now;
    if (!full || now - sentAt > deadline * QUEUES) return;
    this.#limit = Math.min(this.#most, this.#limit + (this.#probing ? 1 : 1 / this.#limit));
  }

  /**
   * Takes note of a fault of a request sent at `sentAt`; faults of one round back off once. A deadline missed or a connection lost while other
   * requests were answered is that request's trouble; while none was, it is the server's.
   * @returns whether the server itself is gone
   */
  failed(kind: FaultKind, times: { sentAt: number; now: number; retryAfter: number | undefined }): boolean {
    const { sentAt, now, retryAfter } = times;
    if (retryAfter !== undefined) this.pausedUntil = Math.max(this.pausedUntil, now + retryAfter);
    if (kind === 'broken' || (kind !== 'busy' && this.#answeredAt > sentAt)) return false;
    if (sentAt >= this.#backedOffAt) {
      this.#backedOffAt = now;
      this.#probing = false;
      this.#limit = Math.max(1, this.#limit * BACK_OFF);
    }
    return kind === 'down';
  }

  /** Begins anew with a server that answers again. */
  returned(): void {
    this.lost = undefined;
    this.cut = new AbortController();
    this.#limit = Math.min(START, this.#most);
    this.#probing = true;
  }
}
