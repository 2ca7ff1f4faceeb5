// Sums and products over rows of an int8 table. AssemblyScript; `node kernels/build.mjs` writes ../src/rows-bytes.ts.
// Pointers are byte offsets into the imported memory; the caller lays it out (src/row-kernel.ts). Widths of the table are multiples of 16.

// @ts-ignore: decorator
@inline
function quarter0(v: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v)));
}
// @ts-ignore: decorator
@inline
function quarter1(v: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(i16x8.extend_low_i8x16_s(v)));
}
// @ts-ignore: decorator
@inline
function quarter2(v: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_high_i8x16_s(v)));
}
// @ts-ignore: decorator
@inline
function quarter3(v: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(i16x8.extend_high_i8x16_s(v)));
}

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** out[j] += Σ_t weights[t] · values[ids[t]][j] for n tokens. */
export function addRows(values: usize, cols: i32, ids: usize, weights: usize, n: i32, out: usize): void {
  for (let j = 0; j < cols; j += 16) {
    const sums = out + ((<usize>j) << 2);
    let a0 = v128.load(sums);
    let a1 = v128.load(sums, 16);
    let a2 = v128.load(sums, 32);
    let a3 = v128.load(sums, 48);
    for (let t = 0; t < n; t++) {
      const at = (<usize>t) << 2;
      const row = v128.load(values + <usize>(i32.load(ids + at) * cols + j));
      const weight = v128.load32_splat(weights + at);
      a0 = f32x4.add(a0, f32x4.mul(weight, quarter0(row)));
      a1 = f32x4.add(a1, f32x4.mul(weight, quarter1(row)));
      a2 = f32x4.add(a2, f32x4.mul(weight, quarter2(row)));
      a3 = f32x4.add(a3, f32x4.mul(weight, quarter3(row)));
    }
    v128.store(sums, a0);
    v128.store(sums, a1, 16);
    v128.store(sums, a2, 32);
    v128.store(sums, a3, 48);
  }
}

/** out[t] = Σ_j values[ids[t]][j] · direction[j] for n tokens. */
export function dotRows(values: usize, cols: i32, ids: usize, direction: usize, n: i32, out: usize): void {
  for (let t = 0; t < n; t++) {
    const row = values + <usize>(i32.load(ids + ((<usize>t) << 2)) * cols);
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (let j = 0; j < cols; j += 16) {
      const v = v128.load(row + <usize>j);
      const d = direction + ((<usize>j) << 2);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(d), quarter0(v)));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(d, 16), quarter1(v)));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(d, 32), quarter2(v)));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(d, 48), quarter3(v)));
    }
    f32.store(out + ((<usize>t) << 2), total(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3))));
  }
}

/** out = M x, M rows × cols, both multiples of 4. */
export function multiply(matrix: usize, rows: i32, cols: i32, x: usize, out: usize): void {
  const width = (<usize>cols) << 2;
  for (let i = 0; i < rows; i += 4) {
    const m0 = matrix + <usize>i * width;
    const m1 = m0 + width;
    const m2 = m1 + width;
    const m3 = m2 + width;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (let j: usize = 0; j < width; j += 16) {
      const v = v128.load(x + j);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(m0 + j), v));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(m1 + j), v));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(m2 + j), v));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(m3 + j), v));
    }
    const to = out + ((<usize>i) << 2);
    f32.store(to, total(a0));
    f32.store(to, total(a1), 4);
    f32.store(to, total(a2), 8);
    f32.store(to, total(a3), 12);
  }
}
