// Blocked matrix product in AssemblyScript, for float32 (panels of 8 columns) and float64 (panels of 4): two vectors wide, four rows
// high, so that eight accumulators, two vectors of B and one of A stay in registers.

/** Columns a panel holds: two vectors. */
// @ts-ignore: decorator
@inline
function panel<T>(): i32 {
  return 32 / <i32>sizeof<T>();
}

// @ts-ignore: decorator
@inline
function splat<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(at) : v128.load64_splat(at);
}

// @ts-ignore: decorator
@inline
function store2<T>(at: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    v128.store(at, v128.add<T>(v128.load(at), low));
    v128.store(at, v128.add<T>(v128.load(at, 16), high), 16);
  } else {
    v128.store(at, low);
    v128.store(at, high, 16);
  }
}

/**
 * C (m × n) = or += A times packed panels of B; m a multiple of 4, n of the panel. A is m × k by rows, or, if `packed`, in panels of
 * four rows with the four numbers of a column together: four rows take the same room either way.
 */
// @ts-ignore: decorator
@inline
function product<T>(A: usize, P: usize, C: usize, m: i32, k: i32, n: i32, add: bool, packed: bool): void {
  const step = <usize>k * sizeof<T>();
  const down: usize = packed ? sizeof<T>() : step, along: usize = packed ? 4 * sizeof<T>() : sizeof<T>();
  const row = <usize>n * sizeof<T>();
  for (let j = 0; j < n; j += panel<T>()) {
    const start = P + <usize>j * step;
    for (let i = 0; i < m; i += 4) {
      let c00 = i32x4.splat(0), c01 = i32x4.splat(0), c10 = i32x4.splat(0), c11 = i32x4.splat(0);
      let c20 = i32x4.splat(0), c21 = i32x4.splat(0), c30 = i32x4.splat(0), c31 = i32x4.splat(0);
      let r0 = A + <usize>i * step, r1 = r0 + down, r2 = r1 + down, r3 = r2 + down;
      let q = start;
      for (const end = r0 + <usize>k * along; r0 < end; ) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let a = splat<T>(r0);
        c00 = v128.add<T>(c00, v128.mul<T>(a, b0));
        c01 = v128.add<T>(c01, v128.mul<T>(a, b1));
        a = splat<T>(r1);
        c10 = v128.add<T>(c10, v128.mul<T>(a, b0));
        c11 = v128.add<T>(c11, v128.mul<T>(a, b1));
        a = splat<T>(r2);
        c20 = v128.add<T>(c20, v128.mul<T>(a, b0));
        c21 = v128.add<T>(c21, v128.mul<T>(a, b1));
        a = splat<T>(r3);
        c30 = v128.add<T>(c30, v128.mul<T>(a, b0));
        c31 = v128.add<T>(c31, v128.mul<T>(a, b1));
        q += 32;
        r0 += along;
        r1 += along;
        r2 += along;
        r3 += along;
      }
      const out = C + <usize>i * row + <usize>j * sizeof<T>();
      store2<T>(out, c00, c01, add);
      store2<T>(out + row, c10, c11, add);
      store2<T>(out + 2 * row, c20, c21, add);
      store2<T>(out + 3 * row, c30, c31, add);
    }
  }
}

/** Panels of Bᵀ from B's rows (n × k): column j of the product comes from row j. */
// @ts-ignore: decorator
@inline
function packRows<T>(B: usize, P: usize, n: i32, k: i32): void {
  const width = panel<T>();
  for (let j = 0; j < n; j += width) {
    for (let c = 0; c < width; c++) {
      let from = B + <usize>((j + c) * k) * sizeof<T>();
      let to = P + <usize>(j * k + c) * sizeof<T>();
      for (const end = from + <usize>k * sizeof<T>(); from < end; from += sizeof<T>(), to += 32) {
        store<T>(to, load<T>(from));
      }
    }
  }
}

/** Panels of B from B's rows (k × n); where n is no multiple of the panel the last columns of the last one are of no use. */
// @ts-ignore: decorator
@inline
function packColumns<T>(B: usize, P: usize, k: i32, n: i32): void {
  const row = <usize>n * sizeof<T>();
  let to = P;
  for (let j = 0; j < n; j += panel<T>()) {
    let from = B + <usize>j * sizeof<T>();
    for (let p = 0; p < k; p++, from += row, to += 32) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
  }
}

/** Panels of four rows of Aᵀ from A's rows (k × m); where m is no multiple of 4 the last rows of the last panel are of no use. */
// @ts-ignore: decorator
@inline
function packLeft<T>(A: usize, out: usize, k: i32, m: i32): void {
  const row = <usize>m * sizeof<T>();
  for (let i = 0; i < m; i += 4) {
    let from = A + <usize>i * sizeof<T>();
    for (let p = 0; p < k; p++, from += row, out += 4 * sizeof<T>()) {
      v128.store(out, v128.load(from));
      if (sizeof<T>() == 8) v128.store(out, v128.load(from, 16), 16);
    }
  }
}

export function product32(A: usize, P: usize, C: usize, m: i32, k: i32, n: i32, add: bool, packed: bool): void {
  product<f32>(A, P, C, m, k, n, add, packed);
}
export function product64(A: usize, P: usize, C: usize, m: i32, k: i32, n: i32, add: bool, packed: bool): void {
  product<f64>(A, P, C, m, k, n, add, packed);
}
export function packRows32(B: usize, P: usize, n: i32, k: i32): void {
  packRows<f32>(B, P, n, k);
}
export function packRows64(B: usize, P: usize, n: i32, k: i32): void {
  packRows<f64>(B, P, n, k);
}
export function packColumns32(B: usize, P: usize, k: i32, n: i32): void {
  packColumns<f32>(B, P, k, n);
}
export function packColumns64(B: usize, P: usize, k: i32, n: i32): void {
  packColumns<f64>(B, P, k, n);
}
export function packLeft32(A: usize, out: usize, k: i32, m: i32): void {
  packLeft<f32>(A, out, k, m);
}
export function packLeft64(A: usize, out: usize, k: i32, m: i32): void {
  packLeft<f64>(A, out, k, m);
}
