import type { CausalSession } from '../onnx/causal-session.js';
import type { KeyValueCache } from '../onnx/key-value-cache.js';
import type { LogitKernel } from './logit-kernel.js';
import { chunksOf, commonPrefix, type Chunk } from './score-plan.js';

/** Tokens in one pass: bounds the engine's own working memory (about 100 MB for SmolLM2 at 512). */
const PASS_TOKENS = 512;

/** Runs parts of a sequence on one row of cache, logits going to the kernel. */
export class SequenceRunner {
  readonly #session: CausalSession;
  readonly #kernel: LogitKernel;
  readonly #cache: KeyValueCache;
  readonly #rows: number;
  /** The tokens whose keys and values the cache holds. */
  #held: Int32Array = new Int32Array(0);

  /** @param cache one row, with room for one token more than the longest sequence */
  constructor(session: CausalSession, kernel: LogitKernel, cache: KeyValueCache) {
    this.#session = session;
    this.#kernel = kernel;
    this.#cache = cache;
    this.#rows = kernel.logits.length / kernel.vocabulary;
  }

  /**
   * Runs a sequence, but for what it begins with alike with the one before.
   * @param wantedFrom first position whose logits are wanted
   * @param visit called for each position from there on, in order, with the kernel's row that has its logits
   */
  async run(ids: Int32Array, wantedFrom: number, visit: (row: number) => void): Promise<void> {
    const limits = { tokens: PASS_TOKENS, rows: this.#rows };
    const from = Math.min(commonPrefix(this.#held, ids), wantedFrom);
    this.#held = new Int32Array(0); // until the passes are through, the cache is in between
    for (const chunk of chunksOf(from, ids.length, wantedFrom, limits)) {
      await this.#pass(ids, chunk);
      for (let row = 0; row < chunk.to - chunk.wantedFrom; row++) visit(row);
    }
    this.#held = ids;
  }

  async #pass(ids: Int32Array, { from, to, wantedFrom }: Chunk): Promise<void> {
    // One token alone after a past is doubled: see score-plan.ts. What the second leaves in the cache is never read.
    const last = ids[from] ?? 0;
    const tokens = to - from === 1 && from > 0 ? Int32Array.of(last, last) : ids.subarray(from, to);
    const positions = Array.from({ length: to - wantedFrom }, (_, i) => wantedFrom - from + i);
    const logits = this.#kernel.logits.subarray(0, positions.length * this.#kernel.vocabulary);
    await this.#session.run(this.#cache, { tokens, past: [from], positions, logits });
  }
}
