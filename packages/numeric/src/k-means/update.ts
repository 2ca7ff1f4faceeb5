import type { Assigner } from './assigner.js';
import type { Matrix } from '../matrix.js';

/** Centers of a start in prepared coordinates, and what is known of their clusters. */
export interface Centers {
  /** k × d, summed in float64. */
  readonly means: Matrix<Float64Array>;
  /** Points a cluster, k. */
  readonly counts: Int32Array;
  /** 1 where a cluster gained or lost a point since its mean was taken, k. */
  readonly dirty: Uint8Array;
}

/** Takes the means of the clusters that changed, after giving every empty cluster the point farthest from its own center. */
export function updateMeans(points: Matrix<Float32Array>, centers: Centers, assigner: Assigner): void {
  const { means, counts, dirty } = centers;
  const { labels } = assigner;
  const d = points.cols;
  counts.fill(0);
  for (const label of labels) counts[label]++;
  for (let c = 0; c < counts.length; c++) if (counts[c] === 0) fill(c, centers, assigner);
  for (let c = 0; c < counts.length; c++) if (dirty[c] && counts[c] > 0) means.data.fill(0, c * d, (c + 1) * d);
  for (let i = 0; i < labels.length; i++) {
    if (!dirty[labels[i]]) continue;
    for (let p = 0, at = labels[i] * d, from = i * d; p < d; p++) means.data[at++] += points.data[from++];
  }
  for (let c = 0; c < counts.length; c++) {
    if (!dirty[c] || counts[c] === 0) continue;
    for (let at = c * d; at < (c + 1) * d; at++) means.data[at] /= counts[c];
  }
  dirty.fill(0);
}

/** Moves the point farthest from its center, among clusters of two or more, to the empty cluster c; none when all sit on their centers. */
function fill(c: number, { counts, dirty }: Centers, { labels, nearest }: Assigner): void {
  let far = -1;
  for (let i = 0; i < nearest.length; i++) {
    if (counts[labels[i]] > 1 && nearest[i] > (far < 0 ? 0 : nearest[far])) far = i;
  }
  if (far < 0) return; // fewer different points than clusters
  dirty[labels[far]] = dirty[c] = 1;
  counts[labels[far]]--;
  counts[c] = 1;
  labels[far] = c;
  nearest[far] = 0;
}
