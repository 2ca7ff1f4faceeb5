// Answers as vLLM 0.1x does (vllm/entrypoints/openai/completion): which fields there are, where nulls stand, what is refused with 400.
import { createServer } from 'node:http';
import { openLogits } from '@mixture-of-personas/llm/testing';
import { Engine } from './engine.mjs';
import { chatAnswer, completionAnswer, errorAnswer, Rejected } from './answers.mjs';

/**
 * Starts the server on 127.0.0.1.
 * @param {{folder: string, name: string, port?: number, maxLogprobs?: number, chatTemplateSays?: string}} options `maxLogprobs`: vLLM's
 *   --max-logprobs; `chatTemplateSays`: text put before every chat, as another chat template would
 * @returns {Promise<{url: string, requests: object[], close: () => Promise<void>}>} `requests`: bodies of the completions asked for
 */
export async function startContractServer({ folder, name, port = 0, maxLogprobs = 20, chatTemplateSays = '' }) {
  const engine = new Engine(await openLogits(folder), { name, maxLogprobs, chatTemplateSays });
  const requests = [];
  const server = createServer((request, response) => {
    answer(engine, requests, request)
      .catch((error) =>
        error instanceof Rejected ? errorAnswer(error) : errorAnswer(new Rejected(500, String(error))),
      )
      .then(({ status = 200, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await engine.close();
    },
  };
}

async function answer(engine, requests, request) {
  const path = new URL(request.url, 'http://localhost').pathname;
  if (path === '/health') return { body: {} };
  if (path === '/v1/models') return { body: { object: 'list', data: [{ id: engine.name, object: 'model' }] } };
  const body = await bodyOf(request);
  engine.requireModel(body.model);
  if (path === '/tokenize') return { body: engine.tokenize(body) };
  if (path === '/v1/completions') {
    requests.push(body);
    return { body: completionAnswer(engine.name, body, await engine.complete(body)) };
  }
  if (path !== '/v1/chat/completions') throw new Rejected(404, 'Not Found');
  const prompt = engine.tokenize(body).tokens;
  return { body: chatAnswer(engine.name, await engine.complete({ ...body, prompt })) };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    throw new Rejected(400, 'The body is no JSON.');
  }
}
