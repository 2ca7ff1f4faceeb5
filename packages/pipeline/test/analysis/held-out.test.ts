import { describe, expect, it } from '@jest/globals';
import {
  biasOf,
  estimateOf,
  FITTED,
  heldOutRows,
  INITIAL,
  UNIFORM,
  ZERO_SHOT,
  type Judged,
} from '../../src/analysis/held-out.js';
import { heldOutCaption, heldOutTable } from '../../src/cards/tables.js';

const judged = (name: string, logLikelihoods: number[]): Judged => ({
  name,
  logLikelihoods,
  temperature: { min: 1, mean: 1, max: 1 },
  effectivePairs: 4,
  withHalfThePairs: -9,
  curves: [],
});

describe('estimateOf', () => {
  it('is the ordinary standard error of the mean when every record is its own block', () => {
    const { mean, standardError } = estimateOf([1, 2, 3, 6], 1);
    expect(mean).toBe(3);
    expect(standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 12); // variance 14/3 over n 4
  });

  it('counts records that share draws as one: four equal values in two blocks say no more than two values', () => {
    expect(estimateOf([1, 1, 3, 3], 2).standardError).toBeCloseTo(estimateOf([1, 3], 1).standardError!, 12);
  });

  it('claims no error from a single block', () => {
    expect(estimateOf([1, 2], 4)).toEqual({ mean: 1.5, standardError: null });
  });
});

describe('limits of scores', () => {
  const at = (temperature: number) => ({ min: temperature, mean: temperature, max: temperature });

  const facts = (
    temperature: Judged['temperature'],
    range?: readonly [number, number],
    curves: Judged['curves'] = [],
  ) => {
    const [row] = heldOutRows([{ ...judged(FITTED, [-1, -2]), temperature, curves }], { recordsPerDraw: 1, range });
    return { pinned: row.pinned, width: row.width };
  };

  it('flag a temperature at an end of the range that scores answer for, and none within it', () => {
    expect(facts(at(1 - 5e-5), [0.5, 1]).pinned).toBe(true);
    expect(facts({ min: 0.5, mean: 0.7, max: 0.8 }, [0.5, 1]).pinned).toBe(true);
    expect(facts(at(0.98), [0.5, 1]).pinned).toBeUndefined();
    expect(facts(at(1)).pinned).toBeUndefined();
  });

  it('carry into a figure the mean over records of their widest pair, and nothing where scores are exact', () => {
    const wide = (nats: number) => ({ width: (temperature: number) => nats * (1 - temperature) });
    const curves = [[wide(1), wide(3)], [wide(2)]];
    expect(facts(at(0.5), undefined, curves).width).toBeCloseTo((1.5 + 1) / 2, 12);
    expect(facts(at(0.5), undefined, [[{}], [{ width: undefined }]]).width).toBeUndefined();
  });
});

describe('biasOf', () => {
  const half = (name: string, mean: number, withHalfThePairs: number | null): Judged => ({
    ...judged(name, [mean, mean]),
    withHalfThePairs,
  });
  const rows = heldOutRows(
    [half(ZERO_SHOT, -9, null), half(UNIFORM, -8, -8.2), half(INITIAL, -8.5, -8.6), half(FITTED, -7, -7.5)],
    { recordsPerDraw: 1 },
  );

  it('is what half of the pairs give less, of a mean and of a difference; the zero-shot prompt has none', () => {
    expect(biasOf(rows, FITTED)).toBeCloseTo(-0.5, 12);
    expect(biasOf(rows, FITTED, UNIFORM)).toBeCloseTo(-0.3, 12);
    expect(biasOf(rows, UNIFORM, ZERO_SHOT)).toBeCloseTo(-0.2, 12);
    expect(biasOf(rows, FITTED, 'another gate')).toBeUndefined();
  });

  it('stands beside every likelihood and every gain of the table', () => {
    const found = { records: 2, pairsPerRecord: 4, curvesAskedFor: 8, likelihood: 'marginal', estimator: '' } as const;
    const propensity = { over: 'nothing', ordered: false, groups: [], information: null } as const;
    const table = heldOutTable({ ...found, rows, ceiling: 2, propensity, speakers: [] });
    expect(table.rows.map((row) => row.slice(0, 5))).toEqual([
      ['zero-shot prompt', '−9.00 (0.00, 0.00)', '−1.00 (0.00, +0.20)', '−0.50 (0.00, +0.10)', '+2.00 (0.00, −0.50)'],
      ['uniform mixture', '−8.00 (0.00, −0.20)', '', '+0.50 (0.00, −0.10)', '+1.00 (0.00, −0.30)'],
      ['initial gate', '−8.50 (0.00, −0.10)', '−0.50 (0.00, +0.10)', '', '+1.50 (0.00, −0.40)'],
      ['fitted gate', '−7.00 (0.00, −0.50)', '+1.00 (0.00, −0.30)', '+1.50 (0.00, −0.40)', ''],
    ]);
  });
});

describe('heldOutRows', () => {
  it('pairs each mixture with the uniform one, the zero-shot prompt and the initial gate over the same records', () => {
    const rows = heldOutRows(
      [
        judged(ZERO_SHOT, [-10, -30]),
        judged(UNIFORM, [-8, -27]),
        judged('fitted gate', [-7, -26]),
        judged(INITIAL, [-8, -26]),
      ],
      { recordsPerDraw: 1 },
    );
    expect(rows.map(({ againstInitial }) => againstInitial?.mean ?? null)).toEqual([-3, -0.5, 0.5, null]);
    expect(rows.map(({ againstUniform }) => againstUniform?.mean ?? null)).toEqual([-2.5, null, 1, 0.5]);
    expect(rows.map(({ againstZeroShot }) => againstZeroShot?.mean ?? null)).toEqual([null, 2.5, 3.5, 3]);
    expect(rows[2].againstUniform!.standardError).toBe(0); // a constant gain, however far the records are apart
    expect(rows[2].logLikelihood.mean).toBe(-16.5);
    expect(rows.map(({ fittedAgainst }) => fittedAgainst?.mean ?? null)).toEqual([3.5, 1, null, 0.5]);
  });
});

describe('heldOutCaption', () => {
  const caption = (fitted: number[], recordsPerDraw: number): string =>
    heldOutCaption({
      records: fitted.length,
      pairsPerRecord: 8,
      likelihood: 'marginal',
      curvesAskedFor: 32,
      estimator: 'estimator',
      rows: heldOutRows([judged(UNIFORM, [-8, -9, -10, -11]), judged(FITTED, fitted)], { recordsPerDraw }),
      ceiling: 3,
      propensity: { over: 'label', ordered: false, groups: [], information: null },
      speakers: [],
    });

  it('calls a gain of less than two standard errors no difference, and leaves a larger one as it is', () => {
    expect(caption([-7.9, -9.2, -10.1, -10.9], 1)).toContain(
      'loses 0.02 nats (0.3 standard errors, no more than chance) against equal weights.',
    );
    expect(caption([-7, -8.1, -8.9, -10], 1)).toMatch(
      /gains 1\.00 nats \(\d+\.\d standard errors\) against equal weights\. The most/,
    );
  });

  it('says that errors are unknown where all records share their draws', () => {
    expect(caption([-7, -8.1, -8.9, -10], 4)).toMatch(
      /gains 1\.00 nats against equal weights\. .*\n.*standard errors are unknown \(–\)\.$/,
    );
  });
});
