import { ModelError } from '../../model/errors.js';
import type { Generation, GenerateRequest, ScoreRequest } from '../../model/language-model.js';
import type { Tokenizer } from '../../tokenizing/tokenizer.js';
import { choiceOf, textOf } from './answer.js';
import {
  JoinedTokens,
  NoLogProbabilities,
  OtherTokens,
  requireSeparable,
  SCORE_FORMS,
  scoreBody,
  scoredPositions,
  type AskedScore,
  type ScoreForm,
} from './asked-score.js';
import { askedText, type TextForm } from './asked-text.js';
import type { Endpoint } from '../transport/endpoint.js';
import { EndpointPool, type RunSignals } from '../transport/endpoint-pool.js';
import { exchange } from '@mixture-of-personas/models';
import { Fault, Refusal } from '@mixture-of-personas/models';
import type { Position } from './position.js';
import type { ServerSettings } from '../transport/server-options.js';
import type { LocalTokenizer } from '../../tokenizing/tokenizer-files.js';

/** Parts that a client talks with. */
export interface ClientParts {
  readonly model: string;
  readonly pool: EndpointPool;
  readonly settings: ServerSettings;
  readonly local: LocalTokenizer | undefined;
}

/** Asks servers in the form each of them understands, found out once a server by a request of a few tokens. */
export class ServerClient {
  readonly #parts: ClientParts;
  readonly #scoreForms = new Map<Endpoint, ScoreForm>();
  readonly #textForms = new Map<Endpoint, TextForm>();
  /** Answer of each server to the first form that it declined. */
  readonly #declined = new Map<Endpoint, string>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * Finds how each server gives log-probabilities of a prompt.
   * @throws ModelError `cannot-score` when one of them does not
   */
  async prepareScoring(signal: AbortSignal | undefined): Promise<void> {
    this.#requireTokenizer();
    const { pool } = this.#parts;
    const asked = this.askedScore({ prompt: { text: 'One, two,' }, completion: ' three', endOfTurn: false });
    for (const endpoint of pool.endpoints.filter((each) => !this.#scoreForms.has(each))) {
      const form = await this.#firstForm(
        endpoint,
        SCORE_FORMS,
        (each) => this.#sendScore(endpoint, { asked, form: each }, signal),
        signal,
      );
      if (form === undefined) throw noScores(endpoint, this.#declined.get(endpoint));
      this.#scoreForms.set(endpoint, form);
    }
  }

  /** Finds whether each server takes token ids. @throws ModelError `refused` when one takes neither ids nor text */
  async prepareWriting(signal: AbortSignal | undefined): Promise<void> {
    const { pool, settings } = this.#parts;
    const forms: readonly TextForm[] = settings.api === 'chat' ? ['chat'] : ['ids', 'text', 'plain-text'];
    const request = { prompt: { text: 'One, two,' }, temperature: 0, maxTokens: 1, seed: 0, row: 0 };
    for (const endpoint of pool.endpoints.filter((each) => !this.#textForms.has(each))) {
      let refusal: unknown;
      const form = await this.#firstForm(
        endpoint,
        forms,
        async (each) => {
          await this.#sendText(endpoint, { request, form: each }, signal).catch((error: unknown) => {
            refusal = error;
            throw error;
          });
        },
        signal,
      );
      if (form === undefined) throw refused(endpoint, refusal, this.#parts);
      this.#textForms.set(endpoint, form);
    }
  }

