import {
  multiplyByTranspose,
  randomFor,
  symmetricEigenvalues,
  takeRows,
  toFloat64,
  unitRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { gramOf, sumOf } from '@mixture-of-personas/numeric/internal';

import { resampleCounts } from '../metric/bootstrap.js';
import { requireDirections, requireSet } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { normalBootstrap } from '../metric/intervals.js';

/** Vendi scores of orders 1, 2 and ∞, each between 1 (all rows alike) and min(n, d). */
export interface Vendi {
  /** exp(−Σ λ ln λ). */
  readonly q1: number;
  /** 1 / Σ λ². */
  readonly q2: number;
  /** 1 / max λ: how many groups of the size of the commonest. */
  readonly qInfinity: number;
}

/**
 * Vendi score (Friedman & Dieng 2023): the effective number of different rows, from the eigenvalues λ of K/n, K the cosines between rows.
 * K = X Xᵀ has the eigenvalues of Xᵀ X, so the smaller of the two is decomposed.
 * @param set n × d, n ≥ 1
 * @throws ShapeError for a NaN or an all-zero row (named)
 */
export function vendi(set: Matrix): Vendi {
  requireSet('vendi', 'set', set, 1);
  requireDirections('vendi', { set });
  return vendiOfRows(unitRows(toFloat64(set)));
}

/** The same of rows of unit length (or scaled by the root of a weight; weights then sum to n), without checks. */
function vendiOfRows(unit: Matrix<Float64Array>): Vendi {
  const gram = unit.rows <= unit.cols ? multiplyByTranspose(unit, unit) : gramOf(unit);
  let [entropy, squares, largest] = [0, 0, 0];
  const eigenvalues = symmetricEigenvalues(gram);
  const trace = sumOf(eigenvalues);
  for (const value of eigenvalues) {
    const lambda = Math.max(0, value / trace);
    if (lambda > 0) entropy -= lambda * Math.log(lambda);
    squares += lambda * lambda;
    largest = Math.max(largest, lambda);
  }
  return { q1: Math.exp(entropy), q2: 1 / squares, qInfinity: 1 / largest };
}

/** Vendi score of synthetic; golden's beside it. */
export const vendiScore: Metric<'vendi'> = defineMetric({
  name: 'vendi',
  facts: {
    title: 'Vendi score',
    better: 'target',
    range: [1, Infinity],
    needs: 'embeddings',
    of: 'synthetic',
    functions: ['vendi'],
    formula: 'e^{−Σ λ ln λ}, λ eigenvalues of cosines/n; orders 2, ∞',
    source: 'Friedman & Dieng 2023',
    cost: '0.1 s; as much a resample',
  },
  compute: ({ embeddings }) => {
    const [synthetic, golden] = embeddings('vendi');
    const [own, target] = [vendi(synthetic), vendi(golden)];
    return {
      value: own.q1,
      parts: {
        q2: own.q2,
        qInfinity: own.qInfinity,
        golden: target.q1,
        goldenQ2: target.q2,
        goldenQInfinity: target.qInfinity,
      },
      settings: { kernel: 'cosine', order: 1 },
      state: synthetic,
    };
  },
  resample: (synthetic, { settings: { seed } }) => {
    const unit = unitRows(toFloat64(synthetic));
    return normalBootstrap('rows of synthetic', (index) => {
      const counts = resampleCounts(unit.rows, randomFor(seed, 'bootstrap-synthetic', index));
      const drawn = Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
      const rows = takeRows(unit, drawn);
      for (let at = 0; at < rows.data.length; at++)
        rows.data[at] *= Math.sqrt(counts[drawn[Math.floor(at / unit.cols)]]);
      return vendiOfRows(rows).q1;
    });
  },
});
