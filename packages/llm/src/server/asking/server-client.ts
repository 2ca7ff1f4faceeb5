import { exchange, Fault, Refusal } from '@mixture-of-personas/models';
import { ModelError } from '../../model/errors.js';
import type { Generation, GenerateRequest, ScoreRequest } from '../../model/language-model.js';
import type { LocalTokenizer } from '../../tokenizing/tokenizer-files.js';
import type { Tokenizer } from '../../tokenizing/tokenizer.js';
import { Endpoint } from '../transport/endpoint.js';
import { EndpointPool, type RunSignals } from '../transport/endpoint-pool.js';
import type { ServerSettings } from '../transport/server-options.js';
import { choiceOf, textOf } from './answer.js';
import {
  CachedCompletion,
  NoLogProbabilities,
  SCORE_FORMS,
  scoredPositions,
  scoreQuestion,
  type AskedScore,
  type ScoreForm,
} from './asked-score.js';
import { askedText, type TextForm } from './asked-text.js';
import { noScores, refused, unreachable } from './client-errors.js';
import type { Position } from './position.js';

/** Parts that a client talks with. */
export interface ClientParts {
  readonly model: string;
  readonly pool: EndpointPool;
  readonly settings: ServerSettings;
  readonly local: LocalTokenizer | undefined;
}

/** Use of a server. */
export type Purpose = 'score' | 'generate';

/** Asks servers in the form each of them understands, found out once a server by a request of a few tokens. */
export class ServerClient {
  readonly #parts: ClientParts;
  readonly #scoreForms = new Map<Endpoint, ScoreForm>();
  readonly #textForms = new Map<Endpoint, TextForm>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * Finds how each server that is there is asked.
   * @throws ModelError `cannot-score` or `refused` when one of them cannot be; `server` when none is there and none ever was
   */
  async prepare(purpose: Purpose, signal: AbortSignal | undefined): Promise<void> {
    if (purpose === 'score') this.#requireTokenizer();
    const { endpoints, health } = this.#parts.pool;
    const forms = purpose === 'score' ? this.#scoreForms : this.#textForms;
    const open = endpoints.filter((endpoint) => endpoint.lost === undefined && !forms.has(endpoint));
    await Promise.all(
      open.map(async (endpoint) => (await health.isThere(endpoint)) && this.learn(endpoint, purpose, signal)),
    );
    const [first] = endpoints;
    if (forms.size === 0 && first?.lost !== undefined) throw unreachable(first, first.lost);
  }

  /** Finds how a server is asked. @throws ModelError `cannot-score` or `refused` */
  async learn(endpoint: Endpoint, purpose: Purpose, signal: AbortSignal | undefined): Promise<void> {
    const prompt = { text: 'One, two,' };
    if (purpose === 'score') {
      const asked = { ...this.askedScore({ prompt, completion: ' three', endOfTurn: false }), top: 1 };
      const send = (form: ScoreForm): Promise<unknown> => this.#sendScore(endpoint, { asked, form }, signal);
      this.#scoreForms.set(endpoint, await this.#firstForm(endpoint, SCORE_FORMS, send, signal));
      return;
    }
    const forms: readonly TextForm[] = this.#parts.settings.api === 'chat' ? ['chat'] : ['ids', 'text', 'plain-text'];
    const request = { prompt, temperature: 0, maxTokens: 1, seed: 0, row: 0 };
    const send = (form: TextForm): Promise<unknown> => this.#sendText(endpoint, { request, form }, signal);
    this.#textForms.set(endpoint, await this.#firstForm(endpoint, forms, send, signal));
  }

