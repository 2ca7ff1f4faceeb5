// A text's token ids to its vector. Table and layers live in the memory of kernels/rows.ts: a row is read where it stands, 16 numbers at a time.
import { ModelError } from '@mixture-of-personas/models';
import { loadKernel } from '@mixture-of-personas/numeric/internal';
import type { EmbeddedModel } from './files.js';
import { ROWS_WASM } from '../rows-bytes.js';

interface Exports {
  addRows(values: number, cols: number, ids: number, weights: number, n: number, out: number): void;
  dotRows(values: number, cols: number, ids: number, direction: number, n: number, out: number): void;
  multiply(matrix: number, rows: number, cols: number, x: number, out: number): void;
}

/** Tokens in the kernel's memory at a time; a text may have any number. */
const TOKENS = 4096;
/** The compiler keeps the bytes before it. */
const START = 1024;
/** A token weighs at most e⁴ times as much as in the plain mean, and at least e⁻⁴ times. */
const STEEPEST = 4;
/** Stands in for the length of a vector that is zero. */
const SHORTEST = 1e-9;

/** Numbers in the kernel's memory and where they stand. */
type Numbers = { readonly at: number; readonly view: Float32Array };

/**
 * The function that writes the vector of a text, D numbers of length one, from the ids of its n ≥ 1 tokens.
 *
 * With e_t the token's row: m = (1/n) Σ_t e_t says what the text is about, as a direction m̂ = m / |m|; each token then weighs
 * exp(⟨e_t, K Q m̂⟩), so that words count by what they stand among (attention with one query); z = (1/n) Σ_t weight_t e_t;
 * and a layer corrects its direction, ẑ + W₂ silu(W₁ ẑ + B [log n − 3, log |z|] + b), by what the text's length says of it. In float32, sums in
 * an order that depends on nothing but the text.
 * @throws ModelError `no-simd` where there is no WebAssembly with SIMD
 */
export function textVectors(model: EmbeddedModel): (ids: Int32Array, vector: Float32Array) => void {
  const { scales, cols, layers } = model;
  const room = roomFor(model);
  const { call, ids: part, weights, dots, x, y, sum, hidden } = room;

  /** out ← M in, both places of the kernel. */
  const multiply = (name: 'query' | 'key' | 'inner' | 'outer', rows: number, from: Numbers, to: Numbers): void =>
    call.multiply(room[name].at, rows, from.view.length, from.at, to.at);
  /** The sum of the rows in `sum`, each times its scale over n, and times its gate where `gated`, whose direction is in `y`. */
  const sumRows = (all: Int32Array, gated: boolean): void => {
    sum.view.fill(0);
    for (let start = 0; start < all.length; start += TOKENS) {
      const some = all.subarray(start, start + TOKENS);
      const n = some.length;
      part.view.set(some);
      if (gated) call.dotRows(room.values.at, cols, part.at, y.at, n, dots.at);
      for (let t = 0; t < n; t++) {
        const scale = scales[some[t]!]!;
        const gate = gated ? Math.exp(Math.max(-STEEPEST, Math.min(STEEPEST, scale * dots.view[t]!))) : 1;
        weights.view[t] = (gate * scale) / all.length;
      }
      call.addRows(room.values.at, cols, part.at, weights.at, n, sum.at);
    }
  };

  return (all, vector) => {
    sumRows(all, false);
    direct(sum.view, x.view);
    multiply('query', layers.rank, x, room.low);
    multiply('key', cols, room.low, y);
    sumRows(all, true);
    const logLength = Math.log(direct(sum.view, x.view));
    const logCount = Math.log(all.length) - 3;
    multiply('inner', layers.hidden, x, hidden);
    hidden.view.forEach((value, i) => {
      const h = value + layers.bias[i]! + layers.lengths[2 * i]! * logCount + layers.lengths[2 * i + 1]! * logLength;
      hidden.view[i] = h / (1 + Math.exp(-h));
    });
    multiply('outer', cols, hidden, y);
    y.view.forEach((value, j) => (x.view[j] = x.view[j]! + value));
    direct(x.view, vector);
  };
}

/** unit ← vector / |vector|; returns |vector|. */
function direct(vector: Float32Array, unit: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.max(Math.sqrt(squares), SHORTEST);
  for (let j = 0; j < vector.length; j++) unit[j] = vector[j]! / length;
  return length;
}

/** The kernel with the model in its memory, and the places it works in, by name. */
function roomFor({ values, cols, layers }: EmbeddedModel) {
  const { query, key, inner, outer, rank, hidden } = layers;
  const matrices = { query: query.length, key: key.length, inner: inner.length, outer: outer.length };
  const vectors = { ids: TOKENS, weights: TOKENS, dots: TOKENS, x: cols, y: cols, sum: cols, low: rank, hidden };
  const lengths = { values: values.length / 4, ...matrices, ...vectors }; // in numbers of 4 bytes
  let end = START;
  const places = Object.entries(lengths).map(([name, length]) => {
    const at = end;
    end += Math.ceil(length / 4) * 16;
    return { name, at, length };
  });
  const kernel = loadKernel<Exports>(ROWS_WASM, end);
  if (kernel === null)
    throw new ModelError('no-simd', 'The embedded encoder needs WebAssembly with SIMD, which this engine lacks.');
  const { buffer, call } = kernel;
  const room = Object.fromEntries(
    places.map(({ name, at, length }) => [name, { at, view: new Float32Array(buffer, at, length) }]),
  ) as Record<keyof typeof lengths, Numbers>;
  new Int8Array(buffer, room.values.at).set(values);
  for (const name of ['query', 'key', 'inner', 'outer'] as const) room[name].view.set(layers[name]);
  return { ...room, call, ids: { at: room.ids.at, view: new Int32Array(buffer, room.ids.at, TOKENS) } };
}
