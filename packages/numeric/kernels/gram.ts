// XᵀX in float64 in AssemblyScript: only the tiles on and above the diagonal. Rows come in chunks, packed four columns a panel, so that a
// 4 × 4 tile keeps its eight accumulators in registers and both panels in the first-level cache.

// @ts-ignore: decorator
@inline
function packPair(x: v128, scale: v128, mean: usize, sums: usize, to: usize): void {
  const centered = f64x2.mul(f64x2.sub(x, v128.load(mean)), scale);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(centered, scale)));
  v128.store(to, centered);
}

/**
 * Panels of (x − mean) · scale, one scale a row; adds (x − mean) · scale² to `sums`. Panel of columns 4g … 4g + 3 at panels + g · capacity · 32.
 * d a multiple of 4.
 */
export function pack32(
  stage: usize, mean: usize, scales: usize, sums: usize, panels: usize, rows: i32, d: i32, capacity: i32,
): void {
  const step = <usize>capacity << 5;
  for (let r = 0; r < rows; r++) {
    const scale = v128.load64_splat(scales + (<usize>r << 3));
    let to = panels + (<usize>r << 5);
    for (let j = 0; j < d; j += 4, stage += 16, to += step) {
      const at = <usize>j << 3;
      packPair(f64x2.promote_low_f32x4(v128.load64_zero(stage)), scale, mean + at, sums + at, to);
      packPair(f64x2.promote_low_f32x4(v128.load64_zero(stage, 8)), scale, mean + at + 16, sums + at + 16, to + 16);
    }
  }
}

/** The same from float64 numbers. */
export function pack64(
  stage: usize, mean: usize, scales: usize, sums: usize, panels: usize, rows: i32, d: i32, capacity: i32,
): void {
  const step = <usize>capacity << 5;
  for (let r = 0; r < rows; r++) {
    const scale = v128.load64_splat(scales + (<usize>r << 3));
    let to = panels + (<usize>r << 5);
    for (let j = 0; j < d; j += 4, stage += 32, to += step) {
      const at = <usize>j << 3;
      packPair(v128.load(stage), scale, mean + at, sums + at, to);
      packPair(v128.load(stage, 16), scale, mean + at + 16, sums + at + 16, to + 16);
    }
  }
}

/** sum + x y; one fused instruction where the module is built for relaxed SIMD (Node ≥ 22), half again as fast. */
// @ts-ignore: decorator
@inline
function fma(x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(x, y, sum);
  return f64x2.add(sum, f64x2.mul(x, y));
}

// @ts-ignore: decorator
@inline
function add2(at: usize, low: v128, high: v128): void {
  v128.store(at, f64x2.add(v128.load(at), low));
  v128.store(at, f64x2.add(v128.load(at, 16), high), 16);
}

/** Adds the products of the packed rows to the tiles of S (d × d) on and above the diagonal. */
export function addGram(panels: usize, s: usize, rows: i32, d: i32, capacity: i32): void {
  const step = <usize>capacity << 5;
  const width = <usize>d << 3;
  for (let i = 0; i < d; i += 4) {
    const left = panels + <usize>(i >> 2) * step;
    for (let j = i; j < d; j += 4) {
      let c00 = f64x2.splat(0), c01 = f64x2.splat(0), c10 = f64x2.splat(0), c11 = f64x2.splat(0);
      let c20 = f64x2.splat(0), c21 = f64x2.splat(0), c30 = f64x2.splat(0), c31 = f64x2.splat(0);
      let a = left;
      let b = panels + <usize>(j >> 2) * step;
      for (const end = a + (<usize>rows << 5); a < end; a += 32, b += 32) {
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let x = v128.load64_splat(a);
        c00 = fma(x, b0, c00);
        c01 = fma(x, b1, c01);
        x = v128.load64_splat(a, 8);
        c10 = fma(x, b0, c10);
        c11 = fma(x, b1, c11);
        x = v128.load64_splat(a, 16);
        c20 = fma(x, b0, c20);
        c21 = fma(x, b1, c21);
        x = v128.load64_splat(a, 24);
        c30 = fma(x, b0, c30);
        c31 = fma(x, b1, c31);
      }
      const out = s + <usize>i * width + (<usize>j << 3);
      add2(out, c00, c01);
      add2(out + width, c10, c11);
      add2(out + 2 * width, c20, c21);
      add2(out + 3 * width, c30, c31);
    }
  }
}
