// A histogram of float32 numbers in AssemblyScript that says which of them are too near a bin's edge to be sure of.

/** 1.5 · 2²³: added to a small number, it leaves the nearest whole one in the lowest bits. */
const MAGIC: f32 = 12_582_912;
const MAGIC_BITS: i32 = 0x4b400000;

// @ts-ignore: decorator
@inline
function bump(table: usize, bits: i32): void {
  // The magic number's own bits drop out of the address.
  const at = table + (<usize>(bits - MAGIC_BITS) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Takes a number off its bin again and notes its place. */
// @ts-ignore: decorator
@inline
function note(table: usize, bits: i32, place: i32, notes: usize): usize {
  const at = table + (<usize>(bits - MAGIC_BITS) << 2);
  store<u32>(at, load<u32>(at) - 1);
  store<i32>(notes, place);
  return notes + 4;
}

/**
 * Counts numbers in [−1, 1], a multiple of four of them: number · half + shift, rounded, is the bin. One further than `sure` from its bin's middle is not
 * counted but its place noted. Four tables of `bins` counters, to be added up.
 * @returns how many were noted
 */
export function countNumbers(
  numbers: usize, count: i32, half: f32, shift: f32, sure: f32, tables: usize, bins: i32, notes: usize,
): i32 {
  const halves = f32x4.splat(half), shifts = f32x4.splat(shift), sures = f32x4.splat(sure), magic = f32x4.splat(MAGIC);
  const t1 = tables + (<usize>bins << 2), t2 = t1 + (<usize>bins << 2), t3 = t2 + (<usize>bins << 2);
  let end = notes;
  for (let c = 0; c < count; c += 4, numbers += 16) {
    const place = f32x4.add(f32x4.mul(v128.load(numbers), halves), shifts);
    const bits = f32x4.add(place, magic);
    const off = f32x4.abs(f32x4.sub(place, f32x4.sub(bits, magic)));
    bump(tables, i32x4.extract_lane(bits, 0));
    bump(t1, i32x4.extract_lane(bits, 1));
    bump(t2, i32x4.extract_lane(bits, 2));
    bump(t3, i32x4.extract_lane(bits, 3));
    const doubtful = i32x4.bitmask(f32x4.gt(off, sures));
    if (!doubtful) continue;
    if (doubtful & 1) end = note(tables, i32x4.extract_lane(bits, 0), c, end);
    if (doubtful & 2) end = note(t1, i32x4.extract_lane(bits, 1), c + 1, end);
    if (doubtful & 4) end = note(t2, i32x4.extract_lane(bits, 2), c + 2, end);
    if (doubtful & 8) end = note(t3, i32x4.extract_lane(bits, 3), c + 3, end);
  }
  return <i32>((end - notes) >> 2);
}
