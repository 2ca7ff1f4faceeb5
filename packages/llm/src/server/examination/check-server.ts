import { ModelError } from '../../model/errors.js';
import type { ScoreRequest } from '../../model/language-model.js';
import type { ModelCheck } from '../../model/model-description.js';
import { choiceOf } from '../asking/answer.js';
import { checkScores } from './check-scores.js';
import { checkTemplate } from './check-template.js';
import { Refusal, property } from '@mixture-of-personas/models';
import type { ClientParts, Purpose } from '../asking/server-client.js';
import { openForTest, type ServerUnderTest } from './server-under-test.js';

/** Purposes that servers are examined for. */
interface Examination {
  /** Scoring needs all of it; for writing texts the name, the writing and the template are looked at. */
  readonly purpose: Purpose;
  /** Some of the pairs that will be scored. */
  readonly pairs: readonly ScoreRequest[];
  readonly signal: AbortSignal | undefined;
}

type ExaminedParts = ClientParts & { readonly vocabulary: number };

/**
 * Examines all servers, each by `checkServer`. Those that are not there are no failure where another one is: it takes their share until they answer.
 * @returns one finding a line
 */
export async function checkServers(parts: ExaminedParts, examination: Examination): Promise<ModelCheck[]> {
  const { endpoints, health } = parts.pool;
  const there = await Promise.all(endpoints.map((endpoint) => health.isThere(endpoint)));
  const findings = endpoints.map(async ({ url, lost }, i): Promise<ModelCheck[]> => {
    if (there[i] === true) return checkServer(url, parts, examination);
    const detail = `${lost?.message ?? ''}; check the URL and that it runs`;
    return [{ name: url, status: there.includes(true) ? 'warning' : 'failed', detail }];
  });
  return (await Promise.all(findings)).flat();
}

/**
 * Examines a server: does it serve the model, does it give log-probabilities of a prompt and are they those of the tokens they stand at (by
 * scoring again what it has just written), how many a position, and does it render chats as its tokenizer here does.
 * @returns one finding a line; the examination ends with the first failure
 */
export async function checkServer(url: string, parts: ExaminedParts, examination: Examination): Promise<ModelCheck[]> {
  const { purpose, pairs, signal } = examination;
  const server = openForTest(url, parts, signal);
  const checkScoring = async (): Promise<ModelCheck[]> => {
    await server.client.learn(server.endpoint, 'score', signal);
    return checkScores(server, { vocabulary: parts.vocabulary, pairs }, signal);
  };
  const findings: ModelCheck[] = [];
  for (const check of [checkName, purpose === 'score' ? checkScoring : checkWriting, checkTemplate]) {
    const found = await check(server, signal).catch((error: unknown) => failed(server, error, signal));
    findings.push(...found);
    if (found.some(({ status }) => status === 'failed')) break;
  }
  return findings;
}

/** Whether the server lists the model that is asked for. Servers without a list pass. */
async function checkName({ endpoint, parts, ask, found }: ServerUnderTest): Promise<ModelCheck[]> {
  const { model } = parts;
  const answer = await ask({ url: `${endpoint.url}/models` }).catch((error: unknown) => {
    if (error instanceof Refusal && error.status !== 401 && error.status !== 403) return undefined;
    throw error;
  });
  const list = property(answer, 'data');
  if (!Array.isArray(list)) return found('warning', 'does not list its models');
  const names = list.map((entry) => String(property(entry, 'id')));
  if (names.includes(model)) return found('ok', `serves ${model}`);
  const served = names.slice(0, 5).join(', ') || 'no model';
  const remedy = `write the name it serves after "#", or start it with --served-model-name ${model}`;
  return found('failed', `serves ${served} and not ${model}; ${remedy}`);
}

async function checkWriting(server: ServerUnderTest, signal: AbortSignal | undefined): Promise<ModelCheck[]> {
  const { client, endpoint, found } = server;
  await client.learn(endpoint, 'generate', signal);
  const request = { prompt: { text: 'One, two,' }, temperature: 0, maxTokens: 8, seed: 0, row: 0 };
  const { text } = await client.write(request, { signal });
  const wrote = found('ok', `writes (${JSON.stringify(text.trim().slice(0, 40))})`);
  return [...wrote, ...(await checkReading(server, request.prompt.text))];
}

/** Whether a server that cuts texts itself reads a prompt as as many tokens as the tokenizer here: some put another beginning-of-text token before it. */
async function checkReading(server: ServerUnderTest, prompt: string): Promise<ModelCheck[]> {
  const { endpoint, client, ask, found } = server;
  const { model, local } = server.parts;
  if (local === undefined || !client.takesText(endpoint)) return [];
  const body = { model, prompt, max_tokens: 1, temperature: 0 };
  const { promptTokens } = choiceOf(await ask({ url: `${endpoint.url}/completions`, body }), model);
  const ours = local.tokenizer.encode(prompt).length;
  if (promptTokens === undefined || promptTokens === ours) return [];
  const detail =
    `reads a prompt of ${ours} tokens, by the tokenizer here, as ${promptTokens}: it adds a token of its own or cuts words otherwise, so it writes after another ` +
    'prompt than a fit scores; give the tokenizer of the model it serves, or start it without its own beginning-of-text token';
  return found('warning', detail);
}

function failed({ found }: ServerUnderTest, error: unknown, signal: AbortSignal | undefined): ModelCheck[] {
  signal?.throwIfAborted();
  if (error instanceof ModelError) return found('failed', error.message);
  if (!(error instanceof Refusal)) throw error;
  return found('failed', `declined a request with ${error.status}: ${error.message}; check the key and the URL`);
}
