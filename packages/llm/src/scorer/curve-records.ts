import { ChebyshevCurve, coefficientsOf, NODES } from '../scoring/score-curve.js';
import { broken } from '../server/asking/position.js';
import type { ScoreBatch } from './score-batches.js';

/** Numbers of a record: a, then R at the nodes. */
const NUMBERS = 1 + NODES;
/** Bytes of a record: float64. */
const RECORD_BYTES = 8 * NUMBERS;
/** Nats per token that rounding may put a sum on the wrong side of 0. */
const ROUNDING = 1e-3;

/**
 * The curves in an answer of `POST /score`: for each pair a = Σ_t (z_t[y_t] − max z_t) and R = Σ_t log Σ_v exp(β (z_t[v] − max z_t)) at the nodes,
 * float64, little-endian.
 * @throws Fault when there are not as many records as pairs, or a number cannot be such a sum: a > 0, R < 0, R rising with β
 */
export function curvesIn(bytes: Uint8Array, batch: ScoreBatch): ChebyshevCurve[] {
  if (bytes.length !== batch.length * RECORD_BYTES) {
    throw broken(`gave ${bytes.length} bytes where ${batch.length} curves take ${batch.length * RECORD_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return batch.map(({ completion }, i) => {
    const [gap = Number.NaN, ...sums] = Array.from({ length: NUMBERS }, (_, k) =>
      view.getFloat64(i * RECORD_BYTES + 8 * k, true),
    );
    const slack = ROUNDING * completion.length;
    const falls = sums.every((sum, n) => sum >= (sums[n - 1] ?? 0) - slack && sum < Infinity);
    if (!(gap <= slack && gap > -Infinity && falls)) throw broken('gave a curve whose numbers are no sums over logits');
    return new ChebyshevCurve({ tokens: completion.length, gap, coefficients: coefficientsOf(sums) });
  });
}
