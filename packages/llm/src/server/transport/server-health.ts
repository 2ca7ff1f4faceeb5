import { exchange, Fault, property, Refusal } from '@mixture-of-personas/models';
import type { Endpoint } from './endpoint.js';
import type { ServerSettings } from './server-options.js';

/** Longest wait before something is tried again, milliseconds. */
export const LONGEST_DELAY = 30_000;

/** Facts about the requests of a pool, and whom to tell when a server is lost or returns. */
interface PoolState {
  isNeeded(this: void): boolean;
  changed(this: void): void;
}

/**
 * Tells which servers of a pool can be asked. One that cannot be reached, or is silent and answers no question that costs it nothing, is lost: what
 * it has in flight is given back, and it is asked repeatedly until it answers.
 */
export class ServerHealth {
  /** Examines a lost server that answers again, before it is sent anything. @throws Error with the reason not to use it */
  admit: (endpoint: Endpoint) => Promise<void> = () => Promise.resolve();
  readonly #endpoints: readonly Endpoint[];
  readonly #settings: ServerSettings;
  readonly #state: PoolState;
  readonly #returning = new Set<Endpoint>();

  constructor(endpoints: readonly Endpoint[], settings: ServerSettings, state: PoolState) {
    this.#endpoints = endpoints;
    this.#settings = settings;
    this.#state = state;
  }

  /** Asks servers that have been silent for long whether they are there. */
  look(): void {
    const now = performance.now();
    for (const endpoint of this.#endpoints) {
      const { lost, inFlight, signAt } = endpoint;
      if (lost !== undefined || inFlight === 0 || now - signAt < this.#settings.silence) continue;
      endpoint.signAt = Infinity; // not asked twice at a time
      void this.isThere(endpoint).then(() => (endpoint.signAt = performance.now()));
    }
  }

  /** Whether a server answers; one that does not is lost. */
  async isThere(endpoint: Endpoint): Promise<boolean> {
    const fault = await this.#faultOf(endpoint);
    if (fault !== undefined) this.lose(endpoint, fault);
    return fault === undefined;
  }

  async #faultOf(endpoint: Endpoint): Promise<Fault | undefined> {
    const wait = 2 * this.#settings.silence;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Fault('down', `gave no answer for ${wait / 1000} s`)), wait);
    try {
      const models = property(await exchange({ url: `${endpoint.url}/models` }, this.#settings, late.signal), 'data');
      // vLLM says of its models how many tokens they take.
      const window = property(Array.isArray(models) ? models[0] : undefined, 'max_model_len');
      endpoint.window = typeof window === 'number' ? window : undefined;
      return undefined;
    } catch (error) {
      if (error instanceof Refusal || (error instanceof Fault && error.kind === 'busy')) return undefined;
      return error instanceof Fault ? error : new Fault('down', `could not be reached (${String(error)})`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends nothing to a server until it answers again. */
  lose(endpoint: Endpoint, fault: Fault): void {
    if (endpoint.lost !== undefined) return;
    endpoint.lost = fault;
    endpoint.cut.abort(new Fault('down', fault.message));
    const others = this.#endpoints.some(({ lost }) => lost === undefined);
    const then = others ? '; the others take its share until it answers' : '';
    this.#settings.onNotice(`The server ${endpoint.url} ${fault.message}${then}.`);
    if (this.#state.isNeeded()) this.awaitReturns();
    this.#state.changed();
  }

  /** Asks lost servers again and again, while there are requests that they could take. */
  awaitReturns(): void {
    for (const endpoint of this.#endpoints) {
      if (endpoint.lost === undefined || this.#returning.has(endpoint)) continue;
      this.#returning.add(endpoint);
      void this.#awaitReturn(endpoint).finally(() => this.#returning.delete(endpoint));
    }
  }

  async #awaitReturn(endpoint: Endpoint): Promise<void> {
    const { onNotice, retryDelay } = this.#settings;
    let said = '';
    for (let wait = retryDelay; ; wait = Math.min(2 * wait, LONGEST_DELAY)) {
      await pause(wait, undefined);
      if (!this.#state.isNeeded()) return;
      if ((await this.#faultOf(endpoint)) !== undefined) continue;
      const refusal = await this.admit(endpoint).then(() => undefined, String);
      if (refusal === undefined) break;
      if (refusal !== said) onNotice(`The server ${endpoint.url} answers again but is not used. ${refusal}`);
      said = refusal;
    }
    endpoint.returned();
    onNotice(`The server ${endpoint.url} answers again.`);
    this.#state.changed();
  }
}

/** Waits. @throws what the signal was aborted with, at once */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
  signal?.throwIfAborted();
}
