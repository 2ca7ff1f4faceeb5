import { setTimeout as sleep } from 'node:timers/promises';
import { randomFor } from '@mixture-of-personas/numeric';
import { ModelError } from '../../model/errors.js';
import type { Endpoint } from './endpoint.js';
import { Fault } from '@mixture-of-personas/models';
import type { ServerSettings } from './server-options.js';

const LONGEST_DELAY = 30_000;

/** Signals that end a call of `EndpointPool.run`. */
export interface RunSignals {
  /** Ends it at once, in flight or not. */
  readonly signal?: AbortSignal | undefined;
  /** Ends it where it waits; what is in flight is still waited for. */
  readonly stop?: AbortSignal | undefined;
}

/** Servers that share a load: each request goes to the one with the most room, and after a fault to another one where there is one. */
export class EndpointPool {
  readonly endpoints: readonly Endpoint[];
  readonly #settings: ServerSettings;
  readonly #waiting: (() => void)[] = [];
  #wake: NodeJS.Timeout | undefined;
  #delays = 0;

  constructor(endpoints: readonly Endpoint[], settings: ServerSettings) {
    this.endpoints = endpoints;
    this.#settings = settings;
  }

  /** Requests that can be of use in flight together. */
  get capacity(): number {
    return this.endpoints.length * this.#settings.concurrency;
  }

  /**
   * Sends a request until it is answered.
   * @param send one sending; throws Fault when another may help
   * @throws ModelError `server` after as many tries as the settings allow; whatever else `send` throws
   */
  async run<Answer>(
    send: (endpoint: Endpoint, signal: AbortSignal | undefined) => Promise<Answer>,
    { signal, stop }: RunSignals,
  ): Promise<Answer> {
    const either = signal === undefined || stop === undefined ? (signal ?? stop) : AbortSignal.any([signal, stop]);
    let last: Endpoint | undefined;
    for (let attempt = 1; ; attempt++) {
      const endpoint = await this.#acquire(last, either);
      last = endpoint;
      const outcome = await this.#once(endpoint, send, signal);
      if ('answer' in outcome) return outcome.answer;
      const { fault } = outcome;
      if (attempt >= this.#settings.tries) throw exhausted(endpoint, fault, attempt);
      await pause(Math.max(this.#delay(attempt), fault.retryAfter ?? 0), either);
    }
  }

  async #once<Answer>(
    endpoint: Endpoint,
    send: (endpoint: Endpoint, signal: AbortSignal | undefined) => Promise<Answer>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly answer: Answer } | { readonly fault: Fault }> {
    const sentAt = performance.now();
    const full = endpoint.inFlight >= endpoint.limit;
    try {
      const answer = await send(endpoint, signal);
      endpoint.succeeded(full, performance.now());
      return { answer };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      endpoint.failed(error.kind, { sentAt, now: performance.now(), retryAfter: error.retryAfter });
      return { fault: error };
    } finally {
      endpoint.inFlight -= 1;
      this.#next();
    }
  }

  /** Waits for room at a server and takes it, at another one than `avoided` where there is a choice. */
  async #acquire(avoided: Endpoint | undefined, signal: AbortSignal | undefined): Promise<Endpoint> {
    for (;;) {
      signal?.throwIfAborted();
      const found = this.#roomiest(avoided);
      if (found !== undefined) {
        found.inFlight += 1;
        return found;
      }
      await this.#turn(signal);
    }
  }

  #roomiest(avoided: Endpoint | undefined): Endpoint | undefined {
    const now = performance.now();
    const open = this.endpoints.filter((endpoint) => endpoint.hasRoom(now));
    const others = open.filter((endpoint) => endpoint !== avoided);
    const load = ({ inFlight, weight }: Endpoint): number => (inFlight + 1) / weight;
    return (others.length > 0 ? others : open).reduce<Endpoint | undefined>(
      (best, endpoint) => (best === undefined || load(endpoint) < load(best) ? endpoint : best),
      undefined,
    );
  }

  /** Until room may have been made; woken in the order of asking. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    this.#wakeAfterPause();
    return new Promise((resolve) => {
      const done = (): void => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = (): void => {
        const at = this.#waiting.indexOf(done);
        if (at >= 0) this.#waiting.splice(at, 1);
        if (this.#waiting.length === 0) clearTimeout(this.#wake);
        resolve();
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiting.push(done);
    });
  }

  /** Wakes as many as there is room for. */
  #next(): void {
    const now = performance.now();
    let room = 0;
    for (const endpoint of this.endpoints) {
      if (endpoint.hasRoom(now)) room += endpoint.limit - endpoint.inFlight;
    }
    for (const done of this.#waiting.splice(0, room)) done();
    if (this.#waiting.length > 0) this.#wakeAfterPause();
  }

  #wakeAfterPause(): void {
    const now = performance.now();
    const ends = this.endpoints.map(({ pausedUntil }) => pausedUntil).filter((end) => end > now);
    if (ends.length === 0) return;
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => this.#next(), Math.max(1, Math.min(...ends) - now + 1));
  }

  /** Milliseconds before the next sending: doubles, half of it drawn so that many clients do not come back together. */
  #delay(attempt: number): number {
    const whole = Math.min(this.#settings.retryDelay * 2 ** (attempt - 1), LONGEST_DELAY);
    return whole * (0.5 + 0.5 * randomFor(process.pid, 'retry', this.#delays++)());
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}

function exhausted({ url }: Endpoint, fault: Fault, tries: number): ModelError {
  const advice = {
    busy: 'Lower the concurrency, or ask its owner for more.',
    slow: 'Raise the deadline or lower the concurrency, and look at its log.',
    down: 'Check the URL and that it runs.',
    broken: 'Look at its log.',
  }[fault.kind];
  const message = `The server ${url} ${fault.message}, ${tries} times in a row; what it answered before is kept. ${fault.advice ?? advice}`;
  return new ModelError('server', message, { cause: fault });
}
