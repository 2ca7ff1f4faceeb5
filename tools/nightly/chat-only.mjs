// A server in front of another that answers chats and lists models, and nothing else, as most chat services do.
import { createServer } from 'node:http';

const PATHS = ['/v1/models', '/v1/chat/completions'];

/** @returns {Promise<{url: string, declined: Set<string>, close: () => void}>} `declined` fills with the other paths that were asked for */
export async function chatOnly(behind) {
  const declined = new Set();
  const pass = async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = parts.length > 0 ? Buffer.concat(parts) : undefined;
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' };
    const answer = await fetch(`${behind}${request.url}`, { method: request.method, headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((request, response) => {
    if (PATHS.includes(request.url)) return void pass(request, response).catch((error) => response.destroy(error));
    declined.add(request.url);
    response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, declined, close };
}
