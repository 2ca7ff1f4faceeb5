import { randomFor, SettingError, type Random } from '@mixture-of-personas/numeric';
import type { CausalSession } from '../onnx/causal-session.js';
import { notFinite } from '../model/errors.js';
import { bytesPerToken, type KeyValueCache } from '../onnx/key-value-cache.js';
import type { GenerateRequest } from '../model/language-model.js';
import { LogitKernel } from '../scoring/logit-kernel.js';
import { sequenceRunner, type RunSequence } from '../scoring/sequence-runner.js';

/** Most memory that keys and values of a batch may take. */
const CACHE_BYTES = 512 * 2 ** 20;

/** A request with its prompt's ids. */
export interface TokenizedPrompt {
  readonly index: number;
  readonly request: GenerateRequest;
  readonly prompt: Int32Array;
}

/** Sampled ids, the end token left out. */
export interface SampledIds {
  readonly index: number;
  readonly ids: readonly number[];
  readonly finish: 'end' | 'length';
}

/** A text being written: one row of the batch. */
interface Row {
  readonly index: number;
  readonly request: GenerateRequest;
  readonly random: Random;
  readonly ids: number[];
  /** Tokens in the cache. */
  length: number;
}

/** @throws SettingError naming the setting */
export function checkGenerateRequest({ temperature, topP = 1, maxTokens }: GenerateRequest): void {
  if (!(temperature >= 0 && temperature < Infinity))
    throw new SettingError('generate', 'temperature', 'a finite number ≥ 0', temperature);
  if (!(topP > 0 && topP <= 1)) throw new SettingError('generate', 'topP', 'above 0 and at most 1', topP);
  if (!(Number.isSafeInteger(maxTokens) && maxTokens > 0))
    throw new SettingError('generate', 'maxTokens', 'a whole number above 0', maxTokens);
}

/**
 * Samples texts in a batch whose rows come and go: a row that ends makes room for the next prompt. Logits of a row do not depend, to
 * the last bit, on what stands beside it (docs/decisions/0031), and its uniform numbers on (seed, row) alone; so neither does its text.
 */
export class TextSampler {
  readonly #session: CausalSession;
  readonly #kernel: LogitKernel;
  readonly #cache: KeyValueCache;
  readonly #batch: number;
  readonly #prefill: RunSequence;
  readonly #endTokens: ReadonlySet<number>;
  readonly #rows: Row[] = [];

  /** `capacity`: tokens of the longest prompt and its text together. */
  constructor(session: CausalSession, endTokens: ReadonlySet<number>, size: { batch: number; capacity: number }) {
    const capacity = size.capacity + 2; // one for the doubled token of a prefill, one for the last token sampled
    const affordable = Math.floor(CACHE_BYTES / (bytesPerToken(session.layout) * capacity)) - 1;
    this.#batch = Math.max(1, Math.min(size.batch, affordable));
    this.#session = session;
    this.#endTokens = endTokens;
    this.#kernel = new LogitKernel(session.vocabulary, this.#batch);
    this.#cache = session.newCache(this.#batch + 1, capacity); // the last row is where prompts are run
    this.#prefill = sequenceRunner(session, this.#kernel, this.#cache.view(this.#batch, 1));
  }

  /** Yields each text's ids when it ends. Prompts that begin alike should stand together. */
  async *sample(prompts: readonly TokenizedPrompt[], signal?: AbortSignal): AsyncGenerator<SampledIds> {
    let next = 0;
    while (next < prompts.length || this.#rows.length > 0) {
      signal?.throwIfAborted();
      while (this.#rows.length < this.#batch && next < prompts.length) {
        yield* await this.#start(prompts[next++] as TokenizedPrompt);
      }
      if (this.#rows.length > 0) yield* await this.#step();
    }
  }

  /** Runs a prompt and samples its text's first token; gives the text when that ends it already. */
  async #start({ index, request, prompt }: TokenizedPrompt): Promise<SampledIds[]> {
    const random = randomFor(request.seed, 'generate', request.row);
    const row: Row = { index, request, random, ids: [], length: prompt.length };
    let finish: SampledIds['finish'] | undefined;
    await this.#prefill(prompt, prompt.length - 1, (at) => (finish = this.#extend(row, at)));
    if (finish !== undefined) return [{ index, ids: row.ids, finish }];
    this.#cache.copy(this.#batch, this.#rows.length, prompt.length);
    this.#rows.push(row);
    return [];
  }

  /** One more token for every row; gives the texts that end. */
  async #step(): Promise<SampledIds[]> {
    const rows = this.#rows;
    const logits = this.#kernel.logits.subarray(0, rows.length * this.#kernel.vocabulary);
    const tokens = Int32Array.from(rows, ({ ids }) => ids.at(-1) ?? 0);
    const past = rows.map(({ length }) => length);
    const positions = rows.map((_, i) => i);
    await this.#session.run(this.#cache.view(0, rows.length), { tokens, past, positions, logits });
    const ended = rows.map((row, at) => {
      row.length += 1;
      const finish = this.#extend(row, at);
      return finish && { index: row.index, ids: row.ids, finish };
    });
    for (let at = ended.length - 1; at >= 0; at--) if (ended[at] !== undefined) this.#remove(at);
    return ended.filter((each) => each !== undefined).reverse();
  }

  /** Samples the row's next token; says why the text ends when it does. */
  #extend(row: Row, at: number): SampledIds['finish'] | undefined {
    const { temperature, topP = 1, maxTokens } = row.request;
    const uniform = row.random();
    const token =
      temperature === 0 ? this.#kernel.indexOfLargest(at) : this.#kernel.draw(at, { temperature, topP, uniform });
    if (token < 0) throw notFinite();
    if (this.#endTokens.has(token)) return 'end';
    row.ids.push(token);
    return row.ids.length === maxTokens ? 'length' : undefined;
  }

  /** Frees a row; the last one takes its place. */
  #remove(at: number): void {
    const last = this.#rows.pop() as Row;
    if (at === this.#rows.length) return;
    this.#cache.copy(this.#rows.length, at, last.length);
    this.#rows[at] = last;
  }
}
