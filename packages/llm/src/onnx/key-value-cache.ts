import type { Tensor } from 'onnxruntime-node';
import type { Onnx } from '@mixture-of-personas/models';

/** One key or value tensor of a model: [batch, heads, length, width]. */
export interface CacheTensor {
  /** Input that takes the past, such as `past_key_values.0.key`. */
  readonly past: string;
  /** Output that gives it with the new tokens appended, such as `present.0.key`. */
  readonly present: string;
  readonly heads: number;
  readonly width: number;
  readonly type: 'float32' | 'float16';
}

/** Numbers of a cache tensor; float16 travels as its bits. */
type CacheData = Float32Array | Uint16Array;

function zerosOf(type: CacheTensor['type'], length: number): CacheData {
  return type === 'float32' ? new Float32Array(length) : new Uint16Array(length);
}

/** Bytes of keys and values that one token takes. */
export function bytesPerToken(layout: readonly CacheTensor[]): number {
  return layout.reduce((sum, { heads, width, type }) => sum + heads * width * (type === 'float32' ? 4 : 2), 0);
}

/**
 * Keys and values of several sequences in memory of our own, [rows, heads, capacity, width] a tensor. A model that shares its cache
 * writes new tokens in place, so nothing is copied from step to step, and a sequence is cut back by saying that it is shorter.
 */
export class KeyValueCache {
  readonly rows: number;
  readonly capacity: number;
  readonly layout: readonly CacheTensor[];
  /** Tensor i of `layout`, as its input and its output. */
  readonly tensors: readonly Tensor[];
  readonly #onnx: Onnx;
  readonly #data: readonly CacheData[];

  constructor(
    onnx: Onnx,
    layout: readonly CacheTensor[],
    size: { rows: number; capacity: number },
    data?: readonly CacheData[],
  ) {
    const { rows, capacity } = size;
    this.#onnx = onnx;
    this.layout = layout;
    this.rows = rows;
    this.capacity = capacity;
    this.#data = data ?? layout.map(({ heads, width, type }) => zerosOf(type, rows * heads * capacity * width));
    this.tensors = layout.map(({ heads, width, type }, i) =>
      this.#tensor(type, this.#data[i], [rows, heads, capacity, width]),
    );
  }

  #tensor(type: CacheTensor['type'], data: CacheData | undefined, dims: number[]): Tensor {
    return new this.#onnx.Tensor(type, data as Float32Array, dims);
  }

  /** Rows [first, first + rows) of the same memory. */
  view(first: number, rows: number): KeyValueCache {
    const parts = this.#data.map((data) => {
      const each = data.length / this.rows;
      return data.subarray(first * each, (first + rows) * each);
    });
    return new KeyValueCache(this.#onnx, this.layout, { rows, capacity: this.capacity }, parts);
  }

  /** Copies the first `length` tokens of one row to another. */
  copy(from: number, to: number, length: number): void {
    this.layout.forEach(({ heads, width }, i) => {
      const head = this.capacity * width;
      for (let h = 0; h < heads; h++) {
        const start = (from * heads + h) * head;
        this.#data[i]?.copyWithin((to * heads + h) * head, start, start + length * width);
      }
    });
  }

  /** The first `length` tokens of row 0 as tensors of exactly that length: for models that append to their past. */
  compact(length: number): Tensor[] {
    return this.layout.map(({ heads, width, type }, i) => {
      const data = this.#data[i] as CacheData;
      const out = zerosOf(type, heads * length * width);
      for (let h = 0; h < heads; h++) {
        const start = h * this.capacity * width;
        out.set(data.subarray(start, start + length * width), h * length * width);
      }
      return this.#tensor(type, out, [1, heads, length, width]);
    });
  }

  /** Takes tokens [from, to) of row 0 out of tensor i of a model that appends to its past, [1, heads, to, width]. */
  absorb(i: number, present: Tensor, from: number, to: number): void {
    const { heads, width } = this.layout[i] as CacheTensor;
    const data = this.#data[i] as CacheData;
    const given = present.data as CacheData;
    for (let h = 0; h < heads; h++) {
      data.set(given.subarray((h * to + from) * width, (h + 1) * to * width), (h * this.capacity + from) * width);
    }
  }
}
