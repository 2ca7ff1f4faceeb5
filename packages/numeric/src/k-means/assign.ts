import type { Assigner } from './assigner.js';
import { K_MEANS_WASM } from '../bytes/k-means-bytes.js';
import { KernelAssigner, type AssignKernel } from './kernel.js';
import { layoutOf } from './layout.js';
import { rowOf, type Matrix } from '../matrix.js';
import { loadKernel } from '../kernels/wasm.js';

/**
 * Backed by the kernel where WebAssembly is there, by plain loops elsewhere.
 * @param points n × d, of a magnitude whose squares float32 holds
 * @param k clusters
 */
export function openAssigner(points: Matrix<Float32Array>, k: number): Assigner {
  const layout = layoutOf(points, k);
  const kernel = loadKernel<AssignKernel>(K_MEANS_WASM, layout.bytes);
  return kernel === null ? plainAssigner(points) : new KernelAssigner(points, k, layout, kernel);
}

function plainAssigner(points: Matrix<Float32Array>): Assigner {
  const labels = new Int32Array(points.rows);
  const nearest = new Float32Array(points.rows);
  const step = (centers: Matrix<Float64Array>): number => {
    const rounded = { ...centers, data: Float32Array.from(centers.data) };
    let changed = 0;
    for (let i = 0; i < points.rows; i++) {
      const x = rowOf(points, i);
      let [label, least] = [0, Infinity];
      for (let c = 0; c < rounded.rows; c++) {
        const distance = squaredDistance(x, rowOf(rounded, c));
        if (distance < least) [label, least] = [c, distance];
      }
      if (labels[i] !== label) changed++;
      labels[i] = label;
      nearest[i] = least;
    }
    return changed;
  };
  const approach = (i: number): void => {
    const x = rowOf(points, i);
    for (let r = 0; r < points.rows; r++) nearest[r] = Math.min(nearest[r], squaredDistance(rowOf(points, r), x));
  };
  return { labels, nearest, step, begin: step, approach };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let p = 0; p < a.length; p++) sum += (a[p] - b[p]) ** 2;
  return sum;
}
