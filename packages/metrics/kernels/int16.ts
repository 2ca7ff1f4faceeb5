// Inner products of rows of 16-bit integers in AssemblyScript, and what is done with them where they are: i32x4.dot_i16x8_s does eight multiplications an
// instruction, four times what float32 does. Rows stand in panels of eight: for each pair of columns the pair of each of its eight rows, 32 bytes.

/** The largest length of a row: its square stays below 2³¹, so that no sum of products overflows. */
const LONGEST: f64 = 46_000;

// @ts-ignore: decorator
@inline
function two<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at);
}

// @ts-ignore: decorator
@inline
function quantize<T>(stage: usize, mean: usize, panels: usize, facts: usize, count: i32, width: i32): void {
  const step = <usize>width * sizeof<T>();
  for (let r = 0; r < count; r++, stage += step, facts += 32) {
    let sums = f64x2.splat(0), most = f64x2.splat(0);
    for (let p: usize = 0; p < <usize>width; p += 2) {
      const x = f64x2.sub(two<T>(stage + p * sizeof<T>()), v128.load(mean + (p << 3)));
      sums = f64x2.add(sums, f64x2.mul(x, x));
      most = f64x2.pmax(most, f64x2.abs(x));
    }
    const squared = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    const largest = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
    const factor = squared > 0 ? min(LONGEST / Math.sqrt(squared), 32_767 / largest) : 0;
    const scale = f64x2.splat(factor);
    let errors = f64x2.splat(0), squares = f64x2.splat(0);
    let to = panels + <usize>(r >> 3) * (<usize>width << 4) + (<usize>(r & 7) << 2);
    for (let p: usize = 0; p < <usize>width; p += 2, to += 32) {
      const x = f64x2.mul(f64x2.sub(two<T>(stage + p * sizeof<T>()), v128.load(mean + (p << 3))), scale);
      const whole = f64x2.nearest(x);
      const error = f64x2.sub(x, whole);
      errors = f64x2.add(errors, f64x2.mul(error, error));
      squares = f64x2.add(squares, f64x2.mul(whole, whole));
      const pair = i32x4.trunc_sat_f64x2_s_zero(whole);
      store<i32>(to, i32x4.extract_lane(i16x8.narrow_i32x4_s(pair, pair), 0));
    }
    store<f64>(facts, factor);
    store<f64>(facts, squared, 8);
    store<f64>(facts, f64x2.extract_lane(errors, 0) + f64x2.extract_lane(errors, 1), 16);
    store<f64>(facts, f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1), 24);
  }
}

/**
 * Rounds (x − mean) · factor of float32 rows, one factor a row, into panels; width even. Four float64 numbers per row go to `facts`: the factor, |x − mean|²,
 * and the squared lengths of what rounding took off and of what it left.
 */
export function quantize32(stage: usize, mean: usize, panels: usize, facts: usize, count: i32, width: i32): void {
  quantize<f32>(stage, mean, panels, facts, count, width);
}

/** The same of float64 rows. */
export function quantize64(stage: usize, mean: usize, panels: usize, facts: usize, count: i32, width: i32): void {
  quantize<f64>(stage, mean, panels, facts, count, width);
}

/**
 * Products of four rows (`left` points at the first one's pair in its panel) with `panelCount` panels, to a strip of four lines of 8 · panelCount integers.
 * A function of its own, like those below that read the strip: an engine compiles a hot function well only from its next call on.
 */
export function products(left: usize, panels: usize, panelCount: i32, width: i32, strip: usize): void {
  const line = <usize>panelCount << 5;
  const end = left + (<usize>width << 4);
  let b = panels;
  for (let panel = 0; panel < panelCount; panel++, strip += 32) {
    let c00 = i32x4.splat(0), c01 = i32x4.splat(0), c10 = i32x4.splat(0), c11 = i32x4.splat(0);
    let c20 = i32x4.splat(0), c21 = i32x4.splat(0), c30 = i32x4.splat(0), c31 = i32x4.splat(0);
    for (let l = left; l < end; l += 32, b += 32) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load32_splat(l);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(a, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(a, b1));
      a = v128.load32_splat(l, 4);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(a, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(a, b1));
      a = v128.load32_splat(l, 8);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(a, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(a, b1));
      a = v128.load32_splat(l, 12);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(a, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(a, b1));
    }
    v128.store(strip, c00);
    v128.store(strip, c01, 16);
    v128.store(strip + line, c10);
    v128.store(strip + line, c11, 16);
    v128.store(strip + 2 * line, c20);
    v128.store(strip + 2 * line, c21, 16);
    v128.store(strip + 3 * line, c30);
    v128.store(strip + 3 * line, c31, 16);
  }
}

// @ts-ignore: decorator
@inline
function leftOf(panels: usize, row: i32, width: i32): usize {
  return panels + <usize>(row >> 3) * (<usize>width << 4) + (<usize>(row & 4) << 2);
}

// @ts-ignore: decorator
@inline
function scaled(strip: usize, row: v128, columns: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(v128.load(strip)), f32x4.mul(row, v128.load(columns)));
}

/** Products that a block of rows against a block of columns needs: rows a multiple of 4, columns of 8. */
// @ts-ignore: decorator
@unmanaged
class Block {
  left: usize;
  right: usize;
  rows: i32;
  columns: i32;
  width: i32;
  /** Four lines of integers. */
  strip: usize;
  /** One float32 a row and a column: their product times the integer is the product of the rows. */
  rowScales: usize;
  columnScales: usize;
}

