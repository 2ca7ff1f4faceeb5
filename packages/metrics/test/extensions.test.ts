import { expect, it } from '@jest/globals';

import { answerDistances } from '../src/labels/answers.js';
import { manifold } from '../src/neighbors/manifold.js';
import { ngramDiversity } from '../src/diversity/distinct-n.js';
import { energyDistance } from '../src/distances/energy.js';
import { frechetInfinity } from '../src/distances/frechet-infinity.js';
import { kid } from '../src/distances/kid.js';
import { mmd } from '../src/distances/mmd.js';
import { medianSquaredDistance } from '../src/distances/median-distance.js';
import { selfBleu } from '../src/diversity/self-bleu.js';
import { nearestNeighborTest } from '../src/neighbors/c2st.js';
import { vendi } from '../src/diversity/vendi.js';
import { describeGolden, goldenJson, goldenMatrix } from './golden.js';

type Four = Record<'precision' | 'recall' | 'density' | 'coverage', number>;
interface Orders {
  readonly q1: number;
  readonly q2: number;
  readonly qinf: number;
}
interface Extensions {
  readonly tol_abs: number;
  readonly embedding_cases: {
    readonly name: string;
    readonly p_npy: string;
    readonly q_npy: string;
    readonly kid_poly3: { readonly unbiased: number; readonly biased: number };
    readonly mmd_rbf: { readonly median_sq_dist: number; readonly unbiased: number; readonly biased: number };
    readonly energy_distance: { readonly v_statistic: number; readonly u_statistic: number };
    readonly prdc: { readonly k3: Four; readonly k5: Four };
    readonly vendi_cosine: { readonly method: Orders; readonly golden: Orders };
    readonly c2st_1nn_loo: {
      readonly accuracy: number;
      readonly acc_on_method: number;
      readonly acc_on_golden: number;
    };
    readonly fid_infinity: {
      readonly sizes: number[];
      readonly fid_of_first_rows: number[];
      readonly intercept: number;
      readonly slope_in_1_over_n: number;
    };
  }[];
  readonly text_cases: {
    readonly name: string;
    readonly docs: string[][];
    readonly distinct: Record<string, number>;
    readonly entropy: Record<string, number>;
    readonly self_bleu: Record<string, number>;
  }[];
  readonly label_cases: {
    readonly name: string;
    readonly counts_method: number[];
    readonly counts_golden: number[];
    readonly js_divergence_nats: number;
    readonly total_variation: number;
    readonly hellinger: number;
    readonly wasserstein1_ordinal: number;
    readonly coverage_of_golden_support: number;
    readonly entropy_method: number;
    readonly entropy_golden: number;
  }[];
}

describeGolden('the wider set, against the reference', () => {
  const golden = goldenJson<Extensions>('extensions.json');
  const within = (got: number, expected: number, scale = 1): void =>
    expect(Math.abs(got - expected)).toBeLessThanOrEqual(golden.tol_abs * scale);

  it.each(golden.embedding_cases)('kernel and energy distances: $name', (expected) => {
    const [p, q] = [goldenMatrix(expected.p_npy), goldenMatrix(expected.q_npy)];
    within(kid(p, q), expected.kid_poly3.unbiased);
    within(kid(p, q, { biased: true }), expected.kid_poly3.biased);
    within(medianSquaredDistance(p, q), expected.mmd_rbf.median_sq_dist);
    within(mmd(p, q), expected.mmd_rbf.unbiased);
    within(mmd(p, q, { biased: true }), expected.mmd_rbf.biased);
    within(energyDistance(p, q, { biased: true }), expected.energy_distance.v_statistic);
    within(energyDistance(p, q), expected.energy_distance.u_statistic);
  });

  it.each(golden.embedding_cases)('precision, recall, density, coverage and 1-NN test: $name', (expected) => {
    const [p, q] = [goldenMatrix(expected.p_npy), goldenMatrix(expected.q_npy)];
    for (const [neighbors, four] of [
      [3, expected.prdc.k3],
      [5, expected.prdc.k5],
    ] as const) {
      const got = manifold(p, q, { neighbors });
      for (const name of ['precision', 'recall', 'density', 'coverage'] as const) within(got[name], four[name]);
    }
    const test = nearestNeighborTest(p, q);
    within(test.accuracy, expected.c2st_1nn_loo.accuracy);
    within(test.onSynthetic, expected.c2st_1nn_loo.acc_on_method);
    within(test.onGolden, expected.c2st_1nn_loo.acc_on_golden);
  });

  it.each(golden.embedding_cases)('Vendi score and FID∞: $name', (expected) => {
    const [p, q] = [goldenMatrix(expected.p_npy), goldenMatrix(expected.q_npy)];
    for (const [set, orders] of [
      [p, expected.vendi_cosine.method],
      [q, expected.vendi_cosine.golden],
    ] as const) {
      const got = vendi(set);
      within(got.q1, orders.q1);
      within(got.q2, orders.q2);
      within(got.qInfinity, orders.qinf);
    }
    const line = frechetInfinity(p, q, { seed: null });
    expect(line.sizes).toEqual(expected.fid_infinity.sizes);
    line.distances.forEach((distance, i) => within(distance, expected.fid_infinity.fid_of_first_rows[i]));
    within(line.intercept, expected.fid_infinity.intercept);
    within(line.slope, expected.fid_infinity.slope_in_1_over_n, 1000); // 1/n multiplies rounding by n
  });

  it.each(golden.text_cases)('distinct-n, n-gram entropy and self-BLEU: $name', (expected) => {
    for (const [n, value] of Object.entries(expected.distinct)) {
      const got = ngramDiversity(expected.docs, Number(n));
      within(got.distinct, value);
      within(got.entropy, expected.entropy[n]);
    }
    for (const [order, value] of Object.entries(expected.self_bleu)) {
      const scores = selfBleu(expected.docs, { order: Number(order) });
      within(scores.reduce((a, b) => a + b, 0) / scores.length, value);
    }
  });

  it.each(golden.label_cases)('answer distributions: $name', (expected) => {
    const got = answerDistances(expected.counts_method, expected.counts_golden);
    within(got.jensenShannon, expected.js_divergence_nats);
    within(got.totalVariation, expected.total_variation);
    within(got.hellinger, expected.hellinger);
    within(got.wasserstein, expected.wasserstein1_ordinal);
    within(got.supportCoverage, expected.coverage_of_golden_support);
    within(got.syntheticEntropy, expected.entropy_method);
    within(got.goldenEntropy, expected.entropy_golden);
  });
});
