/**
 * Positions grouped for the model: sorted by token count, longest first, so that a batch pads little and the first one shows the
 * largest memory; equal lengths keep their order.
 * @param lengths tokens of each text
 * @param size texts in a batch, ≥ 1; the last may be smaller
 */
export function batchesByLength(lengths: readonly number[], size: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  for (let i = 0; i < order.length; i += size) batches.push(order.slice(i, i + size));
  return batches;
}

/**
 * Token ids cut to a maximum, the special tokens that close every text kept.
 * @param ids with special tokens
 * @param maxTokens special tokens included
 * @param closing how many special tokens stand at the end
 */
export function cut(ids: readonly number[], maxTokens: number, closing: number): readonly number[] {
  if (ids.length <= maxTokens) return ids;
  return [...ids.slice(0, maxTokens - closing), ...ids.slice(ids.length - closing)];
}
