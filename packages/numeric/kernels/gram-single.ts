// XᵀX of float32 rows in AssemblyScript, on and above the diagonal: products and short sums in float32, which is twice the rate of float64; what they add
// up to in float64. Columns stand in panels of eight; a 4 × 8 tile keeps its eight accumulators in registers.

/** Rows summed in float32 before the sum is added in float64. */
const RUN: i32 = 32;

// @ts-ignore: decorator
@inline
function packPair(x: v128, scale: v128, mean: usize, sums: usize, squares: usize): v128 {
  const centered = f64x2.mul(f64x2.sub(x, v128.load(mean)), scale);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(centered, scale)));
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.mul(centered, centered)));
  return f32x4.demote_f64x2_zero(centered);
}

/**
 * Panels of (x − mean) · scale, one scale a row, rounded to float32; adds (x − mean) · scale² to `sums` and ((x − mean) · scale)² to `squares`, both in
 * float64. Panel of columns 8g … 8g + 7 at panels + g · capacity · 32. d a multiple of 8.
 */
export function packRows(
  stage: usize, mean: usize, scales: usize, sums: usize, squares: usize, panels: usize, rows: i32, d: i32, capacity: i32,
): void {
  const step = (<usize>capacity << 5) - 16;
  for (let r = 0; r < rows; r++) {
    const scale = v128.load64_splat(scales + (<usize>r << 3));
    let to = panels + (<usize>r << 5);
    for (let j = 0; j < d; j += 4, stage += 16) {
      const at = <usize>j << 3;
      const low = packPair(f64x2.promote_low_f32x4(v128.load64_zero(stage)), scale, mean + at, sums + at, squares + at);
      const high = packPair(
        f64x2.promote_low_f32x4(v128.load64_zero(stage, 8)), scale, mean + at + 16, sums + at + 16, squares + at + 16,
      );
      v128.store(to, i64x2.shuffle(low, high, 0, 2));
      to += j & 4 ? step : 16;
    }
  }
}

/** sum + x y; one fused instruction where the module is built for relaxed SIMD (Node ≥ 22). */
// @ts-ignore: decorator
@inline
function fma(x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}

// @ts-ignore: decorator
@inline
function add4(at: usize, sums: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(sums)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(i64x2.shuffle(sums, sums, 1, 1))), 16);
}

/** Adds the products of the packed rows to the tiles of S (d × d, float64) on and above the diagonal. */
export function addGram(panels: usize, s: usize, rows: i32, d: i32, capacity: i32): void {
  const step = <usize>capacity << 5;
  const width = <usize>d << 3;
  for (let i = 0; i < d; i += 4) {
    const left = panels + <usize>(i >> 3) * step + (<usize>(i & 4) << 2);
    const line = s + <usize>i * width;
    for (let j = i & ~7; j < d; j += 8) {
      const right = panels + <usize>(j >> 3) * step;
      for (let from = 0; from < rows; from += RUN) {
        tile(left + (<usize>from << 5), right + (<usize>from << 5), min(RUN, rows - from), line + (<usize>j << 3), width);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function tile(a: usize, b: usize, rows: i32, out: usize, width: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  for (const end = a + (<usize>rows << 5); a < end; a += 32, b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
  }
  add4(out, c00);
  add4(out + 32, c01);
  add4(out + width, c10);
  add4(out + width + 32, c11);
  add4(out + 2 * width, c20);
  add4(out + 2 * width + 32, c21);
  add4(out + 3 * width, c30);
  add4(out + 3 * width + 32, c31);
}