// @ts-ignore: decorator
@inline
function bump(table: usize, bin: i32): void {
  const at = table + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Counts a line of places: inside a bin into one of four tables, near its edge among the notes, position by position. Returns the end of the notes. */
export function countLine(
  strip: usize, columns: usize, count: i32, scale: f32, half: f32, margin: f32, tables: usize, bins: i32, notes: usize, first: i32,
): usize {
  const row = f32x4.splat(scale), halves = f32x4.splat(half), margins = f32x4.splat(margin);
  const t1 = tables + (<usize>bins << 2), t2 = t1 + (<usize>bins << 2), t3 = t2 + (<usize>bins << 2);
  for (let c = 0; c < count; c += 4, strip += 16, columns += 16) {
    const place = f32x4.add(scaled(strip, row, columns), halves);
    const low = f32x4.floor(place);
    const centered = f32x4.abs(f32x4.sub(f32x4.sub(place, low), f32x4.splat(0.5)));
    const doubtful = i32x4.bitmask(f32x4.gt(centered, margins));
    const bin = i32x4.trunc_sat_f32x4_s(low);
    bump(tables, i32x4.extract_lane(bin, 0));
    bump(t1, i32x4.extract_lane(bin, 1));
    bump(t2, i32x4.extract_lane(bin, 2));
    bump(t3, i32x4.extract_lane(bin, 3));
    if (!doubtful) continue;
    v128.store(strip, bin); // rare: what was counted is taken off again
    for (let lane = 0; lane < 4; lane++) {
      if ((doubtful >> lane) & 1) {
        const at = tables + (<usize>load<i32>(strip + (<usize>lane << 2)) << 2);
        store<u32>(at, load<u32>(at) - 1);
        store<i32>(notes, first + c + lane);
        notes += 4;
      }
    }
  }
  return notes;
}

/**
 * Histograms a block: product + half is a place, its whole part the bin. A place within 0.5 − margin of an edge is not counted but noted, as
 * row · columns + column.
 * @returns how many were noted
 */
export function countBlock(block: Block, half: f32, margin: f32, tables: usize, bins: i32, notes: usize): i32 {
  let end = notes;
  for (let r = 0; r < block.rows; r++) {
    if (!(r & 3)) products(leftOf(block.left, r, block.width), block.right, block.columns >> 3, block.width, block.strip);
    const line = block.strip + (<usize>((r & 3) * block.columns) << 2);
    const scale = load<f32>(block.rowScales + (<usize>r << 2));
    end = countLine(line, block.columnScales, block.columns, scale, half, margin, tables, bins, end, r * block.columns);
  }
  return <i32>((end - notes) >> 2);
}

/** Σ t² (t + 3) over a line, t the products, in float64: what (t + 1)³ has beside 1 + 3 t. */
export function sumLine(strip: usize, columns: usize, count: i32, scale: f32): f64 {
  const row = f32x4.splat(scale), three = f32x4.splat(3);
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (let c = 0; c < count; c += 4, strip += 16, columns += 16) {
    const t = scaled(strip, row, columns);
    const cubed = f32x4.mul(f32x4.mul(t, t), f32x4.add(three, t));
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(cubed));
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i8x16.shuffle(cubed, cubed, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
  }
  s0 = f64x2.add(s0, s1);
  return f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
}

/** Σ t² (t + 3) over a block. Rows and columns of zeros add nothing. */
export function sumBlock(block: Block): f64 {
  let sum: f64 = 0;
  for (let r = 0; r < block.rows; r++) {
    if (!(r & 3)) products(leftOf(block.left, r, block.width), block.right, block.columns >> 3, block.width, block.strip);
    const line = block.strip + (<usize>((r & 3) * block.columns) << 2);
    sum += sumLine(line, block.columnScales, block.columns, load<f32>(block.rowScales + (<usize>r << 2)));
  }
  return sum;
}

/** Notes of a line whatever is below the larger of the row's and the column's threshold: its position and the lower bound itself. */
export function nearLine(
  strip: usize, columns: usize, count: i32, scale: f32, lower: f32, threshold: f32, lowers: usize, thresholds: usize, notes: usize, first: i32,
): usize {
  const row = f32x4.splat(scale), lowerRow = f32x4.splat(lower), reachRow = f32x4.splat(threshold);
  for (let c = 0; c < count; c += 4, strip += 16, columns += 16, lowers += 16, thresholds += 16) {
    const bound = f32x4.sub(f32x4.add(lowerRow, v128.load(lowers)), scaled(strip, row, columns));
    const near = i32x4.bitmask(f32x4.lt(bound, f32x4.pmax(reachRow, v128.load(thresholds))));
    if (!near) continue;
    v128.store(strip, bound);
    for (let lane = 0; lane < 4; lane++) {
      if ((near >> lane) & 1) {
        store<i32>(notes, first + c + lane);
        store<i32>(notes, load<i32>(strip + (<usize>lane << 2)), 4);
        notes += 8;
      }
    }
  }
  return notes;
}

/**
 * Notes the pairs of a block that may be near: whose lower bound of the squared distance, lower(row) + lower(column) − product, is below the threshold of
 * either. A note is row · columns + column and the bound.
 * @returns how many were noted
 */
export function nearBlock(
  block: Block, rowLowers: usize, columnLowers: usize, rowReaches: usize, columnReaches: usize, notes: usize,
): i32 {
  let end = notes;
  for (let r = 0; r < block.rows; r++) {
    if (!(r & 3)) products(leftOf(block.left, r, block.width), block.right, block.columns >> 3, block.width, block.strip);
    const at = <usize>r << 2;
    const line = block.strip + (<usize>((r & 3) * block.columns) << 2);
    end = nearLine(
      line, block.columnScales, block.columns, load<f32>(block.rowScales + at), load<f32>(rowLowers + at), load<f32>(rowReaches + at),
      columnLowers, columnReaches, end, r * block.columns,
    );
  }
  return <i32>((end - notes) >> 3);
}
