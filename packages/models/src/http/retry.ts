import { setTimeout } from 'node:timers/promises';
import { ModelError } from '../errors.js';
import { exchange, type ExchangeSettings, type Question } from './exchange.js';
import { Fault, Refusal } from './fault.js';

/** Options of repeating a question. */
export interface RetrySettings extends ExchangeSettings {
  /** Replaces waiting between tries. */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 5;
const LONGEST_WAIT = 30_000;

/**
 * Asks a question until it is answered: 5 tries, 0.5, 1, 2 and 4 s apart, or what `retry-after` asks for, 30 s at most.
 * @returns the JSON answered
 * @throws ModelError `server` after the last try, or at once when the server declines; what the signal was aborted with
 */
export async function exchangeWithRetries(question: Question, settings: RetrySettings): Promise<unknown> {
  const { sleep = setTimeout, signal } = settings;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await exchange(question, settings, signal);
    } catch (cause) {
      if (cause instanceof Refusal) {
        const problem = `${question.url} refused the request with ${cause.status}: ${cause.message}`;
        throw new ModelError('server', problem, { cause, remedy: "Check the model's name and the key." });
      }
      if (!(cause instanceof Fault)) throw cause;
      if (attempt === TRIES - 1) {
        const remedy = cause.advice ?? 'Check that the server runs and is not overloaded, and try again.';
        throw new ModelError('server', `${question.url} ${cause.message}, ${TRIES} times.`, { cause, remedy });
      }
      await sleep(Math.min(cause.retryAfter ?? 500 * 2 ** attempt, LONGEST_WAIT));
    }
  }
}
