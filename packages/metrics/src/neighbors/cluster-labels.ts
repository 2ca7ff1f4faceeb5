import { kMeans, type Matrix, multiplyByTranspose, toFloat64 } from '@mixture-of-personas/numeric';
import { squaredNorms } from '@mixture-of-personas/numeric/internal';

import { requireCount, requireSets } from '../metric/checks.js';

/** Settings of {@link clusterLabels}. */
export interface ClusterLabelOptions {
  /** Groups to make, at most golden's rows. @defaultValue 10 */
  readonly clusters?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
}

/**
 * Groups for `subgroupCoverage` where there are no labels: k-means on golden, and each row of both sets in the group of the nearest center.
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
  const { centers, labels } = kMeans(golden, clusters, { seed, initialization: 'plusplus', restarts: 3 });
  return [Array.from(nearest(synthetic, centers), nameOf), Array.from(labels, nameOf)];
}

const nameOf = (label: number): string => `cluster ${label + 1}`;

function nearest(rows: Matrix, centers: Matrix<Float64Array>): Int32Array {
  const squares = squaredNorms(centers);
  const products = multiplyByTranspose(toFloat64(rows), centers).data;
  return Int32Array.from({ length: rows.rows }, (_, i) => {
    const at = (c: number): number => squares[c] - 2 * products[i * centers.rows + c];
    let best = 0;
    for (let c = 1; c < centers.rows; c++) if (at(c) < at(best)) best = c;
    return best;
  });
}
