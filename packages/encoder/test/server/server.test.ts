import { afterEach, describe, expect, it } from '@jest/globals';
import { openEncoder } from '../../src/index.js';

interface Call {
  readonly url: string;
  readonly headers: Headers;
  readonly body: { model: string; input: string[] };
}

/** A server whose embedding of a text is [its length, 1]; answers in reverse order with indices, as the interface allows. */
function server(answer: (call: Call, n: number) => Response = embeddings) {
  const calls: Call[] = [];
  const waits: number[] = [];
  const fetch: typeof globalThis.fetch = (url, init) => {
    const call = {
      url: url as string,
      headers: new Headers(init?.headers),
      body: JSON.parse(init?.body as string) as Call['body'],
    };
    calls.push(call);
    return Promise.resolve(answer(call, calls.length));
  };
  const sleep = (milliseconds: number) => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  return { calls, waits, options: { fetch, sleep } };
}

const embeddings = ({ body }: Call): Response =>
  Response.json({ data: body.input.map((text, index) => ({ index, embedding: [text.length, 1] })).reverse() });
const choice = 'server:http://gpu:8000/v1/#mini';

afterEach(() => {
  delete process.env['MOP_API_KEY'];
  delete process.env['MY_KEY'];
});

describe('the server engine', () => {
  it('posts texts in batches and gives rows in order', async () => {
    const { calls, options } = server();
    const encoder = await openEncoder(choice, { ...options, batchSize: 2 });
    const progress: number[][] = [];
    const matrix = await encoder.embed(['a', 'bbb', 'cc'], { onProgress: (...counts) => progress.push(counts) });
    expect(matrix).toMatchObject({ rows: 3, cols: 2 });
    expect([...matrix.data]).toEqual([1, 1, 3, 1, 2, 1]);
    expect(calls.map(({ url, body }) => [url, body])).toEqual([
      ['http://gpu:8000/v1/embeddings', { model: 'mini', input: ['a', 'bbb'], encoding_format: 'float' }],
      ['http://gpu:8000/v1/embeddings', { model: 'mini', input: ['cc'], encoding_format: 'float' }],
    ]);
    expect(progress).toEqual([
      [2, 3],
      [3, 3],
    ]);
  });
  it('waits longer after each 429 or 5xx, and as long as retry-after asks, 30 s at most', async () => {
    const { waits, options } = server((call, n) => {
      if (n < 3) return new Response('busy', { status: n === 1 ? 429 : 503 });
      return n === 3 ? new Response('', { status: 429, headers: { 'retry-after': '99' } }) : embeddings(call);
    });
    await (await openEncoder(choice, options)).embed(['a']);
    expect(waits).toEqual([500, 1000, 30_000]);
  });
  it('gives up after five tries and says what it saw', async () => {
    const { calls, waits, options } = server(() => new Response('busy', { status: 503 }));
    await expect((await openEncoder(choice, options)).embed(['a'])).rejects.toThrow(
      /embeddings answered 503 \(too many requests\), 5 times/,
    );
    expect([calls.length, waits.length]).toEqual([5, 4]);
  });
  it('tries a broken connection again and names its cause', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    const encoder = await openEncoder(choice, { fetch, sleep: () => Promise.resolve() });
    await expect(encoder.embed(['a'])).rejects.toThrow(/could not be reached \(connect ECONNREFUSED\), 5 times/);
  });
  it('does not repeat a request that was refused', async () => {
    const { calls, options } = server(() => new Response('no such model', { status: 404 }));
    await expect((await openEncoder(choice, options)).embed(['a'])).rejects.toThrow(
      /refused the request with 404: no such model/,
    );
    expect(calls).toHaveLength(1);
  });
  it('stops at once when aborted', async () => {
    const { calls, options } = server();
    await expect(
      (await openEncoder(choice, options)).embed(['a'], { signal: AbortSignal.abort(new Error('stop')) }),
    ).rejects.toThrow('stop');
    expect(calls).toEqual([]);
  });
});

describe('an answer that is not one finite row per text is refused', () => {
  const entry = (index: number, embedding: unknown) => ({ index, embedding });
  it.each<[string, unknown, RegExp]>([
    ['no list', {}, /gave no list of embeddings for 2 texts/],
    ['too few', { data: [entry(0, [1])] }, /gave 1 embeddings for 2 texts/],
    ['the same text twice', { data: [entry(0, [1]), entry(0, [1])] }, /no usable embedding in entry 1/],
    ['a text that was not asked', { data: [entry(0, [1]), entry(2, [1])] }, /no usable embedding in entry 1/],
    ['no numbers', { data: [entry(0, [1]), entry(1, 'AAAA')] }, /no usable embedding in entry 1/],
    ['two widths', { data: [entry(0, [1]), entry(1, [1, 2])] }, /text 1 \("second"\) has 2 numbers, the others 1/],
    ['a null', { data: [entry(0, [1]), entry(1, [null])] }, /text 1 \("second"\) is not finite/],
    ['a number beyond float32', { data: [entry(0, [1]), entry(1, [1e39])] }, /not finite/],
  ])('%s', async (_, answer, message) => {
    const { options } = server(() => Response.json(answer));
    await expect((await openEncoder(choice, options)).embed(['first', 'second'])).rejects.toThrow(message);
  });
  it('not JSON', async () => {
    const { options } = server(() => new Response('<html>'));
    await expect((await openEncoder(choice, options)).embed(['a'])).rejects.toThrow(
      /answered in HTML \(<html>\), 5 times/,
    );
  });
  it('another width than in an earlier batch', async () => {
    const { options } = server((_, n) => Response.json({ data: [entry(0, n === 1 ? [1, 2] : [1])] }));
    await expect((await openEncoder(choice, { ...options, batchSize: 1 })).embed(['a', 'b'])).rejects.toThrow(
      /text 1 \("b"\) has 1 numbers, the others 2/,
    );
  });
});

describe('the key', () => {
  it('comes from the named environment variable, else MOP_API_KEY, and goes into the header alone', async () => {
    process.env['MY_KEY'] = 'top-secret';
    const { calls, options } = server();
    const encoder = await openEncoder(
      { kind: 'server', url: 'http://gpu', model: 'mini', apiKeyEnv: 'MY_KEY' },
      options,
    );
    await encoder.embed(['a']);
    expect(calls[0].headers.get('authorization')).toBe('Bearer top-secret');
    expect(JSON.stringify([encoder.id, encoder.fingerprint, calls[0].body, calls[0].url])).not.toContain('top-secret');
    process.env['MOP_API_KEY'] = 'default-key';
    await (await openEncoder(choice, options)).embed(['a']);
    expect(calls[1].headers.get('authorization')).toBe('Bearer default-key');
  });
  it('is not needed unless it was named', async () => {
    const { calls, options } = server();
    await (await openEncoder(choice, options)).embed(['a']);
    expect(calls[0].headers.has('authorization')).toBe(false);
    await expect(openEncoder({ kind: 'server', url: 'http://gpu', model: 'm', apiKeyEnv: 'MY_KEY' })).rejects.toThrow(
      /apiKeyEnv must be the name of an environment variable that is set, got MY_KEY/,
    );
  });
});
