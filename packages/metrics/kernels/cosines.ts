// Histogram of inner products of unit rows, 16-bit integers, in AssemblyScript: i32x4.dot_i16x8_s does eight multiplications an instruction, four
// times what float32 does. The products are rounded at 1e-5; whatever falls that close to a bin's edge is left to the caller.

/** Panels of eight rows from rows of d 16-bit integers, d even: a panel holds, for each pair of columns, the pair of each of its eight rows. */
export function packPairs(rows: usize, panels: usize, count: i32, d: i32): void {
  for (let r = 0; r < count; r++) {
    let from = rows + <usize>r * (<usize>d << 1);
    let to = panels + <usize>(r >> 3) * (<usize>d << 4) + (<usize>(r & 7) << 2);
    for (let p = 0; p < d; p += 2, from += 4, to += 32) store<i32>(to, load<i32>(from));
  }
}

// @ts-ignore: decorator
@inline
function count4(
  sums: v128, scale: v128, half: v128, margin: v128, tables: usize, bins: i32, first: i32, doubts: usize, found: i32,
): i32 {
  const place = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sums), scale), half);
  const low = f32x4.floor(place);
  const inside = f32x4.sub(place, low);
  const centred = f32x4.abs(f32x4.sub(inside, f32x4.splat(0.5)));
  let doubtful = i32x4.bitmask(f32x4.gt(centred, margin));
  const bin = i32x4.trunc_sat_f32x4_s(low);
  if (!doubtful) {
    bump(tables, i32x4.extract_lane(bin, 0));
    bump(tables + (<usize>bins << 2), i32x4.extract_lane(bin, 1));
    bump(tables + (<usize>bins << 3), i32x4.extract_lane(bin, 2));
    bump(tables + <usize>bins * 12, i32x4.extract_lane(bin, 3));
    return found;
  }
  for (let lane = 0; lane < 4; lane++) {
    if ((doubtful >> lane) & 1) store<i32>(doubts + (<usize>(found++) << 2), first + lane);
    else {
      const b = lane == 0 ? i32x4.extract_lane(bin, 0) : lane == 1 ? i32x4.extract_lane(bin, 1) : lane == 2 ? i32x4.extract_lane(bin, 2) : i32x4.extract_lane(bin, 3);
      bump(tables, b);
    }
  }
  return found;
}

// @ts-ignore: decorator
@inline
function bump(tables: usize, bin: i32): void {
  const at = tables + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Counts the products of four rows with `panelCount` panels of eight. place = product · scale + half is the bin and where in it; a product whose
 * place is within 0.5 − margin of an edge is not counted but noted: r · 8 · panelCount + column, r the row of the four.
 * @returns how many were noted in `doubts`
 */
export function countProducts(
  rows: usize, panels: usize, panelCount: i32, d: i32,
  scale: f32, half: f32, margin: f32, tables: usize, bins: i32, doubts: usize,
): i32 {
  const step = <usize>d << 1;
  const scales = f32x4.splat(scale), halves = f32x4.splat(half), margins = f32x4.splat(margin);
  const line = panelCount << 3;
  let found = 0;
  let b = panels;
  for (let panel = 0; panel < panelCount; panel++) {
    let c00 = i32x4.splat(0), c01 = i32x4.splat(0), c10 = i32x4.splat(0), c11 = i32x4.splat(0);
    let c20 = i32x4.splat(0), c21 = i32x4.splat(0), c30 = i32x4.splat(0), c31 = i32x4.splat(0);
    let r0 = rows, r1 = rows + step, r2 = r1 + step, r3 = r2 + step;
    for (const end = r1; r0 < end; r0 += 4, r1 += 4, r2 += 4, r3 += 4, b += 32) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load32_splat(r0);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(a, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(a, b1));
      a = v128.load32_splat(r1);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(a, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(a, b1));
      a = v128.load32_splat(r2);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(a, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(a, b1));
      a = v128.load32_splat(r3);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(a, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(a, b1));
    }
    const column = panel << 3;
    found = count4(c00, scales, halves, margins, tables, bins, column, doubts, found);
    found = count4(c01, scales, halves, margins, tables, bins, column + 4, doubts, found);
    found = count4(c10, scales, halves, margins, tables, bins, line + column, doubts, found);
    found = count4(c11, scales, halves, margins, tables, bins, line + column + 4, doubts, found);
    found = count4(c20, scales, halves, margins, tables, bins, 2 * line + column, doubts, found);
    found = count4(c21, scales, halves, margins, tables, bins, 2 * line + column + 4, doubts, found);
    found = count4(c30, scales, halves, margins, tables, bins, 3 * line + column, doubts, found);
    found = count4(c31, scales, halves, margins, tables, bins, 3 * line + column + 4, doubts, found);
  }
  return found;
}
