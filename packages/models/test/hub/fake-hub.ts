// A hub on this machine: its interface, its redirects, etags, ranges, tokens and revisions; or a mirror that only sends files.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeHubOptions {
  /** Files of the one model, `org/mini`. */
  readonly files: Readonly<Record<string, string>>;
  /** A mirror without the hub's interface, etags and ranges. */
  readonly plain?: boolean;
  /** Token without which everything is refused. */
  readonly token?: string;
  /** Bytes after which a file's first sending breaks off. */
  readonly breakAfter?: number;
  /** Whether the client has kept those bytes, so that the connection may break. @defaultValue at once */
  readonly mayBreak?: () => boolean;
}

export interface FakeHub {
  readonly url: string;
  /** `METHOD PATH [RANGE]` of every request. */
  readonly asked: string[];
  close(): Promise<void>;
}

export const COMMIT = 'c'.repeat(40);
/** Files of at least so many bytes are sent from another address, as large files are. */
const LARGE = 1000;

/** Starts a hub that knows `org/mini` in the revisions `main`, `v1` and its commit. */
export async function startHub(options: FakeHubOptions): Promise<FakeHub> {
  const asked: string[] = [];
  const broken = new Set<string>();
  const storage = createServer((request, response) => {
    asked.push(`STORAGE ${request.headers.authorization ?? 'no token'}`);
    send(request, response, { ...options, broken, name: decodeURIComponent((request.url ?? '').slice(1)) });
  });
  const storageUrl = await listen(storage);
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push([method, url, headers.range].filter((part) => part !== undefined).join(' '));
    if (options.token !== undefined && headers.authorization !== `Bearer ${options.token}`)
      return void response
        .writeHead(401, { 'content-type': 'application/json' })
        .end('{"error":"Invalid credentials"}');
    const info = /^\/api\/models\/org\/mini\/revision\/([^?]+)/.exec(url)?.[1];
    const [, revision = info, name = ''] = /^\/org\/mini\/resolve\/([^/]+)\/([^?]+)/.exec(url) ?? [];
    const known = revision !== undefined && ['main', 'v1', COMMIT].includes(revision);
    if (!known || (info !== undefined && options.plain))
      return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
    if (info !== undefined)
      return void response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ _id: '1', id: 'org/mini', sha: COMMIT }));
    const content = options.files[name];
    if (content === undefined) return void response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    if (content.length < LARGE || options.plain) return send(request, response, { ...options, broken, name });
    const etag = createHash('sha256').update(content).digest('hex');
    response
      .writeHead(302, { location: `${storageUrl}/${encodeURIComponent(name)}`, 'x-linked-etag': `"${etag}"` })
      .end();
  });
  const url = await listen(server);
  return {
    url,
    asked,
    close: async () => {
      for (const each of [server, storage]) {
        each.closeAllConnections();
        await new Promise((done) => each.close(done));
      }
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Sending extends FakeHubOptions {
  readonly name: string;
  readonly broken: Set<string>;
}

function send(request: IncomingMessage, response: ServerResponse, sending: Sending): void {
  const { files, name, plain = false, breakAfter, mayBreak = () => true, broken } = sending;
  const content = Buffer.from(files[name] ?? '');
  const [, from = '0', to = String(content.length - 1)] =
    /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? '') ?? [];
  const partial = request.headers.range !== undefined && !plain;
  if (partial && content.length === 0)
    return void response.writeHead(416, { 'content-range': 'bytes */0', etag: etagOf(content) }).end();
  const part = partial ? content.subarray(Number(from), Number(to) + 1) : content;
  response.setHeader('content-length', part.length);
  if (!plain) response.setHeader('etag', etagOf(content));
  if (partial) response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${content.length}` });
  const whole = breakAfter === undefined || part.length <= breakAfter || request.headers.range === 'bytes=0-0';
  if (whole || broken.has(name)) return void response.end(part);
  broken.add(name);
  const breakOff = (): void => {
    if (mayBreak()) response.destroy();
    else setTimeout(breakOff, 5);
  };
  response.write(part.subarray(0, breakAfter), breakOff);
}

/** SHA-256 of large files, the Git object id of small ones. */
function etagOf(content: Buffer): string {
  if (content.length >= LARGE) return `"${createHash('sha256').update(content).digest('hex')}"`;
  return `"${createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')}"`;
}
