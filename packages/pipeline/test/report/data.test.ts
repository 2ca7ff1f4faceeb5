import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor } from '@mixture-of-personas/numeric';
import { embeddingMap, ellipseOf } from '../../src/analysis/embedding-map.js';
import { gateDiagnostics, meanPairwiseCosine } from '../../src/analysis/gate-diagnostics.js';
import { nearestGolden } from '../../src/analysis/nearest-golden.js';
import { personaNames } from '../../src/report/elements/persona-names.js';
import { principalPlane } from '../../src/analysis/principal-plane.js';
import { mutualInformation, propensityOf } from '../../src/analysis/propensity.js';
import { recordGroups } from '../../src/analysis/record-groups.js';

const contexts = (...values: string[]): { context: string }[] => values.map((context) => ({ context }));

describe('recordGroups', () => {
  it('sorts by decade when the contexts name years of a century or two', () => {
    const groups = recordGroups(contexts('1790', 'in 1799, Adams', '1801', '2020'));
    expect([groups.over, groups.names.at(0), groups.names.at(-1), groups.names.length]).toEqual([
      'year',
      '1790s',
      '2020s',
      24,
    ]);
    expect(Array.from(groups.of)).toEqual([0, 0, 1, 23]);
  });

  it('keeps single years when there are few, and classes of 1, 2 or 5 for other numbers', () => {
    expect(recordGroups(contexts('1999', '2001')).names).toEqual(['1999', '2000', '2001']);
    const ages = recordGroups(contexts('0', '31', '99'));
    expect([ages.over, ages.names[0], ages.names.length]).toEqual(['number', '0–5', 20]);
    expect(Array.from(ages.of)).toEqual([0, 6, 19]);
    expect(recordGroups(contexts('0.1', '0.11')).names.length).toBeLessThanOrEqual(25);
  });

  it('falls back to labels, then to common contexts, then to one group', () => {
    expect(recordGroups([{ label: 'b' }, { label: 'a' }, { label: 'a' }]).names).toEqual(['a', 'b']);
    const titles = Array.from({ length: 40 }, (_, i) => ({ context: `title ${i % 20}` }));
    expect(recordGroups(titles).names.at(-1)).toBe('other contexts');
    expect(recordGroups([{}, {}])).toMatchObject({ over: 'nothing', names: ['all records'] });
  });
});

describe('propensityOf', () => {
  const groups = {
    over: 'year',
    ordered: true,
    names: ['a', 'b', 'empty'],
    of: Int32Array.from([0, 0, 1, 1]),
  } as const;

  it('is the mean π of each group', () => {
    const pi = matrixOf([
      [1, 0],
      [0.5, 0.5],
      [0, 1],
      [0.2, 0.8],
    ]);
    const found = propensityOf(pi, groups, 1).groups.map(({ personas }) => personas);
    expect(found).toEqual([[0.75, 0.25], [expect.closeTo(0.1, 12), expect.closeTo(0.9, 12)], []]);
  });

  it('has information log 2 when the group decides between two equally common personas, and none when π is one for all', () => {
    expect(
      propensityOf(
        matrixOf([
          [1, 0],
          [1, 0],
          [0, 1],
          [0, 1],
        ]),
        groups,
        1,
      ).information!.nats,
    ).toBeCloseTo(Math.log(2), 12);
    expect(
      propensityOf(
        matrixOf([
          [0.5, 0.5],
          [0.5, 0.5],
          [0.5, 0.5],
          [0.5, 0.5],
        ]),
        groups,
        1,
      ).information!.nats,
    ).toBeCloseTo(0, 12);
  });

  it('lies far above what shuffled groups give when persona and group belong together', () => {
    const of = Int32Array.from({ length: 200 }, (_, i) => i % 2);
    const pi = matrixOf(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? [0.8, 0.2] : [0.2, 0.8])));
    const { nats, shuffledMax, pValue } = propensityOf(pi, { ...groups, names: ['a', 'b'], of }, 1).information!;
    expect(nats).toBeGreaterThan(10 * shuffledMax);
    expect(pValue).toBe(1 / 200);
  });

  it('agrees with the sum that defines mutual information', () => {
    const joint = [
      [0.1, 0.3],
      [0.4, 0.2],
    ];
    const direct = joint.flatMap((row, g) =>
      row.map((p, k) => p * Math.log(p / ((row[0] + row[1]) * (joint[0][k] + joint[1][k])) + 0 * g)),
    );
    expect(mutualInformation(joint)).toBeCloseTo(
      direct.reduce((sum, value) => sum + value, 0),
      12,
    );
  });
});

