import { kMeans, multiplyByTranspose, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireSets } from './checks.js';
import { squaredNorms } from './kernel-distance.js';

/** Settings of {@link clusterLabels}. */
export interface ClusterLabelOptions {
  /** Groups to make, at most golden's rows. @defaultValue 10 */
  readonly clusters?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
}

/**
 * Groups for `subgroupCoverage` where there are no labels: k-means on golden, and each row of both sets in the group of the nearest centre.
 * @param synthetic n₁ × d
 * @param golden n₂ × d
 * @returns a name (`cluster 1` …) for every synthetic row, and one for every golden row
 * @throws ShapeError for different widths or a NaN (row named); SettingError for the number of clusters
 */
export function clusterLabels(
  synthetic: Matrix,
  golden: Matrix,
  options: ClusterLabelOptions = {},
): [string[], string[]] {
  const { clusters = 10, seed = 0 } = options;
  requireSets('clusterLabels', synthetic, golden, 1);
  requireCount('clusterLabels', 'clusters', clusters, 1);
  const { centres, labels } = kMeans(golden, clusters, { seed, initialization: 'plusplus', restarts: 3 });
  return [Array.from(nearest(synthetic, centres), nameOf), Array.from(labels, nameOf)];
}

const nameOf = (label: number): string => `cluster ${label + 1}`;

function nearest(rows: Matrix, centres: Matrix<Float64Array>): Int32Array {
  const squares = squaredNorms(centres);
  const products = multiplyByTranspose(toFloat64(rows), centres).data;
  return Int32Array.from({ length: rows.rows }, (_, i) => {
    const at = (c: number): number => squares[c] - 2 * products[i * centres.rows + c];
    let best = 0;
    for (let c = 1; c < centres.rows; c++) if (at(c) < at(best)) best = c;
    return best;
  });
}
