import { Fault } from '@mixture-of-personas/models';
import { randomFor } from '@mixture-of-personas/numeric';
import { ModelError } from '../../model/errors.js';
import { Endpoint } from './endpoint.js';
import { LONGEST_DELAY, pause, ServerHealth } from './server-health.js';
import type { ServerSettings } from './server-options.js';

/** A server takes no request that would leave it at work for longer than this many times what all servers together have left. */
const FAIR = 2;

/** Signals that end a call of `EndpointPool.run`. */
export interface RunSignals {
  /** Ends it at once, in flight or not. */
  readonly signal?: AbortSignal | undefined;
  /** Ends it where it waits; what is in flight is still waited for. */
  readonly stop?: AbortSignal | undefined;
}

/** A request that waits for a server. */
interface Waiter {
  /** The server that it comes from, to be avoided where there is a choice. */
  readonly avoided: Endpoint | undefined;
  /** Gives it the server, or the error that ends its wait. */
  settle(result: Endpoint | Error): void;
}

/**
 * Servers that share a load: each request goes to the one with the most room, and after a fault to another one where there is one. What a lost
 * server had goes to the others.
 */
export class EndpointPool {
  readonly endpoints: readonly Endpoint[];
  readonly health: ServerHealth;
  readonly #settings: ServerSettings;
  readonly #waiting = new Set<Waiter>();
  #dispatching = false;
  #wake: NodeJS.Timeout | undefined;
  /** Requests of this pool in flight; an endpoint counts those of other pools too. */
  #running = 0;
  #watch: NodeJS.Timeout | undefined;
  #end: NodeJS.Timeout | undefined;
  #delays = 0;

  constructor(endpoints: readonly Endpoint[], settings: ServerSettings) {
    this.endpoints = endpoints;
    this.#settings = settings;
    this.health = new ServerHealth(endpoints, settings, {
      isNeeded: () => this.#waiting.size + this.#running > 0,
      changed: () => this.#dispatchSoon(),
    });
  }

  /** Requests that can be of use in flight together. */
  get capacity(): number {
    return this.endpoints.length * this.#settings.concurrency;
  }

