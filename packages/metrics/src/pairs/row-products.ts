import { type Importer, loadTensorFlow, type Matrix } from '@mixture-of-personas/numeric';

/**
 * Inner products of a set's rows in float32, by something faster than this package: a GPU, or a native library. What it computes is checked against
 * float64 as it comes, and pairs near a bin's edge are recomputed, so that figures do not depend on it.
 */
export type RowProducts = (set: Matrix<Float32Array>) => OpenRowProducts;

/** A set handed over. */
export interface OpenRowProducts {
  /** Products of rows from … to − 1 with all rows from `from` on: (to − from) × (n − from) numbers, row by row. */
  readonly block: (from: number, to: number) => Float32Array;
  /** Gives its memory back. */
  readonly close: () => void;
}

interface Tensor {
  dataSync(): ArrayLike<number>;
  dispose(): void;
}
interface TensorFlow {
  tensor2d(data: Float32Array, shape: [number, number]): Tensor;
  slice(tensor: Tensor, begin: [number, number], size: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor;
}

/**
 * Row products by an installed TensorFlow package: on a GPU, or by its native library on all cores (`TF_NUM_INTRAOP_THREADS` limits them).
 * @param name the package. @defaultValue `@tensorflow/tfjs-node-gpu`
 * @param importer loads a module by name. @defaultValue `import()`
 * @throws Error when the package is absent, its native part does not load, or a product comes out wrong
 */
export async function tensorFlowProducts(
  name: '@tensorflow/tfjs-node-gpu' | '@tensorflow/tfjs-node' = '@tensorflow/tfjs-node-gpu',
  importer?: Importer,
): Promise<RowProducts> {
  const tf = await loadTensorFlow<TensorFlow>(name, importer);
  return ({ data, rows, cols }) => {
    const all = tf.tensor2d(data, [rows, cols]);
    const block = (from: number, to: number): Float32Array => {
      const some = tf.slice(all, [from, 0], [to - from, cols]);
      const rest = tf.slice(all, [from, 0], [rows - from, cols]);
      const products = tf.matMul(some, rest, false, true);
      const numbers = products.dataSync() as Float32Array;
      for (const tensor of [some, rest, products]) tensor.dispose();
      return numbers;
    };
    return { block, close: () => all.dispose() };
  };
}
