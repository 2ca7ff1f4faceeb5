// Reductions of vocabulary-sized rows of logits. AssemblyScript; `node kernels/build.mjs` writes ../src/logits-bytes.ts.
// Pointers are byte offsets into the imported memory; the caller lays it out (src/logit-kernel.ts). Lengths are multiples of 4.

/** Nodes of log β per curve; five vectors of four. */
const NODES: i32 = 20;
/** Bins of u = max − z: width 1/64, so bin b holds u ≈ b/64; the last bin (u ≥ 64) is dropped. */
const BINS: i32 = 4096;
const PER_UNIT: f32 = 64;
/** Bytes of logits whose near terms are added in float32 before they go to the float64 totals: one long float32 sum is 1e-4 off at 256,000 logits. */
const BLOCK: usize = 4096;
/** Bins of the 8 units below the maximum: their logits are summed with the second-order correction, not counted. */
const NEAR: i32 = 512;

function horizontalMax(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** Largest of n logits; NaN when one of them is. */
export function largest(row: usize, n: i32): f32 {
  let a = v128.load(row);
  let b = a;
  const end = row + ((<usize>n) << 2);
  let p = row;
  for (; p + 32 <= end; p += 32) {
    a = f32x4.max(a, v128.load(p));
    b = f32x4.max(b, v128.load(p, 16));
  }
  for (; p < end; p += 16) a = f32x4.max(a, v128.load(p));
  return horizontalMax(f32x4.max(a, b));
}

/** sums[j] += exp(−β_j u) for u = b/64 − r: exp(−β_j b/64) from the table times the series of exp(β_j r), |r| ≤ 1/128. */
function addNear(sums: usize, table: usize, betas: usize, bin: i32, r: f32): void {
  const entry = table + <usize>(bin * NODES) * 4;
  const rr = f32x4.splat(r);
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  for (let j: usize = 0; j < 80; j += 16) {
    const x = f32x4.mul(v128.load(betas + j), rr);
    const factor = f32x4.add(one, f32x4.mul(x, f32x4.add(one, f32x4.mul(x, half))));
    v128.store(sums + j, f32x4.add(v128.load(sums + j), f32x4.mul(v128.load(entry + j), factor)));
  }
}

/** totals[j] += sums[j], and sums[j] = 0. */
function flush(sums: usize, totals: usize): void {
  for (let j: usize = 0; j < <usize>NODES; j++) {
    const at = totals + (j << 3);
    f64.store(at, f64.load(at) + <f64>f32.load(sums + (j << 2)));
  }
  memory.fill(sums, 0, NODES * 4);
}

/**
 * totals[j] = Σ_v exp(β_j (z_v − max)) over n logits, 20 nodes; returns max.
 * @param counts scratch of 4096 i32
 * @param table f32 [4096][20], exp(−β_j b / 64), zeros in the last bin
 * @param betas 20 f32
 * @param sums 20 f32, scratch
 * @param totals 20 f64
 */
export function nodeSums(
  row: usize,
  n: i32,
  counts: usize,
  table: usize,
  betas: usize,
  sums: usize,
  totals: usize,
): f32 {
  const top = largest(row, n);
  memory.fill(counts, 0, BINS * 4);
  memory.fill(sums, 0, NODES * 4);
  memory.fill(totals, 0, NODES * 8);
  const tops = f32x4.splat(top);
  const scale = f32x4.splat(PER_UNIT);
  const half = f32x4.splat(0.5);
  const last = i32x4.splat(BINS - 1);
  const near = i32x4.splat(NEAR);
  const end = row + ((<usize>n) << 2);
  for (let p = row; p < end; p += 16) {
    if (((p - row) & (BLOCK - 1)) === 0) flush(sums, totals);
    const scaled = f32x4.mul(f32x4.sub(tops, v128.load(p)), scale);
    const bins = i32x4.min_s(i32x4.trunc_sat_f32x4_s(f32x4.add(scaled, half)), last);
    const b0 = i32x4.extract_lane(bins, 0);
    const b1 = i32x4.extract_lane(bins, 1);
    const b2 = i32x4.extract_lane(bins, 2);
    const b3 = i32x4.extract_lane(bins, 3);
    const c0 = counts + ((<usize>b0) << 2);
    i32.store(c0, i32.load(c0) + 1);
    const c1 = counts + ((<usize>b1) << 2);
    i32.store(c1, i32.load(c1) + 1);
    const c2 = counts + ((<usize>b2) << 2);
    i32.store(c2, i32.load(c2) + 1);
    const c3 = counts + ((<usize>b3) << 2);
    i32.store(c3, i32.load(c3) + 1);
    if (v128.any_true(i32x4.lt_s(bins, near))) {
      const r = f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(bins), scaled), f32x4.splat(1 / PER_UNIT));
      if (b0 < NEAR) addNear(sums, table, betas, b0, f32x4.extract_lane(r, 0));
      if (b1 < NEAR) addNear(sums, table, betas, b1, f32x4.extract_lane(r, 1));
      if (b2 < NEAR) addNear(sums, table, betas, b2, f32x4.extract_lane(r, 2));
      if (b3 < NEAR) addNear(sums, table, betas, b3, f32x4.extract_lane(r, 3));
    }
  }
  flush(sums, totals);
  addCounted(counts, table, sums);
  flush(sums, totals);
  return top;
}

