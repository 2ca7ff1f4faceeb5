import type { FaultKind } from '@mixture-of-personas/models';

/** Requests in flight to begin with. */
const START = 8;
/** Rest of the limit after a server said that it is busy or was too slow. */
const BACK_OFF = 0.7;
/** Milliseconds an unreachable server is left alone at first; doubles with each failure in a row. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

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
  readonly #most: number;
  #limit: number;
  #probing = true;
  #failures = 0;
  #backedOffAt = -Infinity;
  #answeredAt = -Infinity;

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

  hasRoom(now: number): boolean {
    return this.inFlight < this.limit && now >= this.pausedUntil;
  }

  /** Takes note of an answer; `full`: the limit was reached when it was asked. */
  succeeded(full: boolean, now: number): void {
    this.#failures = 0;
    this.#answeredAt = now;
    if (!full) return;
    this.#limit = Math.min(this.#most, this.#limit + (this.#probing ? 1 : 1 / this.#limit));
  }

  /**
   * Takes note of a fault of a request sent at `sentAt`; faults of one round back off once. A deadline missed or a connection lost while other
   * requests were answered is that request's trouble; while none was, it is the server's.
   */
  failed(kind: FaultKind, times: { sentAt: number; now: number; retryAfter: number | undefined }): void {
    const { sentAt, now, retryAfter } = times;
    if (retryAfter !== undefined) this.pausedUntil = Math.max(this.pausedUntil, now + retryAfter);
    if (kind === 'broken' || (kind !== 'busy' && this.#answeredAt > sentAt)) return;
    if (kind === 'down') {
      const pause = Math.min(FIRST_PAUSE * 2 ** this.#failures++, LONGEST_PAUSE);
      this.pausedUntil = Math.max(this.pausedUntil, now + pause);
    }
    if (sentAt < this.#backedOffAt) return;
    this.#backedOffAt = now;
    this.#probing = false;
    this.#limit = Math.max(1, this.#limit * BACK_OFF);
  }
}
