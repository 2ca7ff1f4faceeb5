import type { CausalSession } from '../onnx/causal-session.js';
import { notFinite } from '../model/errors.js';
import { LogitKernel } from './logit-kernel.js';
import { ChebyshevCurve, coefficientsOf, NODES } from './score-curve.js';
import { planScoring, type PromptGroup, type TokenizedPair } from './score-plan.js';
import { sequenceRunner, type RunSequence } from './sequence-runner.js';

/** Rows of logits held at once: 12.6 MB at a vocabulary of 49,152. */
const ROWS = 64;
/** The cache grows by this many tokens at a time. */
const CAPACITY_STEP = 128;

type Curves = AsyncGenerator<[index: number, curve: ChebyshevCurve]>;

/** a and R(s) of one completion while its tokens come in. */
class CurveSums {
  #gap = 0;
  #tokens = 0;
  readonly #values = new Float64Array(NODES);

  /** Takes in the row the kernel has just reduced: z[y] − max and log Σ_v exp(β_n (z[v] − max)). */
  add(gap: number, sums: Float64Array): void {
    if (!Number.isFinite(gap)) throw notFinite();
    this.#gap += gap;
    this.#tokens += 1;
    for (let n = 0; n < NODES; n++) this.#values[n] = (this.#values[n] ?? 0) + Math.log(sums[n] ?? 1);
  }

  /** The curve so far. */
  curve(): ChebyshevCurve {
    return new ChebyshevCurve({ tokens: this.#tokens, gap: this.#gap, coefficients: coefficientsOf(this.#values) });
  }
}

/** prompt ++ completion without its last token, whose own logits predict nothing that is asked. */
function sequenceOf({ prompt, completion }: TokenizedPair): Int32Array {
  const ids = new Int32Array(prompt.length + completion.length - 1);
  ids.set(prompt);
  ids.set(completion.subarray(0, -1), prompt.length);
  return ids;
}

/** Scores tokenized pairs with one row of cache, each prompt's shared beginning computed once. */
export class PairScorer {
  readonly #session: CausalSession;
  readonly #kernel: LogitKernel;
  #run: RunSequence | undefined;
  #capacity = 0;

  constructor(session: CausalSession) {
    this.#session = session;
    this.#kernel = new LogitKernel(session.vocabulary, ROWS);
  }

  /** Yields (index, curve) of each pair when it is ready; every completion has at least one token. */
  async *score(pairs: readonly TokenizedPair[]): Curves {
    const lengths = pairs.map(({ prompt, completion }) => prompt.length + completion.length);
    const run = this.#runnerFor(lengths.reduce((most, length) => Math.max(most, length), 0));
    for (const group of planScoring(pairs))
      yield* group.pairs.length === 1 ? this.#scoreWhole(run, group) : this.#scoreShared(run, group);
  }

  /** A prompt with one completion: both in one pass. */
  async *#scoreWhole(run: RunSequence, { prompt, pairs }: PromptGroup): Curves {
    for (const pair of pairs) {
      const sums = new CurveSums();
      let t = 0;
      await run(sequenceOf(pair), prompt.length - 1, (row) => this.#add(sums, row, pair.completion[t++]));
      yield [pair.index, sums.curve()];
    }
  }

  /** A prompt with several completions: the prompt once, then each completion after it. */
  async *#scoreShared(run: RunSequence, { prompt, pairs }: PromptGroup): Curves {
    const all = pairs.map(() => new CurveSums());
    await run(prompt, prompt.length - 1, (row) => {
      pairs.forEach(({ completion }, i) => this.#add(all[i] as CurveSums, row, completion[0]));
    });
    for (const [i, pair] of pairs.entries()) {
      const sums = all[i] as CurveSums;
      let t = 1;
      await run(sequenceOf(pair), prompt.length, (row) => this.#add(sums, row, pair.completion[t++]));
      yield [pair.index, sums.curve()];
    }
  }

  /** Adds the token that stands after the position of `row`. */
  #add(sums: CurveSums, row: number, token = -1): void {
    const top = this.#kernel.nodeSums(row);
    sums.add((this.#kernel.logits[row * this.#kernel.vocabulary + token] ?? Number.NaN) - top, this.#kernel.sums);
  }

  #runnerFor(length: number): RunSequence {
    if (this.#run === undefined || length >= this.#capacity) {
      this.#capacity = (Math.floor(length / CAPACITY_STEP) + 1) * CAPACITY_STEP;
      this.#run = sequenceRunner(this.#session, this.#kernel, this.#session.newCache(1, this.#capacity));
    }
    return this.#run;
  }
}
