import type { CausalSession } from '../onnx/causal-session.js';
import type { KeyValueCache } from '../onnx/key-value-cache.js';
import type { LogitKernel } from './logit-kernel.js';
import { chunksOf, commonPrefix } from './score-plan.js';

/** Tokens in one pass: bounds the engine's own working memory (about 100 MB for SmolLM2 at 512). */
const PASS_TOKENS = 512;

/**
 * Runs a sequence, but for what it begins with alike with the one before.
 * @param wantedFrom first position whose logits are wanted
 * @param visit called for each position from there on, in order, with the kernel's row that has its logits
 */
export type RunSequence = (ids: Int32Array, wantedFrom: number, visit: (row: number) => void) => Promise<void>;

/**
 * Runs sequences on one row of cache, logits going to the kernel.
 * @param cache one row, with room for one token more than the longest sequence
 */
export function sequenceRunner(session: CausalSession, kernel: LogitKernel, cache: KeyValueCache): RunSequence {
  const { logits, vocabulary } = kernel;
  const limits = { tokens: PASS_TOKENS, rows: logits.length / vocabulary };
  let held: Int32Array = new Int32Array(0); // the tokens whose keys and values the cache holds
  return async (ids, wantedFrom, visit) => {
    const shared = Math.min(commonPrefix(held, ids), wantedFrom);
    held = new Int32Array(0); // until the passes are through, the cache is in between
    for (const { from, to, wantedFrom: wanted } of chunksOf(shared, ids.length, wantedFrom, limits)) {
      // One token alone after a past is doubled: see score-plan.ts. What the second leaves in the cache is never read.
      const last = ids[from] ?? 0;
      const tokens = to - from === 1 && from > 0 ? Int32Array.of(last, last) : ids.subarray(from, to);
      const positions = Array.from({ length: to - wanted }, (_, i) => wanted - from + i);
      const into = logits.subarray(0, positions.length * vocabulary);
      await session.run(cache, { tokens, past: [from], positions, logits: into });
      for (let row = 0; row < to - wanted; row++) visit(row);
    }
    held = ids;
  };
}
