// The assignment step of Lloyd's algorithm in AssemblyScript, float32, with Elkan's lower bounds: lower(i, c) ≤ |x_i − c|, so a center
// whose bound is not below the distance to the nearest one known cannot win and costs one comparison in a vector of four.

/** Squared distance of two rows of d numbers, d a multiple of 4. */
// @ts-ignore: decorator
@inline
function squared(x: usize, c: usize, d: i32): f32 {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
  const end = x + (<usize>d << 2);
  for (; x + 32 <= end; x += 32, c += 32) {
    const a = f32x4.sub(v128.load(x), v128.load(c));
    const b = f32x4.sub(v128.load(x, 16), v128.load(c, 16));
    s0 = f32x4.add(s0, f32x4.mul(a, a));
    s1 = f32x4.add(s1, f32x4.mul(b, b));
  }
  if (x < end) {
    const a = f32x4.sub(v128.load(x), v128.load(c));
    s0 = f32x4.add(s0, f32x4.mul(a, a));
  }
  s0 = f32x4.add(s0, s1);
  return f32x4.extract_lane(s0, 0) + f32x4.extract_lane(s0, 1) + (f32x4.extract_lane(s0, 2) + f32x4.extract_lane(s0, 3));
}

/**
 * Bounds and a first guess of the nearest center from inner products (n × k): |x|² − 2 x·c + |c|², lowered by `slack` (|x|² + |c|²)
 * against rounding. k a multiple of 4; padding centers have an infinite norm.
 */
export function boundsFromProducts(
  products: usize, lower: usize, labels: usize, pointNorms: usize, centerNorms: usize, n: i32, k: i32, slack: f32,
): void {
  for (let i = 0; i < n; i++) {
    const norm = load<f32>(pointNorms + (<usize>i << 2));
    const x = f32x4.splat(norm);
    let least = f32x4.splat(Infinity);
    let where = i32x4.splat(0);
    let at = i32x4(0, 1, 2, 3);
    const row = <usize>(i * k) << 2;
    for (let c = 0; c < k; c += 4) {
      const offset = <usize>c << 2;
      const sum = f32x4.add(x, v128.load(centerNorms + offset));
      const dot = v128.load(products + row + offset);
      const d = f32x4.sub(sum, f32x4.add(dot, dot));
      const better = f32x4.lt(d, least);
      least = v128.bitselect(d, least, better);
      where = v128.bitselect(at, where, better);
      at = i32x4.add(at, i32x4.splat(4));
      const safe = f32x4.max(f32x4.splat(0), f32x4.sub(d, f32x4.mul(sum, f32x4.splat(slack))));
      v128.store(lower + row + offset, f32x4.sqrt(safe));
    }
    let best = f32x4.extract_lane(least, 0), label = i32x4.extract_lane(where, 0);
    for (let lane = 1; lane < 4; lane++) {
      const v = lane == 1 ? f32x4.extract_lane(least, 1) : lane == 2 ? f32x4.extract_lane(least, 2) : f32x4.extract_lane(least, 3);
      const w = lane == 1 ? i32x4.extract_lane(where, 1) : lane == 2 ? i32x4.extract_lane(where, 2) : i32x4.extract_lane(where, 3);
      if (v < best || (v == best && w < label)) {
        best = v;
        label = w;
      }
    }
    store<i32>(labels + (<usize>i << 2), label);
  }
}

/**
 * Nearest center of every point, exact in float32, ties to the smaller index. `moved` holds how far each center went since the
 * bounds were made (rounded up; 0 for padding). Squared distances to the nearest are left in `nearest`.
 * @returns how many labels changed
 */
export function assign(
  points: usize, centers: usize, lower: usize, moved: usize, labels: usize, nearest: usize, n: i32, k: i32, d: i32,
): i32 {
  let changed = 0;
  const width = <usize>d << 2;
  for (let i = 0; i < n; i++) {
    const x = points + <usize>i * width;
    const before = load<i32>(labels + (<usize>i << 2));
    let label = before;
    const first = squared(x, centers + <usize>label * width, d);
    let least = first;
    let threshold = f32x4.splat(Mathf.sqrt(least));
    const row = lower + (<usize>(i * k) << 2);
    for (let c = 0; c < k; c += 4) {
      const offset = <usize>c << 2;
      const bound = f32x4.sub(v128.load(row + offset), v128.load(moved + offset));
      v128.store(row + offset, bound);
      let open = i32x4.bitmask(f32x4.le(bound, threshold));
      while (open) {
        const which = c + ctz(open);
        open &= open - 1;
        if (which == before) continue;
        const s = squared(x, centers + <usize>which * width, d);
        // Rounded down a little, so that a bound never exceeds the distance it bounds.
        store<f32>(row + (<usize>which << 2), Mathf.sqrt(s) * 0.999999);
        if (s < least || (s == least && which < label)) {
          least = s;
          label = which;
          threshold = f32x4.splat(Mathf.sqrt(s));
        }
      }
    }
    store<f32>(row + (<usize>before << 2), Mathf.sqrt(first) * 0.999999);
    store<f32>(nearest + (<usize>i << 2), least);
    store<i32>(labels + (<usize>i << 2), label);
    if (label != before) changed++;
  }
  return changed;
}

/** nearest[i] = min(nearest[i], |x_i − center|²): a step of k-means++. */
export function approach(points: usize, center: usize, nearest: usize, n: i32, d: i32): void {
  for (let i = 0; i < n; i++) {
    const at = nearest + (<usize>i << 2);
    const s = squared(points + (<usize>i * <usize>d << 2), center, d);
    if (s < load<f32>(at)) store<f32>(at, s);
  }
}
