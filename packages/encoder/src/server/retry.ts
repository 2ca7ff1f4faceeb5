import { ServerError, reasonOf } from '../errors.js';

/** How a request is made and repeated. */
export interface RetryOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 5;
const LONGEST_WAIT = 30_000;
const REQUEST_TIMEOUT = 120_000;

/**
 * The first answer that is neither 429 nor 5xx; those and broken connections are tried five times, waiting 0.5, 1, 2, 4 s between,
 * or what `retry-after` asks for, 30 s at most.
 * @throws ServerError after the last try; what the caller's signal was aborted with, at once
 */
export async function fetchWithRetries(url: string, init: RequestInit, options: RetryOptions): Promise<Response> {
  const { fetch, sleep, signal } = options;
  let trouble = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
    let wait = Math.min(500 * 2 ** attempt, LONGEST_WAIT);
    try {
      const response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      if (response.status !== 429 && response.status < 500) return response;
      trouble = `answered ${response.status}`;
      wait = waitAsked(response) ?? wait;
      await response.body?.cancel();
    } catch (error) {
      signal?.throwIfAborted();
      trouble = `could not be reached (${causeOf(error)})`;
    }
    if (attempt < TRIES - 1) await sleep(wait);
  }
  throw new ServerError(
    `${url} ${trouble}, ${TRIES} times. Check that the server runs and is not overloaded, and try again.`,
  );
}

function waitAsked(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, LONGEST_WAIT) : undefined;
}

/** fetch says only "fetch failed"; why stands in its cause. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) || error.message : reasonOf(error);
}
