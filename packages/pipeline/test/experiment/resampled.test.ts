import { describe, expect, it } from '@jest/globals';
import type { Evaluation } from '@mixture-of-personas/metrics';
import { definitionSchema, type Definition } from '../../src/experiment/definition.js';
import { summaryOf, type CellFigures } from '../../src/experiment/summary.js';
import { caption } from '../../src/experiment/tables.js';

const figuresOf = (value: number): Evaluation => ({
  frechet: { name: 'frechet', value, interval: null, floor: null, n: [10, 10], parts: {}, settings: {}, warnings: [] },
});

/** Cells by method, one per seed, each with its exemplars: 0.5 for those of MoP, 0.7 for others. */
const withCopies = (values: Readonly<Record<string, readonly number[]>>): CellFigures[] =>
  Object.entries(values).flatMap(([method, list]) =>
    list.map((value, seed) => ({
      dataset: 'AG News',
      method,
      seed,
      figures: figuresOf(value),
      resampled: figuresOf(method === 'MoP' ? 0.5 : 0.7),
      notes: [],
    })),
  );

const definition = (more: Partial<Definition> = {}): Definition =>
  definitionSchema.parse({ title: 'Table', metrics: ['frechet'], ...more });

describe('resampled exemplars', () => {
  const values = { ZeroGen: [3.5, 3.6, 3.7, 3.55, 3.65], MoP: [1.0, 1.1, 1.25, 1.05, 1.2] };

  it('are a row that nobody asked for, those of the reference, compared with it and never marked nor a rival', () => {
    const summary = summaryOf(definition(), withCopies(values));
    expect(summary.methods).toEqual(['ZeroGen', 'MoP', 'resampled exemplars']);
    expect(summary.entries.map(({ mean, bold }) => [Number(mean.toFixed(2)), bold])).toEqual([
      [3.6, false],
      [1.12, true],
      [0.5, false],
    ]);
    expect(summary.differences.map(({ method, verdict }) => [method, verdict])).toEqual([
      ['ZeroGen', 'worse'],
      ['resampled exemplars', 'better'],
    ]);
    expect(caption(summary)).toContain('which no model wrote');
    const { ZeroGen } = values;
    expect(summaryOf(definition(), withCopies({ ZeroGen })).entries.at(-1)).toMatchObject({ mean: 0.7 });
  });

  it('are one row for each value of a sweep that changes them, and one row where it does not', () => {
    const sweep = (resampled: (count: number) => number): CellFigures[] =>
      [6, 12].flatMap((count) =>
        [0, 1].map((seed) => ({
          dataset: '',
          method: `exemplars.count=${count}`,
          point: `exemplars.count=${count}`,
          seed,
          figures: figuresOf(1),
          resampled: figuresOf(resampled(count)),
          notes: [],
        })),
      );
    const changed = summaryOf(
      definition(),
      sweep((count) => 1 / count),
    );
    const names = ['resampled exemplars exemplars.count=6', 'resampled exemplars exemplars.count=12'];
    expect(changed.methods.slice(2)).toEqual(names);
    expect(changed.entries.slice(2).map(({ mean }) => mean)).toEqual([1 / 6, 1 / 12]);
    expect(changed.entries.some(({ bold }) => bold)).toBe(false);
    expect(caption(changed)).toContain('which no model wrote');
    expect(
      summaryOf(
        definition(),
        sweep(() => 0.5),
      ).methods.slice(2),
    ).toEqual(['resampled exemplars']);
  });

  it('are left out where the experiment says so', () => {
    const summary = summaryOf(definition({ resampled: false }), withCopies(values));
    expect(summary.methods).toEqual(['ZeroGen', 'MoP']);
    expect(caption(summary)).not.toContain('Resampled');
  });
});
