import { openCausalSession, type CausalSession } from './onnx/causal-session.js';
import { LogitKernel } from './scoring/logit-kernel.js';
import { readModelFolder } from './files/model-folder.js';
import { sequenceRunner } from './scoring/sequence-runner.js';
import { openTokenizer, type Tokenizer } from './tokenizing/tokenizer.js';

/** Rows of logits held at once. */
const ROWS = 64;

/** The onnx engine one level below scores: next-token logits, for programs that serve a model or look into it. */
export interface LogitModel {
  /** Tokens that the model can say. */
  readonly vocabulary: number;
  readonly tokenizer: Tokenizer;
  /**
   * Runs a sequence; what it begins with alike with the one before is not computed again.
   * @param from first position whose logits are wanted
   * @param visit called for each position from there on, in order, with the logits of the token after it; they are overwritten later
   */
  run(ids: readonly number[], from: number, visit: (logits: Float32Array) => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a model in the Hugging Face ONNX layout for its logits. Calls of `run` must not overlap.
 * @param capacity tokens of the longest sequence
 * @throws ModelError with the reason as `code`
 */
export async function openLogits(path: string, capacity = 2048): Promise<LogitModel> {
  const folder = await readModelFolder(path);
  const tokenizer = await openTokenizer(folder);
  const session: CausalSession = await openCausalSession(folder, 1);
  const { vocabulary } = session;
  const kernel = new LogitKernel(vocabulary, ROWS);
  const run = sequenceRunner(session, kernel, session.newCache(1, capacity + 2));
  return {
    vocabulary,
    tokenizer,
    run: (ids, from, visit) =>
      run(Int32Array.from(ids), from, (row) => visit(kernel.logits.subarray(row * vocabulary, (row + 1) * vocabulary))),
    close: () => session.release(),
  };
}
