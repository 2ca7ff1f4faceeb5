import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor, rowOf, type Matrix } from '@mixture-of-personas/numeric';
import { ownExemplars, preselectExemplars, preselectPersonas, type Persona } from '../../src/index.js';
import { topicRecords } from '../support/records.js';

/** Rows around the axes: row i near axis `axes[i]`. */
function around(axes: readonly number[], purpose: string): Matrix<Float64Array> {
  return matrixOf(
    axes.map((axis, i) => {
      const random = randomFor(4, purpose, i);
      return Array.from({ length: 8 }, (_, j) => (j === axis ? 1 : 0) + 0.05 * normal(random));
    }),
  );
}

const personas: Persona[] = Array.from({ length: 2000 }, (_, i) => ({
  id: `p${i}`,
  persona: `You like subject ${i}.`,
  source: 'file',
}));
const axes = personas.map((_, i) => i % 8);
const candidates = around(axes, 'library');
// Three quarters of the target lie around axis 2, one quarter around axis 5.
const target = around(
  Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 5 : 2)),
  'target',
);
const keep = (options: object = {}) =>
  preselectPersonas(personas, { candidates, target }, { count: 100, seed: 1, clusters: 2, ...options });

describe('preselectPersonas', () => {
  it('keeps the nearest to each cluster of the target, in proportion to its records, of thousands', () => {
    const { indices, personas: kept } = keep({ randomShare: 0 });
    expect(kept.map(({ id }) => id)).toEqual(Array.from(indices, (i) => `p${i}`));
    expect(Array.from(indices)).toEqual([...new Set(indices)].sort((a, b) => a - b));
    const counts = [2, 5].map((axis) => Array.from(indices).filter((i) => axes[i] === axis).length);
    expect(counts).toEqual([75, 25]);
  });

  it('is exact: with one cluster it keeps the largest cosines to the mean of the unit rows', () => {
    const unit = (row: ArrayLike<number>): number[] => {
      const length = Math.hypot(...Array.from(row));
      return Array.from(row, (value) => value / length);
    };
    const center = Array.from({ length: 8 }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < target.rows; i++) sum += unit(rowOf(target, i))[j];
      return sum;
    });
    const cosine = personas.map((_, i) =>
      unit(rowOf(candidates, i)).reduce((sum, value, j) => sum + value * center[j], 0),
    );
    const best = personas.map((_, i) => i).sort((a, b) => cosine[b] - cosine[a] || a - b);
    const { indices } = keep({ clusters: 1, randomShare: 0 });
    expect(Array.from(indices)).toEqual(best.slice(0, 100).sort((a, b) => a - b));
  });

  it('draws a share at random from the others, by the seed', () => {
    const near = new Set(keep({ randomShare: 0, count: 80 }).indices);
    const [one, two] = [keep({ randomShare: 0.2 }), keep({ randomShare: 0.2, seed: 2 })];
    expect([...near].every((i) => one.indices.includes(i))).toBe(true);
    expect(Array.from(keep({ randomShare: 0.2 }).indices)).toEqual(Array.from(one.indices));
    expect(Array.from(two.indices)).not.toEqual(Array.from(one.indices));
    const drawn = Array.from(keep({ randomShare: 1 }).indices);
    expect(drawn).toHaveLength(100);
    expect(new Set(drawn.map((i) => axes[i])).size).toBe(8);
  });

  it('keeps all where all are asked for', () => {
    expect(keep({ count: 2000 }).personas).toEqual(personas);
  });

  it.each([
    [{ count: 2001 }, '2001 candidates were asked for, but there are only 2000'],
    [{ count: 0 }, 'count must be a whole number from 1 on'],
    [{ randomShare: 2 }, 'randomShare must be a number from 0 to 1'],
    [{ clusters: 41 }, 'clusters must be a whole number from 1 to 40'],
  ])('refuses %j', (options, message) => {
    expect(() => keep(options)).toThrow(message);
  });

  it('refuses rows of another encoder', () => {
    expect(() =>
      preselectPersonas(personas, { candidates, target: matrixOf([[1, 0]]) }, { count: 1, seed: 1 }),
    ).toThrow('Embed candidates and target by the same encoder.');
  });
});

describe('preselectExemplars', () => {
  it('keeps no text twice and says which record of the pool is which exemplar', () => {
    const pool = [...topicRecords(8), ...topicRecords(8)];
    const rows = {
      candidates: around(
        pool.map((_, i) => i % 8),
        'pool',
      ),
      target,
    };
    const { exemplars, indices, own } = preselectExemplars(pool, rows, { count: 8, seed: 1, clusters: 2 });
    expect(Array.from(indices)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(Array.from(own)).toEqual(Array.from(ownExemplars(pool, exemplars)));
    expect(() => preselectExemplars(pool, rows, { count: 9, seed: 1 })).toThrow('there are only 8');
  });
});
