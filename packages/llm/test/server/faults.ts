import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

interface Body {
  readonly model: string;
  readonly choices: readonly { readonly prompt_logprobs: readonly (Record<string, { logprob: number }> | null)[] }[];
}
const send = (response: ServerResponse, text: string, status = 200, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
};
const changed = (body: unknown, change: (list: Body['choices'][number]['prompt_logprobs']) => unknown): string => {
  const { choices, ...rest } = body as Body;
  return JSON.stringify({
    ...rest,
    choices: choices.map((one) => ({ ...one, prompt_logprobs: change(one.prompt_logprobs) })),
  });
};

/** Faults of an answer: each writes its own in place of the good one. */
export const FAULTS = {
  'never answers': () => Promise.resolve(),
  'closes the connection in mid-body': (response: ServerResponse, body: unknown) => {
    const text = JSON.stringify(body);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  },
  '429 with Retry-After': (response: ServerResponse) => send(response, '{}', 429, { 'retry-after': '1' }),
  '429 without Retry-After': (response: ServerResponse) => send(response, '{}', 429),
  '500': (response: ServerResponse) => send(response, '{"error":{"message":"CUDA error"}}', 500),
  'HTML instead of JSON': (response: ServerResponse) => send(response, '<html><body>Welcome to nginx!</body></html>'),
  'NaN as a log-probability': (response: ServerResponse, body: unknown) =>
    send(response, JSON.stringify(body).replace(/"logprob":-[\d.]+/, '"logprob":NaN')),
  'null as a log-probability': (response: ServerResponse, body: unknown) =>
    send(response, JSON.stringify(body).replaceAll(/"logprob":-[\d.]+/g, '"logprob":null')),
  'a positive log-probability': (response: ServerResponse, body: unknown) =>
    send(response, JSON.stringify(body).replaceAll('"logprob":-', '"logprob":')),
  'log-probabilities of too few tokens': (response: ServerResponse, body: unknown) =>
    send(
      response,
      changed(body, (list) => list.slice(1)),
    ),
  "another model's name": (response: ServerResponse, body: unknown) =>
    send(response, JSON.stringify({ ...(body as Body), model: 'someone-else' })),
  'drips a byte a second': async (response: ServerResponse, body: unknown) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const letter of JSON.stringify(body)) {
      if (response.destroyed) return;
      response.write(letter);
      await sleep(1000);
    }
  },
  'the answer twice': (response: ServerResponse, body: unknown) => {
    const { choices, ...rest } = body as Body;
    send(response, JSON.stringify({ ...rest, choices: [...choices, ...choices] }));
  },
  "another request's answer": (response: ServerResponse, body: unknown) =>
    send(
      response,
      changed(body, (list) => list.map((entry) => entry && { '9999': { logprob: -1 } })),
    ),
} satisfies Record<string, (response: ServerResponse, body: unknown) => void | Promise<void>>;

/** Name of a fault. */
export type Fault = keyof typeof FAULTS;
