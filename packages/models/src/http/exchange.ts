import { Fault, Refusal } from './fault.js';
import { property, reasonOf } from '../errors.js';

/** Bytes of an answer at most: 4,000 tokens with 1,000 log-probabilities each are 300 MB. */
const MOST_BYTES = 512 * 2 ** 20;
/** Codes of a connection that the other side has closed. */
const CLOSED = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];
/** Longest wait that a server's `retry-after` is obeyed for, milliseconds. */
const LONGEST_WAIT = 600_000;

/** Options of a request. */
export interface ExchangeSettings {
  /** Milliseconds from sending a request to the last byte of its answer. */
  readonly deadline: number;
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
  /** The key, cut out of what servers say; empty without one. */
  readonly secret: string;
}

/** One question to a server. */
export interface Question {
  readonly url: string;
  /** Sent as JSON; a GET without. */
  readonly body?: object;
}

/**
 * Sends a question once and reads its answer, the whole of it within the deadline.
 * @returns the JSON answered
 * @throws Fault when another sending may help, Refusal when the server declined; what the caller's signal was aborted with
 */
export async function exchange(
  question: Question,
  settings: ExchangeSettings,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const text = textOf(await exchangeBytes(question, settings, signal), settings);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const shown = startOf(text);
    const what = shown.startsWith('<') ? 'answered in HTML' : 'did not answer in JSON';
    const advice = 'Check that this is the address of an OpenAI-compatible server, with nothing in between.';
    throw new Fault('broken', `${what} (${shown.slice(0, 60)})`, { advice });
  }
}

/**
 * The same for answers that are no JSON.
 * @returns the bytes answered
 * @throws as `exchange` does
 */
export async function exchangeBytes(
  { url, body }: Question,
  settings: ExchangeSettings,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(settings.deadline);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const headers = { ...settings.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  let status = 0;
  try {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await resent(() => settings.fetch(url, { ...init, headers, signal: either }));
    status = response.status;
    const bytes = await bytesOf(response);
    if (status >= 400) refuse(response, textOf(bytes, settings));
    return bytes;
  } catch (error) {
    if (error instanceof Fault || error instanceof Refusal) throw error;
    signal?.throwIfAborted();
    if (deadline.aborted) throw new Fault('slow', `gave no whole answer within ${settings.deadline / 1000} s`);
    throw status === 0
      ? new Fault('down', `could not be reached (${causeOf(error)})`)
      : new Fault('broken', `closed the connection in the middle of its answer (${causeOf(error)})`);
  }
}

/** Sends once more, at once, what met a closed connection: servers close idle ones after seconds, some just as they are used again. */
async function resent(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (!CLOSED.includes(causeOf(error))) throw error;
    return send();
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return new Uint8Array(0);
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Fault('broken', `sent more than ${MOST_BYTES / 2 ** 20} MB`);
    parts.push(chunk);
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

/** The text of an answer, without the key, should a server repeat it. */
function textOf(bytes: Uint8Array, { secret }: ExchangeSettings): string {
  const text = new TextDecoder().decode(bytes);
  return secret === '' ? text : text.replaceAll(secret, '[key]');
}

function startOf(text: string): string {
  return text.slice(0, 2000).trim().replace(/\s+/g, ' ').slice(0, 160);
}

/** Tells an answer of status 400 or above as what it is. */
function refuse({ status, headers }: Response, text: string): never {
  const shown = startOf(text);
  if (status === 429 || status === 503) {
    const retryAfter = waitAsked(headers.get('retry-after'));
    throw new Fault('busy', `answered ${status} (too many requests)`, { retryAfter });
  }
  if (status === 408) throw new Fault('slow', `answered ${status}`);
  if (status >= 500) throw new Fault('broken', `answered ${status}${shown === '' ? '' : ` (${shown})`}`);
  throw new Refusal(status, messageIn(text) ?? shown);
}

/** The sentence in an error answer, `{"error": {"message"}}` or `{"message"}` or `{"detail"}`. */
function messageIn(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const inner = property(body, 'error') ?? body;
  const message = typeof inner === 'string' ? inner : (property(inner, 'message') ?? property(inner, 'detail'));
  return (typeof message === 'string' ? message : JSON.stringify(message))?.slice(0, 300);
}

/** Milliseconds of a `retry-after` header: seconds, or a date. */
function waitAsked(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return wait >= 0 ? Math.min(wait, LONGEST_WAIT) : undefined;
}

/** fetch says only "fetch failed"; why stands in its cause. */
function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = property(cause, 'code');
  return typeof code === 'string' ? code : reasonOf(cause);
}