  /** The first form that works. @throws ModelError of the first form that was declined, when all were */
  async #firstForm<Form>(
    endpoint: Endpoint,
    forms: readonly Form[],
    attempt: (form: Form) => Promise<unknown>,
    signal: AbortSignal | undefined,
  ): Promise<Form> {
    const { settings } = this.#parts;
    // A stand-in: the endpoint itself may be lost as yet, and is asked before it is trusted again.
    const standIn = new Endpoint(endpoint.url, 1, 1);
    const alone = new EndpointPool([standIn], { ...settings, tries: Math.min(2, settings.tries), patience: 0 });
    const errors: unknown[] = [];
    for (const form of forms) {
      try {
        await alone.run(() => attempt(form), { signal });
        return form;
      } catch (error) {
        if (!mayTakeAnotherForm(error)) throw this.#inWords(error, endpoint);
        errors.push(error);
      }
    }
    // What a server says of an address that it does not have explains nothing.
    const first = errors.find((error) => !(error instanceof Refusal && error.status === 404));
    if (forms[0] === SCORE_FORMS[0] && first instanceof Refusal) throw noScores(endpoint, first.message);
    throw this.#inWords(first ?? errors.at(-1), endpoint);
  }

  /** Whether a server is sent text that it tokenizes itself, once it has been prepared for it. */
  takesText(endpoint: Endpoint): boolean {
    return ['text', 'plain-text'].includes(this.#textForms.get(endpoint) ?? '');
  }

  /** Known numbers at each position of the completion; asks whichever server has room. */
  positions(asked: AskedScore, signals: RunSignals): Promise<Position[]> {
    if (asked.from === asked.ids.length) return Promise.resolve([]);
    const send = (endpoint: Endpoint, signal: AbortSignal | undefined): Promise<Position[]> => {
      const form = this.#scoreForms.get(endpoint);
      if (form === undefined) throw noScores(endpoint);
      return this.#sendScore(endpoint, { asked, form }, signal);
    };
    return this.#parts.pool.run(send, signals, this.#inWords);
  }

  async #sendScore(
    endpoint: Endpoint,
    { asked, form }: { asked: AskedScore; form: ScoreForm },
    signal: AbortSignal | undefined,
  ): Promise<Position[]> {
    try {
      const answer = await exchange(scoreQuestion(endpoint.url, asked, form), this.#parts.settings, signal);
      return scoredPositions(answer, asked, form);
    } catch (error) {
      // Cached positions hold no numbers: where they reach the completion, or are no JSON (400), all are computed.
      const isCache = error instanceof CachedCompletion || (error instanceof Refusal && error.status === 400);
      if (form !== 'generate-cached' || !isCache) throw error;
      return this.#sendScore(endpoint, { asked, form: 'generate' }, signal);
    }
  }

  /** One text; asks whichever server has room. */
  write(request: GenerateRequest, signals: RunSignals): Promise<Omit<Generation, 'index'>> {
    const formOf = (endpoint: Endpoint): TextForm => this.#textForms.get(endpoint) ?? 'plain-text';
    return this.#parts.pool.run(
      (endpoint, signal) => this.#sendText(endpoint, { request, form: formOf(endpoint) }, signal),
      signals,
      this.#inWords,
    );
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
    const { model, settings } = this.#parts;
    const ids = [...prepared.ids, ...after];
    return { model, top: settings.topLogProbabilities, ids, from: prepared.ids.length };
  }

  #requireTokenizer(): Tokenizer {
    const { local, settings } = this.#parts;
    if (local !== undefined && settings.api !== 'chat') return local.tokenizer;
    const problem = 'A chat endpoint gives no log-probabilities of a prompt, so it cannot score';
    const advice = 'fit with a model that does (onnx, or a server with /v1/completions) and simulate with this one';
    throw new ModelError('cannot-score', `${problem}; ${advice}.`);
  }

  /** An error of one sending as the one people see; faults pass, for they are repeated. */
  readonly #inWords = (error: unknown, endpoint: Endpoint): unknown => {
    if (error instanceof NoLogProbabilities) return noScores(endpoint);
    return error instanceof Refusal ? refused(endpoint, error, this.#parts) : error;
  };
}

/** Whether a server that answered so may understand the next form: some answer 500 to a shape of request they do not know. */
function mayTakeAnotherForm(error: unknown): boolean {
  if (error instanceof ModelError) return error.cause instanceof Fault && error.cause.kind === 'broken';
  if (error instanceof Refusal) return ![401, 403].includes(error.status);
  return error instanceof NoLogProbabilities;
}
