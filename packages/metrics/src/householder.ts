/** Turns x[from…] into v, |v|² = 2, with (I − v vᵀ) x a multiple of the first axis; returns the multiple. Zeros: nothing to do. */
export function reflect(x: Float64Array, from: number): number {
  let scale = 0;
  for (let i = from + 1; i < x.length; i++) scale = Math.max(scale, Math.abs(x[i]));
  const first = x[from];
  if (scale === 0) {
    x.fill(0, from);
    return first;
  }
  scale = Math.max(scale, Math.abs(first));
  let sum = 0;
  for (let i = from; i < x.length; i++) sum += (x[i] / scale) ** 2;
  const norm = scale * Math.sqrt(sum);
  const beta = first > 0 ? -norm : norm;
  // |x − β e|² = 2 β (β − first): divided by its root over √2, v has length √2.
  const factor = 1 / Math.sqrt((beta - first) / beta) / norm;
  x[from] = (first - beta) * factor;
  for (let i = from + 1; i < x.length; i++) x[i] *= factor;
  return beta;
}