/** sums[j] += Σ_b counts[b] · table[b][j] over the bins beyond the near ones. */
function addCounted(counts: usize, table: usize, sums: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  for (let b = NEAR; b < BINS - 1; b++) {
    const count = i32.load(counts + ((<usize>b) << 2));
    if (count === 0) continue;
    const c = f32x4.splat(<f32>count);
    const entry = table + <usize>(b * NODES) * 4;
    s0 = f32x4.add(s0, f32x4.mul(c, v128.load(entry)));
    s1 = f32x4.add(s1, f32x4.mul(c, v128.load(entry, 16)));
    s2 = f32x4.add(s2, f32x4.mul(c, v128.load(entry, 32)));
    s3 = f32x4.add(s3, f32x4.mul(c, v128.load(entry, 48)));
    s4 = f32x4.add(s4, f32x4.mul(c, v128.load(entry, 64)));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
}

/** exp(x) for x ≤ 0, relative error below 2e-7; 0 below −87. */
function expVector(x: v128): v128 {
  const clamped = f32x4.max(x, f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504)));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4); // Cephes expf
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(p, power), f32x4.ge(x, f32x4.splat(-87)));
}

/** weights[v] = exp(β (z_v − max)) for n logits; returns max. */
export function weigh(row: usize, n: i32, beta: f32, weights: usize): f32 {
  const top = largest(row, n);
  const tops = f32x4.splat(top);
  const scale = f32x4.splat(beta);
  const bytes = (<usize>n) << 2;
  for (let p: usize = 0; p < bytes; p += 16) {
    v128.store(weights + p, expVector(f32x4.mul(f32x4.sub(v128.load(row + p), tops), scale)));
  }
  return top;
}

/** Σ of the weights that are at least `floor`. */
export function massFrom(weights: usize, n: i32, floor: f32): f64 {
  const floors = f32x4.splat(floor);
  const bytes = (<usize>n) << 2;
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let p: usize = 0; p < bytes; p += 16) {
    const w = v128.load(weights + p);
    const kept = v128.and(w, f32x4.ge(w, floors));
    low = f64x2.add(low, f64x2.promote_low_f32x4(kept));
    high = f64x2.add(
      high,
      f64x2.promote_low_f32x4(i8x16.shuffle(kept, kept, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)),
    );
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Copies the weights that are at least `floor` to `out`, in order, and zeros after them up to a multiple of 4; returns that length. */
export function compact(weights: usize, n: i32, floor: f32, out: usize): i32 {
  const floors = f32x4.splat(floor);
  let kept = 0;
  for (let v = 0; v < n; v += 4) {
    const p = weights + ((<usize>v) << 2);
    if (!v128.any_true(f32x4.ge(v128.load(p), floors))) continue;
    for (let i: usize = 0; i < 16; i += 4) {
      const w = f32.load(p + i);
      if (w < floor) continue;
      f32.store(out + ((<usize>kept) << 2), w);
      kept++;
    }
  }
  while (kept % 4 !== 0) {
    f32.store(out + ((<usize>kept) << 2), 0);
    kept++;
  }
  return kept;
}

/** First index at which the running sum of weights ≥ floor exceeds `target`; the last kept one when rounding leaves a sliver. */
export function pick(weights: usize, n: i32, floor: f32, target: f64): i32 {
  const floors = f32x4.splat(floor);
  let left = target;
  let at = -1;
  for (let v = 0; v < n; v += 4) {
    if (!v128.any_true(f32x4.ge(v128.load(weights + ((<usize>v) << 2)), floors))) continue;
    for (let i = v; i < v + 4; i++) {
      const w = f32.load(weights + ((<usize>i) << 2));
      if (w < floor || w === 0) continue;
      at = i;
      left -= <f64>w;
      if (left < 0) return at;
    }
  }
  return at;
}
