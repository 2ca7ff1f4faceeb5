import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NODE_BETAS } from '../../src/scoring/score-curve.js';

/** Tokens that the fake model knows. */
const VOCABULARY = 80;
/** Logits after a token: a formula, so that every server and every attempt agrees. The most probable token is always `favorite`. */
export const logitsAfter = (id: number, favorite = -1): Float64Array =>
  Float64Array.from({ length: VOCABULARY }, (_, v) => (v === favorite ? 9 : 4 * Math.sin(id * 7 + v * 13)));

/** A request's body. */
interface Asked {
  readonly fingerprint: string;
  readonly prompts: readonly (readonly number[])[];
  readonly completions: readonly [prompt: number, ids: readonly number[]][];
}

/** Behavior of a fake scoring server. */
interface FakeScorerOptions {
  readonly fingerprint?: string;
  /** The token that it finds most probable everywhere. */
  readonly favorite?: number;
  /** The key that requests must bear. */
  readonly key?: string;
  /** Fields of its self-description in place of the usual ones. */
  readonly about?: object;
  readonly requestTokens?: number;
  /** Changes the answer to the n-th request, from 0; `drop` closes the connection, `busy` answers 503. */
  readonly faultOf?: (count: number) => 'drop' | 'busy' | ((records: Float64Array) => Float64Array) | undefined;
}

/** A scoring server in this process. */
export interface FakeScorer {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** Answers the contract of score-server/serve.py for that formula. */
export async function fakeScorer(options: FakeScorerOptions = {}): Promise<FakeScorer> {
  const { fingerprint = 'f'.repeat(64), favorite, key = '', requestTokens = 40, faultOf = () => undefined } = options;
  const asked: Asked[] = [];
  const about = {
    protocol: 1,
    model: 'tiny',
    fingerprint,
    covers: ['config.json', 'model.safetensors', 'numbers in float32'],
    tokenizer: null,
    vocabulary: VOCABULARY,
    window: 64,
    nodes: [...NODE_BETAS],
    requestTokens,
    ...options.about,
  };
  const work = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const refuse = (status: number, error: string): void =>
      void response.writeHead(status).end(JSON.stringify({ error }));
    if (key !== '' && request.headers.authorization !== `Bearer ${key}`)
      return refuse(401, 'The key is missing or wrong.');
    if (request.url === '/about') return void response.end(JSON.stringify(about));
    if (request.url !== '/score') return refuse(404, 'There are GET /about and POST /score.');
    const body = JSON.parse(Buffer.concat(parts).toString()) as Asked;
    if (body.fingerprint !== fingerprint) return refuse(409, "This server's model is another one.");
    asked.push(body);
    const fault = faultOf(asked.length - 1);
    if (fault === 'drop') return void response.destroy();
    if (fault === 'busy') return refuse(503, '32 requests wait already.');
    const usual = Float64Array.from(
      body.completions.flatMap(([prompt, ids]) => record(body.prompts[prompt], ids, favorite)),
    );
    response.end(Buffer.from((fault?.(usual) ?? usual).buffer));
  };
  const server = createServer((request, response) => void work(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function record(prompt: readonly number[], ids: readonly number[], favorite: number | undefined): number[] {
  const sums = new Array<number>(1 + NODE_BETAS.length).fill(0);
  [...prompt.slice(-1), ...ids.slice(0, -1)].forEach((before, t) => {
    const z = logitsAfter(before, favorite);
    const top = Math.max(...z);
    sums[0] += z[ids[t]] - top;
    NODE_BETAS.forEach(
      (beta, n) => (sums[n + 1] += Math.log(z.reduce((sum, value) => sum + Math.exp(beta * (value - top)), 0))),
    );
  });
  return sums;
}