  /** The first form that works; undefined when the server declines all of them or answers without log-probabilities. */
  async #firstForm<Form>(
    endpoint: Endpoint,
    forms: readonly Form[],
    attempt: (form: Form) => Promise<unknown>,
    signal: AbortSignal | undefined,
  ): Promise<Form | undefined> {
    const { settings } = this.#parts;
    const alone = new EndpointPool([endpoint], { ...settings, tries: Math.min(2, settings.tries) });
    let broken: ModelError | undefined;
    for (const form of forms) {
      try {
        await alone.run(() => attempt(form), { signal });
        return form;
      } catch (error) {
        if (!mayTakeAnotherForm(error)) throw inWords(endpoint, error, this.#parts);
        if (error instanceof ModelError) broken ??= error;
        if (error instanceof Refusal && !this.#declined.has(endpoint)) this.#declined.set(endpoint, error.message);
      }
    }
    if (broken !== undefined && !this.#declined.has(endpoint)) throw broken;
    return undefined;
  }

  /** Whether a server is sent text that it tokenizes itself, once it has been prepared for it. */
  takesText(endpoint: Endpoint, purpose: 'score' | 'generate'): boolean {
    if (purpose === 'score') return this.#scoreForms.get(endpoint)?.prompt === 'text';
    return ['text', 'plain-text'].includes(this.#textForms.get(endpoint) ?? '');
  }

  /** Known numbers at each position of the completion; asks whichever server has room. */
  positions(request: ScoreRequest, signals: RunSignals): Promise<Position[]> {
    const asked = this.askedScore(request);
    if (asked.from === asked.ids.length) return Promise.resolve([]);
    return this.#parts.pool.run((endpoint, signal) => {
      const form = this.#scoreForms.get(endpoint);
      if (form === undefined) throw noScores(endpoint);
      return this.#sendScore(endpoint, { asked, form }, signal).catch((error: unknown) => {
        throw inWords(endpoint, error, this.#parts);
      });
    }, signals);
  }

  async #sendScore(
    { url }: Endpoint,
    { asked, form }: { asked: AskedScore; form: ScoreForm },
    signal: AbortSignal | undefined,
  ): Promise<Position[]> {
    if (form.prompt === 'text') requireSeparable(asked);
    const question = { url: `${url}/completions`, body: scoreBody(asked, form) };
    return scoredPositions(await exchange(question, this.#parts.settings, signal), asked, form);
  }

  /** One text; asks whichever server has room. */
  write(request: GenerateRequest, signals: RunSignals): Promise<Omit<Generation, 'index'>> {
    return this.#parts.pool.run((endpoint, signal) => {
      const form = this.#textForms.get(endpoint) ?? 'plain-text';
      return this.#sendText(endpoint, { request, form }, signal).catch((error: unknown) => {
        throw inWords(endpoint, error, this.#parts);
      });
    }, signals);
  }

  async #sendText(
    endpoint: Endpoint,
    { request, form }: { request: GenerateRequest; form: TextForm },
    signal: AbortSignal | undefined,
  ): Promise<Omit<Generation, 'index'>> {
    const { settings, model, local } = this.#parts;
    const { path, body } = askedText(request, { model, form, tokenizer: local?.tokenizer });
    const answer = await exchange({ url: `${endpoint.url}${path}`, body }, settings, signal);
    const { choice, completionTokens = 0 } = choiceOf(answer, model);
    return { ...textOf(choice), tokens: completionTokens };
  }

  /** A request as one sequence of ids, tokenized on this side as the in-process engines do it. */
  askedScore({ prompt, completion, endOfTurn = true }: ScoreRequest): AskedScore {
    const tokenizer = this.#requireTokenizer();
    const prepared = tokenizer.prepare(prompt);
    const after = tokenizer.encodeCompletion(prepared, completion, endOfTurn);
    const promptText = tokenizer.withoutBeginning(prepared.text);
    const end = endOfTurn ? tokenizer.decodeAll([tokenizer.endOfTurn]) : '';
    const { model, settings } = this.#parts;
    return {
      model,
      top: settings.topLogProbabilities,
      ids: [...prepared.ids, ...after],
      from: prepared.ids.length,
      promptText,
      text: `${promptText}${completion}${end}`,
      encode: (text) => tokenizer.encodeText(text),
    };
  }

  #requireTokenizer(): Tokenizer {
    const { local, settings } = this.#parts;
    if (local !== undefined && settings.api !== 'chat') return local.tokenizer;
    const message =
      'A chat endpoint gives no log-probabilities of a prompt, so it cannot score; fit with a model that does (onnx, or a server with ' +
      '/v1/completions) and simulate with this one.';
    throw new ModelError('cannot-score', message);
  }
}

/** Whether a server that answered so may understand the next form: some answer 500 to a shape of request they do not know. */
function mayTakeAnotherForm(error: unknown): boolean {
  if (error instanceof ModelError) return error.cause instanceof Fault && error.cause.kind === 'broken';
  if (error instanceof Refusal) return ![401, 403, 404].includes(error.status);
  return [NoLogProbabilities, OtherTokens, JoinedTokens].some((kind) => error instanceof kind);
}

function noScores({ url }: Endpoint, declined?: string): ModelError {
  const said = declined === undefined ? '' : ` (it said: ${declined.replace(/[.\s]+$/, '')})`;
  const message =
    `The server ${url} gives no log-probabilities of a prompt's own tokens${said}, so it cannot score; serve the model with vLLM, or fit with ` +
    'an onnx model and simulate with this one.';
  return new ModelError('cannot-score', message);
}

/** An error of one sending as the one people see; faults pass, for they are repeated. */
function inWords(endpoint: Endpoint, error: unknown, parts: ClientParts): unknown {
  if (error instanceof NoLogProbabilities) return noScores(endpoint);
  if (error instanceof OtherTokens) {
    const message = `The server ${endpoint.url} reads a prompt otherwise than its tokenizer here does (${error.message}); give the tokenizer of the model it serves, or serve it with vLLM, which takes token ids.`;
    return new ModelError('tokenizer-mismatch', message);
  }
  if (error instanceof JoinedTokens) {
    const message =
      `The server ${endpoint.url} takes text alone, and its tokenizer joins the end of the prompt and the beginning of the completion into one token ` +
      `(${error.message}), so the completion has no log-probability of its own; end prompts where a token ends, as a chat template or a line feed does, or serve ` +
      'the model with vLLM, which takes token ids.';
    return new ModelError('joined-tokens', message);
  }
  return error instanceof Refusal ? refused(endpoint, error, parts) : error;
}

function refused({ url }: Endpoint, error: unknown, { model, settings }: ClientParts): unknown {
  if (!(error instanceof Refusal)) return error;
  const { status, message } = error;
  const said = message === '' ? '' : `: ${message.replace(/[.\s]+$/, '')}`;
  const advice =
    status === 401 || status === 403
      ? `Set the environment variable ${settings.keyName} to a key that it accepts.`
      : status === 404
        ? `Check the URL and the model's name, ${JSON.stringify(model)}.`
        : 'Shorten the prompt, or ask for what the server allows.';
  return new ModelError('refused', `The server ${url} declined the request with ${status}${said}. ${advice}`);
}
