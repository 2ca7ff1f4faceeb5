import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openScoreStore, parseLanguageModelChoice, withStore } from '../../src/index.js';
import { Endpoint } from '../../src/server/transport/endpoint.js';
import { logProbabilityOf } from './fake-server.js';
import { open, serve } from './served.js';

afterEach(() => {
  delete process.env['MOP_API_KEY'];
  delete process.env['MY_KEY'];
});

describe('scoring', () => {
  it('sums the log-probabilities of the completion and the end of its turn, after the prompt rendered here', async () => {
    const server = await serve();
    const [curve] = await (
      await open(server)
    ).score([{ prompt: { messages: [{ role: 'user', content: 'Hi' }] }, completion: 'Yes' }]);
    const { prompt } = server.asked.at(-1) ?? {};
    const ids = prompt as number[];
    expect([ids.length, ids.at(-1), curve.tokens]).toEqual(['user: Hi'.length + 1 + 'assistant: '.length + 4, 0, 4]);
    const from = ids.length - 4;
    expect(curve.logProbability(1)).toBeCloseTo(
      ids.slice(from).reduce((sum, id, t) => sum + logProbabilityOf(id, from + t), 0),
      9,
    );
  });

  it('scores nothing at all without asking', async () => {
    const server = await serve();
    const model = await open(server);
    const [curve] = await model.score([{ prompt: { text: 'Go' }, completion: '', endOfTurn: false }]);
    expect([curve.tokens, Math.abs(curve.logProbability(1)), model.scoringPasses]).toEqual([0, 0, 0]);
  });

  it('keeps what was answered when the run is stopped, and is keyed by model and tokenizer, not by address', async () => {
    const [one, other] = [await serve(), await serve()];
    const folder = mkdtempSync(join(tmpdir(), 'mop-server-'));
    const requests = Array.from({ length: 20 }, (_, i) => ({ prompt: { text: `Question ${i}: ` }, completion: 'yes' }));
    const stop = new AbortController();
    const first = withStore(await open(one, { concurrency: 1 }), await openScoreStore(folder));
    const onProgress = (done: number): void => {
      if (done === 7) stop.abort(new Error('stopped'));
    };
    await expect(first.score(requests, { signal: stop.signal, onProgress })).rejects.toThrow('stopped');
    await first.close();
    const second = withStore(await open(other), await openScoreStore(folder));
    await second.score(requests);
    expect(second.hits).toBeGreaterThanOrEqual(7);
    expect(second.hits + second.misses).toBe(20);
    await second.close();
  });

  it('goes on when the only server comes back, which is examined and prepared anew', async () => {
    const server = await serve();
    let isDown = false;
    const notices: string[] = [];
    const model = await open(server, {
      patience: 60_000,
      onNotice: (sentence: string) => {
        notices.push(sentence);
        if (sentence.startsWith('No server answers')) isDown = false;
      },
      fetch: (url: string, init: RequestInit) =>
        isDown ? Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })) : fetch(url, init),
    });
    const requests = ['yes', 'no'].map((completion) => ({ prompt: { text: 'Go: ' }, completion }));
    const whole = await model.score(requests);
    await model.check?.('score');
    isDown = true;
    const again = await model.score(requests);
    expect(again.map((curve) => curve.logProbability(1))).toEqual(whole.map((curve) => curve.logProbability(1)));
    expect(notices.at(-1)).toMatch(/answers again\.$/);
  });
});

describe('a chat endpoint', () => {
  const chat = { api: 'chat', tokenizer: undefined } as const;
  it('writes without a tokenizer, and says that it cannot score', async () => {
    const server = await serve();
    const model = await open(server, chat);
    const request = {
      prompt: { messages: [{ role: 'user', content: 'Hi' }] as const },
      temperature: 0.7,
      maxTokens: 8,
      seed: 1,
      row: 0,
    };
    const texts: string[] = [];
    for await (const { text } of model.generate([request, { ...request, row: 1 }])) texts.push(text);
    expect(texts).toEqual(['Answer to Hi', 'Answer to Hi']);
    expect(server.asked.at(-1)).toMatchObject({
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 8,
      temperature: 0.7,
    });
    await expect(model.score([{ prompt: { text: 'a' }, completion: 'b' }])).rejects.toThrow(
      /cannot score; fit with a model that does/,
    );
  });
});

