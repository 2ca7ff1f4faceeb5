// exp of float64 numbers, two at a time. exp(x) = 2ⁿ exp(r) with n = round(x / ln 2) and |r| ≤ ln 2 / 2, where
// exp(r) = 1 + r + r c / (2 − c), c = r − r² P(r²), P of degree 4: the rational form of fdlibm's e_exp.c (Sun Microsystems 1993), error < 1 ulp.
// V8 builds a vector constant anew each time round a loop; loaded from this table they cost one instruction (3.6 instead of 4.4 ns a number).
const TABLE = memory.data<f64>([
  710, // 0: exp is infinite from 709.79 on
  -708.3964185322641, // 1: below this, exp is no normal number
  6755399441055744, // 2: 1.5 · 2⁵²; adding it rounds to a whole number, held by the low bits
  1.44269504088896338700, // 3: 1 / ln 2
  6.93147180369123816490e-01, // 4: ln 2, the upper bits
  1.90821492927058770002e-10, // 5: ln 2, the rest
  1.66666666666666019037e-01, // 6–10: P
  -2.77777777770155933842e-03,
  6.61375632143793436117e-05,
  -1.65339022054652515390e-06,
  4.13813679705723846039e-08,
  1, // 11
  2, // 12
  709, // 13: above this the scale 2ⁿ is taken by halves
]);

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load64_splat(TABLE + (index << 3));
}

/** values[i] = exp(values[i] − shift) for `count` numbers, count even; 0 where the result would be subnormal. */
export function exp64(values: usize, count: i32, shift: f64): void {
  const offset = f64x2.splat(shift);
  for (const end = values + (<usize>count << 3); values < end; values += 16) {
    const given = f64x2.sub(v128.load(values), offset);
    // pmin and pmax are one instruction each, min and max eight; NaN passes through either way.
    const x = f64x2.pmax(f64x2.pmin(given, constant(0)), constant(1));
    const shifted = f64x2.add(f64x2.mul(x, constant(3)), constant(2));
    const n = f64x2.sub(shifted, constant(2));
    const high = f64x2.sub(x, f64x2.mul(n, constant(4)));
    const low = f64x2.mul(n, constant(5));
    const r = f64x2.sub(high, low);
    const t = f64x2.mul(r, r);
    let p = f64x2.add(constant(9), f64x2.mul(t, constant(10)));
    p = f64x2.add(constant(8), f64x2.mul(t, p));
    p = f64x2.add(constant(7), f64x2.mul(t, p));
    p = f64x2.add(constant(6), f64x2.mul(t, p));
    const c = f64x2.sub(r, f64x2.mul(t, p));
    const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(constant(12), c));
    const y = f64x2.sub(constant(11), f64x2.sub(f64x2.sub(low, quotient), high));
    // 2¹⁰²⁴ is no number, so that far up the scale is half of it and the product is doubled.
    const top = f64x2.gt(x, constant(13));
    const scale = i64x2.shl(i64x2.add(i64x2.add(shifted, i64x2.splat(1023)), top), 52);
    const result = f64x2.mul(y, scale);
    const whole = f64x2.add(result, v128.and(result, top));
    v128.store(values, v128.andnot(whole, f64x2.lt(given, constant(1))));
  }
}
