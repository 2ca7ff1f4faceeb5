// A pair costs one pass over what its sequence does not share with the one before. Sequences are put in lexicographic order of
// their prompts, so that the longest prefix shared with any earlier prompt is shared with the previous one, and one row of cache
// serves all. A chunk after a past is never one token long: onnxruntime's attention then takes another route, and with int8
// activations its last-bit difference grows to 0.5 in a logit; from two tokens on, splits change no bit (docs/decisions/0031).

/** A request as token ids. */
export interface TokenizedPair {
  /** Position of the request in the list that was asked. */
  readonly index: number;
  readonly prompt: Int32Array;
  readonly completion: Int32Array;
}

/** Pairs of the same prompt. */
export interface PromptGroup {
  readonly prompt: Int32Array;
  readonly pairs: readonly TokenizedPair[];
}

/** Number of tokens that two sequences begin with alike. */
export function commonPrefix(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return i;
  return end;
}

/** Groups pairs by prompt, in lexicographic order of the prompts' tokens. */
export function planScoring(pairs: readonly TokenizedPair[]): PromptGroup[] {
  const sorted = [...pairs].sort(({ prompt: a }, { prompt: b }) => {
    const i = commonPrefix(a, b);
    return (a[i] ?? -1) - (b[i] ?? -1);
  });
  const groups: { prompt: Int32Array; pairs: TokenizedPair[] }[] = [];
  for (const pair of sorted) {
    const last = groups.at(-1);
    const isSame =
      last?.prompt.length === pair.prompt.length && commonPrefix(last.prompt, pair.prompt) === pair.prompt.length;
    if (isSame) last.pairs.push(pair);
    else groups.push({ prompt: pair.prompt, pairs: [pair] });
  }
  return groups;
}

/** One pass over part of a sequence. */
export interface Chunk {
  /** Tokens [from, to) are run. */
  readonly from: number;
  readonly to: number;
  /** Logits are wanted at the tokens from here to `to`. */
  readonly wantedFrom: number;
}

/**
 * Cuts tokens [from, to) of a sequence into passes, logits wanted from `wantedFrom` on; no pass after a past is of one token except
 * when there is only one. Limits are the tokens of one pass, and the positions whose logits fit into the kernel's memory.
 */
export function chunksOf(
  from: number,
  to: number,
  wantedFrom: number,
  limits: { readonly tokens: number; readonly rows: number },
): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = from; at < to;) {
    const wanted = Math.max(at, wantedFrom);
    let end = Math.min(to, at + limits.tokens, wanted + limits.rows);
    if (to - end === 1) end -= 1;
    chunks.push({ from: at, to: end, wantedFrom: Math.min(wanted, end) });
    at = end;
  }
  return chunks;
}
