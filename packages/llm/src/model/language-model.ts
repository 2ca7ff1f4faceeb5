/** One turn of a chat, rendered with the model's own chat template. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Text before the completion: chat turns for the model's own template, or the text itself, taken as it is. */
export type Prompt = { readonly messages: readonly ChatMessage[] } | { readonly text: string };

/** A (prompt, completion) pair to score. */
export interface ScoreRequest {
  readonly prompt: Prompt;
  readonly completion: string;
  /** Whether the end-of-turn token is part of the completion and so of its log-probability. @defaultValue true */
  readonly endOfTurn?: boolean;
}

/** Length of a prompt and its completion. */
export interface Measure {
  /** Tokens of both, the end-of-turn token included where it is asked for. */
  readonly tokens: number;
  /** Tokens that the model takes at most; undefined when its config does not say. */
  readonly window: number | undefined;
}

/** The log-likelihood of one completion as a function of the temperature τ, from one forward pass. */
export interface ScoreCurve {
  /** Completion tokens that were scored, the end-of-turn token included. */
  readonly tokens: number;
  /**
   * Σ_t log softmax(z_t / τ)[y_t], in nats, ≤ 0.
   * @throws SettingError when τ lies outside the range the curve was made for
   */
  logProbability(temperature: number): number;
  /** d/dτ of `logProbability`, nats per unit of temperature. */
  derivative(temperature: number): number;
  /**
   * Upper minus lower bound on `logProbability`, nats, ≥ 0, by curves that are known between bounds alone: those of servers that tell the most probable
   * tokens. Their `logProbability` is the middle.
   */
  readonly width?: ((temperature: number) => number) | undefined;
}

/** A prompt to continue. */
export interface GenerateRequest {
  readonly prompt: Prompt;
  /** τ > 0; 0 picks the most probable token at each step. */
  readonly temperature: number;
  /** Nucleus: sample from the smallest set of tokens with at least this probability, in (0, 1]. @defaultValue 1 */
  readonly topP?: number;
  /** Tokens at most. */
  readonly maxTokens: number;
  /** The run's seed; with `row` it fixes every draw of this text, whatever the batch. */
  readonly seed: number;
  readonly row: number;
}

/** A sampled text. */
export interface Generation {
  /** Position of its request in the list that was given. */
  readonly index: number;
  readonly text: string;
  /** Tokens sampled, the end-of-turn token included. */
  readonly tokens: number;
  /** Reason why it stopped: the model ended its turn, or the token limit was reached. */
  readonly finish: 'end' | 'length';
}

/** Options of every call that may take long. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as work is done, with the counts so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called with each curve when it is there, by models whose `score` may fail after some were: what it was given stays known. */
  readonly onCurve?: (index: number, curve: ScoreCurve) => void;
}

/** A frozen causal language model. */
export interface LanguageModel {
  /** Name for people and manifests: the choice it was opened from. */
  readonly id: string;
  /** Hash, hex, of all that changes a score (weights, tokenizer, template, configs, template variables): what cached scores are keyed by. */
  readonly fingerprint: string;
  /** Forward passes run for scoring so far, one per request whatever the batch; re-used scores cost none. */
  readonly scoringPasses: number;
  /** Temperatures that its curves answer for, where they are fewer than TEMPERATURE_RANGE: a fit must stay within. */
  readonly temperatures?: readonly [lowest: number, highest: number];
  /** Requests that it works on at a time, where that is more than a few: callers give it several times as many in one call, or several calls. */
  readonly inFlight?: number | undefined;
  /**
   * Tokens of a prompt and its completion, and how many the model takes: no pass is run. Undefined where only the server tokenizes.
   * @throws ModelError `prompt` or `joined-tokens` when the pair cannot be tokenized
   */
  measure?(request: ScoreRequest): Measure | undefined;
  /** One curve per request, in the order asked. */
  score(requests: readonly ScoreRequest[], options?: CallOptions): Promise<ScoreCurve[]>;
  /** Yields each text when it is ready, in any order; `index` says whose it is. */
  generate(requests: readonly GenerateRequest[], options?: CallOptions): AsyncIterable<Generation>;
  /** Frees native memory; the model is unusable afterwards. */
  close(): Promise<void>;
}