  /**
   * Sends a request until it is answered.
   * @param send one sending; throws Fault when another may help
   * @param inWords makes the error that people see of any other that `send` throws
   * @throws ModelError `server` after as many tries as the settings allow, or when no server answered for as long as they allow; whatever else
   *   `send` throws
   */
  async run<Answer>(
    send: (endpoint: Endpoint, signal: AbortSignal | undefined) => Promise<Answer>,
    { signal, stop }: RunSignals,
    inWords: (error: unknown, endpoint: Endpoint) => unknown = (error) => error,
  ): Promise<Answer> {
    // One of its own: Node warns where more than ten listen to one signal.
    const either = AbortSignal.any([signal, stop].filter((each) => each !== undefined));
    let last: Endpoint | undefined;
    for (let attempt = 1; ; attempt++) {
      const endpoint = await this.#acquire(last, either);
      last = endpoint;
      try {
        return await this.#once(endpoint, send, signal);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw inWords(fault, endpoint);
        if (attempt >= this.#settings.tries) throw exhausted(endpoint, fault, attempt);
        if (endpoint.lost === undefined) await pause(Math.max(this.#delay(attempt), fault.retryAfter ?? 0), either);
      }
    }
  }

  async #once<Answer>(
    endpoint: Endpoint,
    send: (endpoint: Endpoint, signal: AbortSignal | undefined) => Promise<Answer>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const sentAt = performance.now();
    const full = endpoint.inFlight >= endpoint.limit;
    const cut = endpoint.cut.signal;
    this.#running += 1;
    this.#watch ??= setInterval(() => this.health.look(), this.#settings.silence / 4);
    try {
      const answer = await send(endpoint, signal === undefined ? cut : AbortSignal.any([signal, cut]));
      endpoint.succeeded(full, { sentAt, now: performance.now(), deadline: this.#settings.deadline });
      return answer;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const gone = endpoint.failed(error.kind, { sentAt, now: performance.now(), retryAfter: error.retryAfter });
      if (gone && this.#settings.patience > 0) this.health.lose(endpoint, error);
      throw error;
    } finally {
      endpoint.inFlight -= 1;
      this.#running -= 1;
      this.#dispatchSoon();
      if (this.#running === 0) {
        clearInterval(this.#watch);
        this.#watch = undefined;
      }
    }
  }

  /** Waits for room at a server and takes it, at another one than `avoided` where there is a choice. */
  #acquire(avoided: Endpoint | undefined, signal: AbortSignal): Promise<Endpoint> {
    return new Promise((resolve, reject) => {
      const settle = (result: Endpoint | Error): void => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', aborted);
        if (result instanceof Endpoint) return resolve(result);
        if (this.#waiting.size === 0) this.#clearWaits();
        reject(result);
      };
      const aborted = (): void => settle(signal.reason as Error);
      const waiter: Waiter = { avoided, settle };
      this.#waiting.add(waiter);
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      this.health.awaitReturns();
      this.#dispatchSoon();
    });
  }

  /** Gives waiting requests to servers once all that are asked for at a time are known. */
  #dispatchSoon(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const waiter of this.#waiting) {
      const endpoint = this.#roomiest(waiter.avoided);
      if (endpoint === undefined) break;
      endpoint.sends(performance.now());
      waiter.settle(endpoint);
    }
    this.#clearWaits();
    if (this.#waiting.size === 0) return;
    if (this.#isDeserted) this.#endAfterPatience();
    else this.#wakeAfterPause();
  }

  get #isDeserted(): boolean {
    return this.endpoints.every(({ lost }) => lost !== undefined);
  }

  #roomiest(avoided: Endpoint | undefined): Endpoint | undefined {
    const now = performance.now();
    const open = this.endpoints.filter((endpoint) => endpoint.hasRoom(now) && this.#isFair(endpoint));
    const others = open.filter((endpoint) => endpoint !== avoided);
    const load = ({ inFlight, weight }: Endpoint): number => (inFlight + 1) / weight;
    return (others.length > 0 ? others : open).sort((a, b) => load(a) - load(b))[0];
  }

  /** Whether one request more keeps a server at work no longer than its share: a slow one would still be at it when all others are done. */
  #isFair({ inFlight, rate }: Endpoint): boolean {
    const up = this.endpoints.filter(({ lost }) => lost === undefined);
    const fastest = Math.max(...up.map((endpoint) => endpoint.rate));
    if (rate === 0 || rate === fastest) return true;
    const requests = up.reduce((sum, endpoint) => sum + endpoint.inFlight, this.#waiting.size);
    const together = up.reduce((sum, endpoint) => sum + endpoint.rate, 0);
    return (inFlight + 1) / rate <= (FAIR * requests) / together;
  }

  #wakeAfterPause(): void {
    const now = performance.now();
    const ends = this.endpoints.map(({ pausedUntil }) => pausedUntil).filter((end) => end > now);
    if (ends.length > 0) this.#wake = setTimeout(() => this.#dispatch(), Math.max(1, Math.min(...ends) - now + 1));
  }

  #clearWaits(): void {
    clearTimeout(this.#wake);
    if (this.#waiting.size > 0 && this.#isDeserted) return;
    clearTimeout(this.#end);
    this.#end = undefined;
  }

  /** Fails what waits when no server has come back. */
  #endAfterPatience(): void {
    const { patience, onNotice } = this.#settings;
    if (this.#end !== undefined) return;
    onNotice(`No server answers; waiting up to ${minutes(patience)} for one.`);
    this.#end = setTimeout(() => {
      const error = noServer(this.endpoints, patience);
      for (const waiter of [...this.#waiting]) waiter.settle(error);
    }, patience);
  }

  /** Milliseconds before the next sending: doubles, half of it drawn so that many clients do not come back together. */
  #delay(attempt: number): number {
    const whole = Math.min(this.#settings.retryDelay * 2 ** (attempt - 1), LONGEST_DELAY);
    return whole * (0.5 + 0.5 * randomFor(process.pid, 'retry', this.#delays++)());
  }
}

function minutes(milliseconds: number): string {
  return milliseconds < 60_000 ? `${milliseconds / 1000} s` : `${Math.round(milliseconds / 60_000)} min`;
}

function noServer(endpoints: readonly Endpoint[], patience: number): ModelError {
  const found = endpoints.map(({ url, lost }) => `${url} ${lost?.message ?? ''}`).join('; ');
  const message = `No server answered for ${minutes(patience)} (${found}); what was answered before is kept. Start one, and run the same command again.`;
  return new ModelError('server', message, { cause: endpoints[0]?.lost });
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