describe('the key', () => {
  it('goes into the header alone: not into ids, descriptions, stores, errors or examinations, even when the server repeats it', async () => {
    process.env['MY_KEY'] = 'sk-very-secret';
    const server = await serve({
      answer: () => ({ choices: [], error: 'sk-very-secret' }),
      faultOf: () => 'repeats the key',
    });
    const model = await open(server, { apiKeyEnv: 'MY_KEY' });
    const error = await model.score([{ prompt: { text: 'a' }, completion: 'b' }]).catch((reason: Error) => reason);
    const findings = await model.check?.('score');
    const said = JSON.stringify([
      model.id,
      model.description,
      model.fingerprint,
      findings,
      (error as Error).message,
      (error as Error).stack,
    ]);
    expect(server.headers[0].authorization).toBe('Bearer sk-very-secret');
    expect(said).toMatch(/\[key\]/);
    expect(said).not.toContain('sk-very-secret');
    const folder = mkdtempSync(join(tmpdir(), 'mop-key-'));
    const store = withStore(await open(await serve(), { apiKeyEnv: 'MY_KEY' }), await openScoreStore(folder));
    await store.score([{ prompt: { text: 'a' }, completion: 'b' }]);
    await store.close();
    expect(readFileSync(join(folder, 'curves.bin'), 'latin1')).not.toContain('sk-very-secret');
  });

  it('is asked for by name when a named variable is not set, and a URL that holds one is refused without repeating it', async () => {
    const server = await serve();
    await expect(open(server, { apiKeyEnv: 'MY_KEY' })).rejects.toThrow(/apiKeyEnv must be .* that is set, got MY_KEY/);
    const read = (): unknown => parseLanguageModelChoice('server:http://me:sk-hidden@host#m');
    expect(read).toThrow(/http:\/\/host holds a name or password/);
    expect(read).not.toThrow(/sk-hidden/);
  });
});

describe('a choice of servers', () => {
  it('has addresses with weights and a model', () => {
    expect(parseLanguageModelChoice('server:http://a:8000,https://b/v1*2.5#org/model')).toEqual({
      kind: 'server',
      endpoints: [
        { url: 'http://a:8000', weight: 1 },
        { url: 'https://b/v1', weight: 2.5 },
      ],
      model: 'org/model',
    });
  });
  it.each([
    ['server:http://a', /names no model/],
    ['server:a:8000#m', /is no server's address/],
    ['server:http://a*0#m', /is no server's address/],
  ])('refuses %s', (text, message) => {
    expect(() => parseLanguageModelChoice(text)).toThrow(message);
  });
});

describe('requests in flight at a server', () => {
  it('do not grow while its answers come from a queue', () => {
    const endpoint = new Endpoint('http://a', 1, 64);
    for (let i = 0; i < 8; i++) endpoint.succeeded(true, { sentAt: 0, now: 20, deadline: 100 });
    expect(endpoint.limit).toBe(8);
  });
  it('double a round while it is healthy, fall when it is busy, once a round, and then grow by one a round', () => {
    const endpoint = new Endpoint('http://a', 1, 64);
    const round = (now: number): void => {
      for (let i = endpoint.limit; i > 0; i--) endpoint.succeeded(true, { sentAt: now - 0.5, now, deadline: 100 });
    };
    round(1);
    round(2);
    expect(endpoint.limit).toBe(32);
    for (let i = 0; i < 5; i++) endpoint.failed('busy', { sentAt: 2, now: 3, retryAfter: undefined });
    expect(endpoint.limit).toBe(22);
    round(4);
    expect(endpoint.limit).toBe(23);
  });
  it('wait as long as the server asks, and are not cut for one late answer among timely ones', () => {
    const endpoint = new Endpoint('http://a', 1, 64);
    endpoint.succeeded(true, { sentAt: 0, now: 5, deadline: 100 });
    endpoint.failed('slow', { sentAt: 1, now: 6, retryAfter: undefined });
    expect([endpoint.limit, endpoint.hasRoom(6)]).toEqual([9, true]);
    endpoint.failed('busy', { sentAt: 6, now: 7, retryAfter: 2000 });
    expect([endpoint.hasRoom(2006), endpoint.hasRoom(2007)]).toEqual([false, true]);
  });
});
