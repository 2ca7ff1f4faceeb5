import { describe, expect, it } from '@jest/globals';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchange } from '../../src/index.js';

/** Error that `exchange` throws when the server answers so. */
async function faultOf(answer: (response: ServerResponse) => void): Promise<unknown> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const settings = { deadline: 5000, fetch: globalThis.fetch, headers: {}, secret: 'top-secret' };
  const fault: unknown = await exchange({ url }, settings, undefined).catch((error: unknown) => error);
  server.closeAllConnections();
  server.close();
  return fault;
}

describe('exchange', () => {
  it('names the cause of a connection that broke in the middle of an answer', async () => {
    const fault = await faultOf((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"a"', () => response.destroy());
    });
    expect(fault).toMatchObject({
      kind: 'broken',
      message: expect.stringMatching(
        /^closed the connection in the middle of its answer \((UND_ERR_SOCKET|terminated)\)$/,
      ),
    });
  });
  it('sends again what met a connection that the server had closed, once', async () => {
    const closed = new TypeError('fetch failed', { cause: { code: 'UND_ERR_SOCKET' } });
    const sendings: (Response | Error)[] = [closed, new Response('{"a":1}'), closed, closed];
    const fetch = (): Promise<Response> => {
      const next = sendings.shift();
      return next instanceof Response ? Promise.resolve(next) : Promise.reject(next ?? new Error('sent too often'));
    };
    const settings = { deadline: 5000, fetch, headers: {}, secret: '' };
    expect(await exchange({ url: 'http://1/' }, settings, undefined)).toEqual({ a: 1 });
    await expect(exchange({ url: 'http://1/' }, settings, undefined)).rejects.toMatchObject({ kind: 'down' });
    expect(sendings.length).toBe(0);
  });
  it('cuts the key out of what a server says', async () => {
    const fault = await faultOf((response) => response.writeHead(400).end('{"error":{"message":"bad top-secret"}}'));
    expect(fault).toMatchObject({ status: 400, message: 'bad [key]' });
  });
  it.each([
    ['{"message":"a"}', 'a'],
    ['{"detail":["b"]}', '["b"]'],
    ['{"error":"c"}', 'c'],
    ['plain', 'plain'],
  ])('finds the sentence in %s', async (body, message) => {
    expect(await faultOf((response) => response.writeHead(422).end(body))).toMatchObject({ message });
  });
});
