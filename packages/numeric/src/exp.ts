import { EXP_WASM } from './bytes/exp-bytes.js';
import { loadKernel, type Kernel } from './kernels/wasm.js';

interface ExpKernel {
  exp64(values: number, count: number, shift: number): void;
}

/** Numbers done at a time, so that they stay in the first-level cache on their way in and out. */
const CHUNK = 2048;
/** Addresses in the kernel's memory: behind the table of constants, which the compiler puts at 1024. */
const ROOM = 2048;
/** Fewer than this are done by Math.exp. */
const SMALL = 32;
/** ln of the smallest normal number. */
const SMALLEST = -708.3964185322641;

let loaded: Kernel<ExpKernel> | null | undefined;
let room: Float64Array | undefined;

function open(): Kernel<ExpKernel> | null {
  if (loaded === undefined) {
    loaded = loadKernel<ExpKernel>(EXP_WASM, ROOM + CHUNK * 8);
    if (loaded !== null) room = new Float64Array(loaded.buffer, ROOM, CHUNK);
  }
  return loaded;
}

/**
 * exp(value − shift) of every number, written over it; two at a time where WebAssembly is there, by fdlibm's formula (error below one unit
 * in the last place), which is V8's for `Math.exp` too. Results below 2.2e-308, the smallest normal number, become 0: subnormal
 * factors would slow every product down. NaN stays NaN.
 * @param values any numbers, ±∞ and NaN included
 * @param shift finite; the largest value, where exponentials are to be at most 1. @defaultValue 0
 */
export function expInPlace(values: Float64Array, shift = 0): void {
  const kernel = values.length < SMALL ? null : open();
  if (kernel === null || room === undefined) {
    for (let i = 0; i < values.length; i++) {
      const x = values[i] - shift;
      values[i] = x < SMALLEST ? 0 : Math.exp(x);
    }
    return;
  }
  for (let start = 0; start < values.length; start += CHUNK) {
    const part = values.subarray(start, start + CHUNK);
    room.set(part);
    kernel.call.exp64(ROOM, part.length + (part.length % 2), shift);
    part.set(part.length === CHUNK ? room : room.subarray(0, part.length));
  }
}
