// Known: log p of the token y that stands there and of n others; unknown: V − n − 1 tokens that share the mass q = 1 − Σ known, none above
// the cap c, the least probable of the n. With β = 1/τ,
//   log p_τ(y) = β log p(y) − log(K + T),  K = Σ_known p^β,  T = Σ_unknown p^β.
// T lies between E, all the mass in as few tokens as the cap allows (⌊q/c⌋ at the cap, one with the rest), and U, the mass spread evenly:
//   E = ⌊q/c⌋ c^β + (q − ⌊q/c⌋ c)^β      U = m^(1−β) q^β, m the number of unknown tokens.
// E ≥ T ≥ U where β ≥ 1 and U ≥ T ≥ E where β ≤ 1 (x^β is convex or concave); at β = 1 all three are q and log p_τ is exact.
import { ChebyshevCurve, coefficientsOf, NODE_BETAS, NODES } from '../../scoring/score-curve.js';
import type { Position } from './position.js';

/**
 * The curve of a completion from the most probable tokens at each of its positions; exact at τ = 1 up to the arithmetic of the server.
 * @param positions one a completion token
 * @param bounds V, tokens that the model can say, and temperatures that the curve will be asked for
 */
export function boundedCurve(
  positions: readonly Position[],
  { vocabulary, range }: { readonly vocabulary: number; readonly range: ChebyshevCurve['range'] },
): ChebyshevCurve {
  const middle = new Float64Array(NODES);
  const difference = new Float64Array(NODES);
  let gap = 0;
  let exact = 0; // Σ log p at τ = 1
  for (const { token, others } of positions) {
    const top = others.reduce((most, other) => Math.max(most, other), token);
    const tail = tailOf(token, others, vocabulary);
    gap += token - top;
    exact += token;
    for (let n = 0; n < NODES; n++) {
      const beta = NODE_BETAS[n] ?? 1;
      const known = others.reduce((sum, other) => sum + Math.exp(beta * (other - top)), Math.exp(beta * (token - top)));
      const few = Math.log(known + tail.few(beta, top));
      const even = Math.log(known + tail.even(beta, top));
      middle[n] = (middle[n] ?? 0) + (few + even) / 2;
      difference[n] = (difference[n] ?? 0) + (few - even) / 2;
    }
  }
  const coefficients = coefficientsOf(middle);
  // The series through the nodes passes β = 1 within 1e-6; what is known exactly there is made exact.
  const at = new ChebyshevCurve({ tokens: positions.length, gap, coefficients });
  coefficients[0] = (coefficients[0] ?? 0) + at.valueAt(1) - exact;
  const data = { tokens: positions.length, gap, coefficients, difference: coefficientsOf(difference) };
  return new ChebyshevCurve(data, range);
}

/** The curve that is known at τ = 1 alone: the same value throughout its range. */
export function fixedCurve(positions: readonly Position[], range: readonly [number, number]): ChebyshevCurve {
  const coefficients = new Float64Array(NODES);
  coefficients[0] = -positions.reduce((sum, { token }) => sum + token, 0);
  return new ChebyshevCurve({ tokens: positions.length, gap: 0, coefficients }, range);
}

/** E and U as functions of β, both over p_top^β. */
function tailOf(
  token: number,
  others: readonly number[],
  vocabulary: number,
): Readonly<Record<'few' | 'even', (beta: number, top: number) => number>> {
  const mass = 1 - others.reduce((sum, other) => sum + Math.exp(other), Math.exp(token));
  const unknown = vocabulary - others.length - 1;
  if (mass <= 0 || unknown <= 0) return { few: () => 0, even: () => 0 };
  const cap = others.length === 0 ? 0 : Math.min(...others);
  const full = Math.floor(mass / Math.exp(cap));
  const rest = Math.max(0, mass - full * Math.exp(cap));
  return {
    few: (beta, top) =>
      full * Math.exp(beta * (cap - top)) + (rest === 0 ? 0 : Math.exp(beta * (Math.log(rest) - top))),
    even: (beta, top) => Math.exp((1 - beta) * Math.log(unknown) + beta * (Math.log(mass) - top)),
  };
}

/** The most that the bounds lie apart over the curve's range, nats per token. */
export function widestOf(curve: ChebyshevCurve): number {
  const [low, high] = curve.range;
  const inside = Array.from(NODE_BETAS, (beta) => 1 / beta).filter((node) => node > low && node < high);
  const widths = [low, high, ...inside].map((temperature) => curve.width?.(temperature) ?? 0);
  return Math.max(...widths) / Math.max(1, curve.tokens);
}
