import { createHash } from 'node:crypto';

type Fetch = typeof globalThis.fetch;

/** The fetch of the network: through the proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` where one is set. */
export async function networkFetch(): Promise<Fetch> {
  const { env } = process;
  const proxied = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy'].some((name) => env[name]);
  if (!proxied) return globalThis.fetch;
  // The fetch of Node 20 reads no proxy variables; undici's own does, with this agent.
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent();
  return ((url: string | URL, init?: object) => fetch(url, { ...init, dispatcher })) as unknown as Fetch;
}

/** A server that sends a whole file where a part was asked for. */
export class RangeIgnored extends Error {
  static readonly saying = 'ignores ranges';
}

/**
 * Makes a plain mirror answer as @huggingface/hub wants it: its question for size and etag (`Range: bytes=0-0`) is answered from
 * what the mirror says, and a whole file in place of a part is an error and not more bytes.
 */
export function forHub(fetch: Fetch): Fetch {
  return async (url, init) => {
    const range = new Headers(init?.headers).get('range');
    const response = await fetch(url, init);
    const { status, headers } = response;
    if (range === null || headers.get('content-type')?.includes('xet-fileinfo')) return response;
    if (range !== 'bytes=0-0' && status === 200) throw new RangeIgnored(`${response.url} ${RangeIgnored.saying}`);
    if (range !== 'bytes=0-0' || (status === 206 && headers.has('etag'))) return response;
    if (![200, 206, 416].includes(status)) return response;
    const whole = headers.get('content-length');
    const told = headers.get('content-range')?.split('/')[1] ?? '';
    const size = status === 200 ? (whole ?? (await response.arrayBuffer()).byteLength) : told;
    if (!response.bodyUsed) await response.body?.cancel();
    const answer = new Headers(headers);
    answer.set('content-range', `bytes 0-0/${size}`);
    if (!headers.has('etag')) {
      const version = [url instanceof Request ? url.url : url, size, headers.get('last-modified') ?? ''].join(' ');
      answer.set('etag', createHash('sha256').update(version).digest('hex').slice(0, 32));
    }
    return new Response(null, { status: 206, headers: answer });
  };
}
