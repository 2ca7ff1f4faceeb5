/** A stream of uniform numbers in [0, 1), 53 bits each. */
export type Random = () => number;

/** MurmurHash3's 32-bit finalizer: every input bit thresholds every output bit. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Doty-Humphrey's sfc32: 128 bits of state, passes PractRand; the first 12 outputs mix the seed in and are dropped. */
function sfc32(a: number, b: number, c: number): () => number {
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/**
 * A stream of uniform numbers that depends on (seed, purpose, row) alone: the same at any batch size, in any order, on any machine
 * and after a resume. Streams of different triples are unrelated.
 * @param seed the run's seed, any safe integer
 * @param purpose what the numbers are for, such as `simulate` or `bootstrap`
 * @param row which record, resample or step within the purpose, ≥ 0
 */
export function randomFor(seed: number, purpose: string, row: number): Random {
  let h = mix(seed | 0);
  h = mix(h ^ mix(Math.floor(seed / 0x1_0000_0000) | 0) ^ 0x9e3779b9);
  for (let i = 0; i < purpose.length; i++) h = mix(h ^ Math.imul(purpose.charCodeAt(i) + 1, 0x9e3779b1));
  const next = sfc32(h, mix((row | 0) ^ 0x85ebca77), mix((Math.floor(row / 0x1_0000_0000) | 0) ^ h ^ mix(row | 0)));
  return () => ((next() >>> 5) * 0x400_0000 + (next() >>> 6)) / 0x20_0000_0000_0000;
}

/** Standard normal number (Box–Muller; two uniforms a call). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Index drawn with probability proportional to its weight.
 * @param weights finite, ≥ 0, with a positive sum
 */
export function drawIndex(weights: ArrayLike<number>, random: Random): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  let left = random() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] <= 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) return i;
  }
  return last; // rounding can leave a sliver after the last positive weight
}

/** The first `count` of a random permutation of 0 … n−1 (Fisher–Yates). */
export function sampleWithoutReplacement(n: number, count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const taken = Math.min(n, count);
  for (let i = 0; i < taken; i++) {
    const j = i + Math.floor(random() * (n - i));
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order.slice(0, taken);
}
