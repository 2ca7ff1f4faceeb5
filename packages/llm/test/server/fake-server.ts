import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.js';
import { FAULTS } from './faults.js';

/** Requests declined for good: `declines` and `allows fewer` say why, `repeats the key` says what it was sent. */
type Refusal = 'declines' | 'repeats the key' | 'allows fewer';

/** A request's body, as far as these tests look at it. */
export interface Asked {
  readonly model: string;
  readonly prompt: readonly number[] | string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens: number;
  readonly prompt_logprobs?: number;
  readonly echo?: boolean;
  readonly logprobs?: number;
}

/** A request to vLLM's `/inference/v1/generate`. */
export interface Generate {
  readonly token_ids: readonly number[];
  readonly sampling_params: { readonly prompt_logprobs: number; readonly skip_reading_prefix_cache: boolean };
}

/** Behavior of a fake server. */
export interface FakeServerOptions {
  /** The fault of the n-th sending (from 0) of a request, or none. */
  readonly faultOf?: (asked: Asked, sending: number, count: number) => Fault | Refusal | undefined;
  /** Milliseconds per request takes. @defaultValue 0 */
  readonly service?: number;
  /** Requests it works on at a time; others wait. @defaultValue no limit */
  readonly slots?: number;
  /** Answers in place of the usual one. */
  readonly answer?: (asked: Asked, path: string) => unknown;
  /** Log-probabilities a token that `allows fewer` says are allowed. */
  readonly allowed?: number;
  /** Answers `/inference/v1/generate`, which is not there otherwise. */
  readonly generate?: (asked: Generate) => unknown;
}

/** A server in this process. */
export interface FakeServer {
  readonly url: string;
  /** Completions asked for, in order, those of tests and probes alike. */
  readonly asked: readonly Asked[];
  readonly headers: readonly IncomingMessage['headers'][];
  close(): Promise<void>;
}

/** Log p of a token at a position: a formula, so that every server and every attempt agrees. */
export const logProbabilityOf = (id: number, position: number): number => -0.1 - ((id * 7 + position * 13) % 50) / 10;

/** Answers vLLM's contract for prompt_logprobs with that formula. */
export async function fakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const { service = 0, slots = Infinity, faultOf = () => undefined } = options;
  const asked: Asked[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const sendings = new Map<string, number>();
  const queue: (() => void)[] = [];
  let busy = 0;
  const work = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (path === '/v1/models') return json(response, { data: [{ id: 'tiny' }] });
    const body = JSON.parse(await textOf(request)) as Asked;
    if (path === '/tokenize' || (path.startsWith('/inference') && options.generate === undefined)) {
      return json(response, { detail: 'Not Found' }, 404);
    }
    asked.push(body);
    headers.push(request.headers);
    const name = JSON.stringify(body.prompt ?? body.messages ?? body);
    const sending = sendings.get(name) ?? 0;
    sendings.set(name, sending + 1);
    if (busy >= slots) await new Promise<void>((resolve) => queue.push(resolve));
    busy += 1;
    if (service > 0) await sleep(service);
    busy -= 1;
    queue.shift()?.();
    const usual = path.startsWith('/inference')
      ? options.generate?.(body as unknown as Generate)
      : (options.answer?.(body, path) ?? usualAnswer(body));
    if (usual === 'not JSON') return json(response, { error: { message: 'Out of range float values' } }, 400);
    const fault = faultOf(body, sending, asked.length - 1);
    if (fault === undefined) json(response, usual);
    else if (fault === 'declines')
      json(response, { error: { message: 'prompt: Input should be a valid string' } }, 422);
    else if (fault === 'allows fewer') {
      const message = `Requested prompt logprobs of ${body.prompt_logprobs ?? 0}, which is greater than max allowed: ${options.allowed ?? 0}`;
      json(response, { error: { message } }, 400);
    } else if (fault === 'repeats the key')
      json(response, { error: `who is ${request.headers.authorization ?? ''}?` }, 500);
    else await FAULTS[fault](response, usual);
  };
  const server = createServer((request, response) => void work(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    headers,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function usualAnswer({ model, prompt, messages, prompt_logprobs: top }: Asked): unknown {
  if (messages !== undefined) {
    const message = { role: 'assistant', content: `Answer to ${messages.at(-1)?.content ?? ''}` };
    return {
      model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    };
  }
  const ids = typeof prompt === 'string' ? [...prompt].map(() => 5) : prompt;
  const entry = (id: number, i: number): object => ({ [String(id)]: { logprob: logProbabilityOf(id, i), rank: 1 } });
  const list = top === undefined ? null : ids.map((id, i) => (i === 0 ? null : entry(id, i)));
  const choice = { index: 0, text: 'written', logprobs: null, finish_reason: 'length', prompt_logprobs: list };
  return { model, choices: [choice], usage: { prompt_tokens: ids.length, completion_tokens: 1 } };
}
