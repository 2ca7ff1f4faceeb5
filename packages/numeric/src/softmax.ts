/**
 * log Σ exp(values), shifted by the largest so that nothing overflows. −∞ for an empty list or one of −∞ only.
 * @param values natural logarithms; −∞ allowed
 */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - largest);
  return largest + Math.log(sum);
}

/** softmax of values, written over them; the log-sum-exp is returned. Entries of −∞ become 0. */
export function softmaxInPlace(values: Float32Array | Float64Array): number {
  const logTotal = logSumExp(values);
  for (let i = 0; i < values.length; i++) values[i] = Math.exp(values[i] - logTotal);
  return logTotal;
}