describe('principalPlane', () => {
  it('finds the two directions of largest variance and their shares', () => {
    const random = randomFor(1, 'plane', 0);
    const rows = Array.from({ length: 4000 }, () => {
      const [a, b, c] = [3 * normal(random), 2 * normal(random), normal(random)];
      return [(a + b) / Math.SQRT2, (a - b) / Math.SQRT2, c];
    });
    const { shares } = principalPlane(matrixOf(rows));
    expect(shares[0]).toBeCloseTo(9 / 14, 1);
    expect(shares[1]).toBeCloseTo(4 / 14, 1);
  });

  it('keeps all distances of a set that lies in a plane', () => {
    const flat = matrixOf([
      [0, 0, 1],
      [3, 0, 1],
      [0, 4, 1],
      [2, 2, 1],
    ]);
    const { points } = principalPlane(flat);
    const distance = (i: number, j: number): number =>
      Math.hypot(points.data[2 * i] - points.data[2 * j], points.data[2 * i + 1] - points.data[2 * j + 1]);
    expect([distance(0, 1), distance(1, 2), distance(0, 3)]).toEqual(
      [3, 5, Math.sqrt(8)].map((value) => expect.closeTo(value, 5)),
    );
  });

  it('puts a set of equal rows into one point', () => {
    const { points, shares } = principalPlane(
      matrixOf([
        [1, 2],
        [1, 2],
      ]),
    );
    expect([...points.data, ...shares]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('embeddingMap', () => {
  it('has ellipses of two standard deviations along the axes of the covariance', () => {
    const outline = ellipseOf({ mean: [1, 2], covariance: [4, 1, 0] }, 2, 4);
    expect(outline.map((corner) => corner.map((value) => Math.round(value * 1e9) / 1e9))).toEqual([
      [5, 2],
      [1, 4],
      [-3, 2],
      [1, 0],
      [5, 2],
    ]);
    const tilted = ellipseOf({ mean: [0, 0], covariance: [1, 1, 1] }, 2, 4);
    expect(tilted[0].map((value) => value / Math.SQRT2)).toEqual([
      expect.closeTo(Math.SQRT2, 9),
      expect.closeTo(Math.SQRT2, 9),
    ]);
  });

  it('draws at most a thousand points a set, and measures all', () => {
    const random = randomFor(2, 'map', 0);
    const cloud = matrixOf(Array.from({ length: 1500 }, () => [normal(random), normal(random), normal(random)]));
    const map = embeddingMap(cloud, cloud, 7);
    expect([map.golden.points.length, map.golden.count]).toEqual([1000, 1500]);
    expect(map.golden.covariance).toEqual(map.simulated.covariance.map((value) => expect.closeTo(value, 9)));
  });
});

describe('nearestGolden', () => {
  it('names the record of largest cosine, and none for an empty text', () => {
    const records = [
      { id: 'far', text: 'far' },
      { id: 'near', text: 'near' },
    ];
    const found = nearestGolden([true, false], matrixOf([[2, 2]]), {
      records,
      embeddings: matrixOf([
        [1, -1],
        [0, 5],
      ]),
    });
    expect(found).toEqual({ records: [records[1]], rows: [[0, 0.7071], null] });
  });
});

describe('gateDiagnostics', () => {
  it('counts effective personas, who leads, and how alike rows are', () => {
    const unit = matrixOf([
      [1, 0],
      [0, 1],
    ]);
    const found = gateDiagnostics({
      probabilities: matrixOf([
        [0.5, 0.5],
        [0.5, 0.5],
        [0.4, 0.6],
        [0.6, 0.4],
        [0.9, 0.1],
        [0.1, 0.9],
      ]),
      temperatures: [1, 2],
      ids: ['a', 'b'],
      rows: [],
      personas: { encoded: unit, seen: unit },
      inputs: null,
    });
    expect(found.effectivePersonas).toBeCloseTo(2, 9);
    expect([found.leader, found.leaderShare]).toEqual([0, expect.closeTo(4 / 6, 9)]);
    expect(found.meanLargest).toBeCloseTo((0.5 + 0.5 + 0.6 + 0.6 + 0.9 + 0.9) / 6, 9);
    expect(found.cosines).toEqual({ personas: { encoded: 0, seen: 0 }, inputs: null });
  });

  it('has the mean cosine of all pairs', () => {
    const rows = [
      [1, 0],
      [1, 1],
      [0, 2],
    ];
    expect(meanPairwiseCosine(matrixOf(rows))).toBeCloseTo((Math.SQRT1_2 + 0 + Math.SQRT1_2) / 3, 12);
    expect(meanPairwiseCosine(matrixOf([[1, 0]]))).toBeNull();
  });
});

describe('personaNames', () => {
  it('leaves out what nearly all begin with and cuts at a word', () => {
    const texts = ['You write about taxes', 'You write about the sea', 'You write about war'];
    expect(personaNames(texts)).toEqual(['0 · taxes', '1 · the sea', '2 · war']);
    expect(personaNames(['one alone'])).toEqual(['0 · one alone']);
    expect(personaNames(['', 'x'.repeat(100)])[1].length).toBeLessThan(60);
  });
});
