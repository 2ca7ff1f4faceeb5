import { ModelError } from '../../model/errors.js';
import type { ModelCheck } from '../../model/model-description.js';
import { choiceOf, property } from '../asking/answer.js';
import { checkScores } from './check-scores.js';
import { checkTemplate } from './check-template.js';
import { Refusal } from '@mixture-of-personas/models';
import type { ClientParts } from '../asking/server-client.js';
import { openForTest, type ServerUnderTest } from './server-under-test.js';

/**
 * Examines each server: is it there, does it serve the model, does it give log-probabilities of a prompt and are they those of the tokens
 * they stand at (by scoring again what it has just written), how many a position, and does it render chats as its tokenizer here does.
 * @param purpose scoring needs all of it; for writing texts the first and the last are looked at
 * @returns one finding a line; a server's examination ends with its first failure
 */
export async function checkServer(
  parts: ClientParts & { readonly vocabulary: number },
  purpose: 'score' | 'generate',
  signal: AbortSignal | undefined,
): Promise<ModelCheck[]> {
  const findings: ModelCheck[] = [];
  for (const { url } of parts.pool.endpoints) {
    const server = openForTest(url, parts, signal);
    const checks =
      purpose === 'score'
        ? [checkName, checkScoring(parts.vocabulary), checkTemplate]
        : [checkName, checkWriting, checkTemplate];
    for (const check of checks) {
      const found = await check(server, signal).catch((error: unknown) => failed(url, error, signal));
      findings.push(...found);
      if (found.some(({ status }) => status === 'failed')) break;
    }
  }
  return findings;
}

/** Whether the server lists the model that is asked for. Servers without a list pass. */
async function checkName({ endpoint: { url }, parts, ask }: ServerUnderTest): Promise<ModelCheck[]> {
  const { model } = parts;
  const answer = await ask({ url: `${url}/models` }).catch((error: unknown) => {
    if (error instanceof Refusal && error.status !== 401 && error.status !== 403) return undefined;
    throw error;
  });
  const list = property(answer, 'data');
  if (!Array.isArray(list)) return [{ name: url, status: 'warning', detail: 'does not list its models' }];
  const names = list.map((entry) => String(property(entry, 'id')));
  if (names.includes(model)) return [{ name: url, status: 'ok', detail: `serves ${model}` }];
  const served = names.slice(0, 5).join(', ') || 'no model';
  const detail = `serves ${served} and not ${model}; write the name it serves after "#", or start it with --served-model-name ${model}`;
  return [{ name: url, status: 'failed', detail }];
}

function checkScoring(
  vocabulary: number,
): (server: ServerUnderTest, signal: AbortSignal | undefined) => Promise<ModelCheck[]> {
  return async (server, signal) => {
    await server.client.prepareScoring(signal);
    return [...textFindings(server), ...(await checkScores(server, vocabulary, signal))];
  };
}

/** Meaning of the fact that a server takes no token ids. */
function textFindings({ endpoint, client }: ServerUnderTest): ModelCheck[] {
  if (!client.takesText(endpoint, 'score')) return [];
  const detail =
    'takes text and no token ids: a pair is refused where its tokenizer joins prompt and completion, so let prompts end where a token ends (a chat template, a line feed)';
  return [{ name: endpoint.url, status: 'warning', detail }];
}

async function checkWriting(server: ServerUnderTest, signal: AbortSignal | undefined): Promise<ModelCheck[]> {
  const {
    endpoint: { url },
    client,
  } = server;
  await client.prepareWriting(signal);
  const request = { prompt: { text: 'One, two,' }, temperature: 0, maxTokens: 8, seed: 0, row: 0 };
  const { text } = await client.write(request, { signal });
  const wrote: ModelCheck = { name: url, status: 'ok', detail: `writes (${JSON.stringify(text.trim().slice(0, 40))})` };
  return [wrote, ...(await checkReading(server, request.prompt.text))];
}

/** Whether a server that cuts texts itself reads a prompt as as many tokens as the tokenizer here: some put another beginning-of-text token before it. */
async function checkReading({ endpoint, client, parts, ask }: ServerUnderTest, prompt: string): Promise<ModelCheck[]> {
  const { model, local } = parts;
  if (local === undefined || !client.takesText(endpoint, 'generate')) return [];
  const body = { model, prompt, max_tokens: 1, temperature: 0 };
  const { promptTokens } = choiceOf(await ask({ url: `${endpoint.url}/completions`, body }), model);
  const ours = local.tokenizer.encode(prompt).length;
  if (promptTokens === undefined || promptTokens === ours) return [];
  const detail =
    `reads a prompt of ${ours} tokens, by the tokenizer here, as ${promptTokens}: it adds a token of its own or cuts words otherwise, so it writes after another ` +
    'prompt than a fit scores; give the tokenizer of the model it serves, or start it without its own beginning-of-text token';
  return [{ name: endpoint.url, status: 'warning', detail }];
}

function failed(url: string, error: unknown, signal: AbortSignal | undefined): ModelCheck[] {
  signal?.throwIfAborted();
  if (error instanceof ModelError) return [{ name: url, status: 'failed', detail: error.message }];
  if (!(error instanceof Refusal)) throw error;
  return [
    {
      name: url,
      status: 'failed',
      detail: `declined a request with ${error.status}: ${error.message}; check the key and the URL`,
    },
  ];
}
