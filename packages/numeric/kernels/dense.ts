// Factorizations of symmetric float64 matrices in AssemblyScript. Rows are `width` numbers apart, width even and ≥ n, zeros behind column n.

/** x · y over [from, to), from even. */
// @ts-ignore: decorator
@inline
function dot(x: usize, y: usize, from: i32, to: i32): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  let j = from;
  for (; j + 4 <= to; j += 4) {
    const at = <usize>j << 3;
    s0 = f64x2.add(s0, f64x2.mul(v128.load(x + at), v128.load(y + at)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
  }
  s0 = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; j < to; j++) sum += load<f64>(x + (<usize>j << 3)) * load<f64>(y + (<usize>j << 3));
  return sum;
}

// @ts-ignore: decorator
@inline
function at(base: usize, i: i32): f64 {
  return load<f64>(base + (<usize>i << 3));
}

/**
 * Upper Cholesky factor U, A = Uᵀ U, over the upper triangle of A (what lies below is left). Gives up, returning false, at the first pivot that is not
 * above `safe` times its diagonal entry (kept in `diagonal`).
 */
export function cholesky(a: usize, diagonal: usize, n: i32, width: i32, safe: f64): bool {
  const row = <usize>width << 3;
  for (let i = 0; i < n; i++) store<f64>(diagonal + (<usize>i << 3), at(a + <usize>i * row, i));
  for (let k = 0; k < n; k++) {
    const pivotRow = a + <usize>k * row;
    const pivot = at(pivotRow, k);
    if (!(pivot > safe * at(diagonal, k))) return false;
    const root = 1 / Math.sqrt(pivot);
    for (let j = k; j < n; j++) {
      const place = pivotRow + (<usize>j << 3);
      store<f64>(place, load<f64>(place) * root);
    }
    for (let i = k + 1; i < n; i++) {
      const from = <usize>(i & ~1) << 3; // one entry left of the diagonal may be spoiled: nothing reads it
      eliminate(a + <usize>i * row + from, pivotRow + from, pivotRow + row, at(pivotRow, i));
    }
  }
  return true;
}

/**
 * to ← to − factor · source, up to `end` of source. Exported, as is updateRow below, so that it stays a function of its own: an engine compiles a hot function
 * well only from its next call on, and the loops around these two are called once.
 */
export function eliminate(to: usize, source: usize, end: usize, factor: f64): void {
  const f = f64x2.splat(factor);
  for (; source < end; source += 16, to += 16) {
    v128.store(to, f64x2.sub(v128.load(to), f64x2.mul(f, v128.load(source))));
  }
}

/** Turns x[from … n) into v, |v|² = 2, with (I − v vᵀ) x a multiple of the first axis; returns the multiple. Zeros: nothing to do. */
function reflect(x: usize, from: i32, n: i32): f64 {
  let scale: f64 = 0;
  for (let i = from + 1; i < n; i++) scale = max(scale, abs(at(x, i)));
  const first = at(x, from);
  if (scale == 0) {
    for (let i = from; i < n; i++) store<f64>(x + (<usize>i << 3), 0);
    return first;
  }
  scale = max(scale, abs(first));
  let sum: f64 = 0;
  for (let i = from; i < n; i++) {
    const y = at(x, i) / scale;
    sum += y * y;
  }
  const norm = scale * Math.sqrt(sum);
  const beta = first > 0 ? -norm : norm;
  const factor = 1 / Math.sqrt((beta - first) / beta) / norm;
  store<f64>(x + (<usize>from << 3), (first - beta) * factor);
  for (let i = from + 1; i < n; i++) store<f64>(x + (<usize>i << 3), at(x, i) * factor);
  return beta;
}

/**
 * Householder reduction of A (lower triangle) to tridiagonal form, as src/eigen.ts does it: the rank-two update of one step and the product of the
 * next in one pass. `work` holds 4 · width numbers; the reflection of step k is left in row k of `reflectors` unless that is 0.
 */
export function tridiagonalize(
  a: usize, diagonal: usize, off: usize, work: usize, reflectors: usize, n: i32, width: i32,
): void {
  const row = <usize>width << 3;
  let v = work, w = work + row, next = work + 2 * row, product = work + 3 * row;
  memory.fill(work, 0, 4 * row);
  for (let k = 0; k < n; k++) {
    const wk = at(w, k), vk = at(v, k);
    for (let i = k; i < n; i++) {
      store<f64>(next + (<usize>i << 3), at(a + <usize>i * row, k) - at(v, i) * wk - at(w, i) * vk);
    }
    store<f64>(diagonal + (<usize>k << 3), at(next, k));
    if (k == n - 1) return;
    const from = k + 1;
    store<f64>(off + (<usize>k << 3), reflect(next, from, n));
    if (reflectors) memory.copy(reflectors + <usize>k * row + (<usize>from << 3), next + (<usize>from << 3), <usize>(n - from) << 3);
    memory.fill(product + (<usize>from << 3), 0, <usize>(n - from) << 3);
    store<f64>(next + (<usize>k << 3), 0); // the vectors below start at an even column: what lies before must add nothing
    const even = from & ~1;
    for (let i = from; i < n; i++) updateRow(a + <usize>i * row, even, i, v, w, next, product);
    const half = dot(next, product, even, n) / 2;
    for (let i = from; i < n; i++) {
      store<f64>(product + (<usize>i << 3), at(product, i) - half * at(next, i));
    }
    let held = v;
    v = next;
    next = held;
    held = w;
    w = product;
    product = held;
  }
}

/** Row i of a ← a − v wᵀ − w vᵀ from column `from` to its diagonal, and its part of product ← a · next. */
export function updateRow(a: usize, from: i32, i: i32, v: usize, w: usize, next: usize, product: usize): void {
  const vi = at(v, i), wi = at(w, i), xi = at(next, i);
  const vs = f64x2.splat(vi), ws = f64x2.splat(wi), xs = f64x2.splat(xi);
  let sums = f64x2.splat(0);
  let j = from;
  for (; j + 2 <= i; j += 2) {
    const place = <usize>j << 3;
    const value = f64x2.sub(
      f64x2.sub(v128.load(a + place), f64x2.mul(vs, v128.load(w + place))),
      f64x2.mul(ws, v128.load(v + place)),
    );
    v128.store(a + place, value);
    sums = f64x2.add(sums, f64x2.mul(value, v128.load(next + place)));
    v128.store(product + place, f64x2.add(v128.load(product + place), f64x2.mul(value, xs)));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; j < i; j++) {
    const value = at(a, j) - vi * at(w, j) - wi * at(v, j);
    store<f64>(a + (<usize>j << 3), value);
    sum += value * at(next, j);
    store<f64>(product + (<usize>j << 3), at(product, j) + value * xi);
  }
  const value = at(a, i) - 2 * vi * wi;
  store<f64>(a + (<usize>i << 3), value);
  store<f64>(product + (<usize>i << 3), at(product, i) + sum + value * xi);
}
