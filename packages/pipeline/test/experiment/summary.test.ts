import { describe, expect, it } from '@jest/globals';
import { compareOverSeeds, holm, studentPValue, type MetricValue } from '@mixture-of-personas/metrics';
import { normal, randomFor } from '@mixture-of-personas/numeric';
import { definitionSchema, type Definition } from '../../src/experiment/definition.js';
import { sweepFigure } from '../../src/experiment/figures/line-figure.js';
import { latexTable } from '../../src/experiment/latex-table.js';
import { intervalTexts, withInterval } from '../../src/experiment/table-numbers.js';
import { meanInterval, studentQuantile } from '../../src/experiment/student.js';
import { summaryOf, type CellFigures, type Summary } from '../../src/experiment/summary.js';
import { caption, csvTable, differenceTable, mainTable, markdownTables } from '../../src/experiment/tables.js';

const figure = (value: number): MetricValue => ({
  name: 'frechet',
  value,
  interval: [value - 0.5, value + 0.5],
  floor: null,
  n: [10, 10],
  parts: {},
  settings: {},
  warnings: [],
});

/** Cells of one data set: Fréchet distances by method, one per seed. */
const cells = (values: Readonly<Record<string, readonly number[]>>): CellFigures[] =>
  Object.entries(values).flatMap(([method, list]) =>
    list.map((value, seed) => ({ dataset: 'AG News', method, seed, figures: { frechet: figure(value) }, notes: [] })),
  );

const definition = (more: Partial<Definition> = {}): Definition =>
  definitionSchema.parse({ title: 'Table 1 & more', metrics: ['frechet'], ...more });

const clear: Summary = summaryOf(
  definition({ paper: { 'AG News': { MoP: { frechet: 0.951 } } } }),
  cells({ ZeroGen: [3.5, 3.6, 3.7, 3.55, 3.65], MoP: [1.0, 1.1, 1.25, 1.05, 1.2] }),
);

describe('studentQuantile', () => {
  it('agrees with printed tables', () => {
    const degrees = [1, 2, 3, 4, 5, 10, 30, 31, 120];
    const printed = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.2281, 2.0423, 2.0395, 1.9799];
    degrees.forEach((n, i) => expect(studentQuantile(n)).toBeCloseTo(printed[i], 4));
    expect(1 - studentPValue(2.5, 4)).toBeCloseTo(1 - 0.0667665, 7);
  });

  it('gives the interval of a mean', () => {
    const { mean, half } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(half).toBeCloseTo(4.30265273 / Math.sqrt(3), 7);
    expect(meanInterval([5])).toEqual({ mean: 5, half: null });
  });
});

describe('summaryOf', () => {
  it('says what the figures are of, and has the metrics of the cells where the experiment names none', () => {
    const [one, two] = cells({ MoP: [1], ZeroGen: [2] });
    const said = [
      { ...one, encoder: 'MiniLM', promptLabel: 'never' as const },
      { ...two, encoder: 'MiniLM', promptLabel: 'always' as const },
    ];
    const { conditions, metrics } = summaryOf(definitionSchema.parse({ title: 'T' }), said);
    expect(metrics).toEqual(['frechet']);
    expect(conditions).toBe(
      '10 texts per cell against 10 golden records; embeddings by MiniLM. Labels: no prompt says a label (MoP); every prompt says a label (ZeroGen).',
    );
  });

  it('marks the best where it beats every other row over the seeds', () => {
    expect(clear.entries.map(({ method, bold }) => [method, bold])).toEqual([
      ['ZeroGen', false],
      ['MoP', true],
    ]);
    expect(clear.differences).toMatchObject([{ method: 'ZeroGen', verdict: 'worse' }]);
    expect(clear.differences[0].mean).toBeCloseTo(2.48, 10);
  });

  it('marks nothing where the difference may be chance, or with one seed', () => {
    const open = summaryOf(definition(), cells({ ZeroGen: [3, 1, 2], MoP: [1, 2.5, 1.9] }));
    expect(open.entries.some(({ bold }) => bold)).toBe(false);
    expect(open.differences[0].verdict).toBe('open');
    const single = summaryOf(definition(), cells({ ZeroGen: [3], MoP: [1] }));
    expect(single.entries.some(({ bold }) => bold)).toBe(false);
    expect(single.entries[1]).toMatchObject({ half: null, interval: [0.5, 1.5] });
  });

  it('pairs the seeds: a constant gain counts however much the seeds differ', () => {
    const paired = summaryOf(definition(), cells({ ZeroGen: [1, 5, 9, 2, 4], MoP: [0.9, 4.88, 8.91, 1.9, 3.91] }));
    expect(paired.entries[1].bold).toBe(true);
  });
});

describe('comparisons over seeds', () => {
  it('never call anything better on fewer than five seeds, however clear it looks', () => {
    const four = summaryOf(definition(), cells({ ZeroGen: [3.5, 3.6, 3.7, 3.65], MoP: [1.0, 1.1, 1.25, 1.2] }));
    expect(four.entries.some(({ bold }) => bold)).toBe(false);
    expect(four.differences).toMatchObject([{ verdict: 'open' }]);
    expect(caption(four)).toContain('nothing is marked as best with fewer than 5 seeds');
  });

  it('correct p values for their number by Holm', () => {
    expect([...holm([0.01, 0.04, 0.03, 0.005])]).toEqual([0.03, 0.06, 0.06, 0.02]);
    const [three, one] = compareOverSeeds([[1, 2, 3], [1]].map((differences) => ({ differences, better: 'lower' })));
    expect(three.pValue).toBeCloseTo(0.0741799, 6);
    expect(one.pValue).toBeNaN();
    const methods = {
      A: [3.5, 3.6, 3.7, 3.65, 3.6],
      B: [1.01, 1.12, 1.24, 1.23, 1.3],
      MoP: [1.0, 1.1, 1.25, 1.2, 1.3],
    };
    const { differences } = summaryOf(definition(), cells(methods));
    const alone = ['A', 'B'].map((name) =>
      summaryOf(definition(), cells({ [name]: methods[name as 'A'], MoP: methods.MoP })),
    );
    const single = alone.map((summary) => summary.differences[0].pValue!);
    expect(differences.map(({ pValue }) => pValue)).toEqual([2 * single[0], single[1]]);
  });

  it('find a difference in at most 6 % of 400 tables of eight methods that do not differ', () => {
    let found = 0;
    for (let trial = 0; trial < 400; trial++) {
      const random = randomFor(trial, 'null effect', 0);
      const draw = (): number[] => Array.from({ length: 5 }, () => normal(random));
      const methods = ['MoP', ...Array.from({ length: 7 }, (_, i) => `method ${i}`)];
      const summary = summaryOf(definition(), cells(Object.fromEntries(methods.map((name) => [name, draw()]))));
      const marked = summary.entries.some(({ bold }) => bold);
      if (marked || summary.differences.some(({ verdict }) => verdict !== 'open')) found++;
    }
    expect(found / 400).toBeLessThanOrEqual(0.06);
  });

  it('count notes over cells', () => {
    const noted = cells({ MoP: [1, 2], ZeroGen: [1, 2] }).map((cell) => ({
      ...cell,
      notes: cell.seed === 0 ? ['10 of 20 fell back.'] : [],
    }));
    expect(summaryOf(definition(), noted).notes).toEqual([{ note: '10 of 20 fell back.', cells: 2 }]);
    expect(caption(summaryOf(definition(), noted))).toContain('Noted in 2 cells: 10 of 20 fell back.');
  });
});

describe('the tables', () => {
  it('have mean, interval and the paper’s figure', () => {
    expect(mainTable(clear)).toEqual({
      columns: [{ title: 'method' }, { title: 'FID↓', align: 'right' }],
      rows: [
        ['ZeroGen', '3.600 ± 0.098'],
        ['MoP', '1.12 ± 0.13* / 0.951'],
      ],
    });
    expect(differenceTable(clear)?.rows).toEqual([['ZeroGen', '2.480 ± 0.034 (−)']]);
  });

  it('have the paper’s MAUVE only beside one of its preset, and the uncorrected figures to compare with it', () => {
    const scored = (preset: string): Summary => {
      const mauve: MetricValue = { ...figure(0.9), name: 'mauve', parts: { raw: 0.85 }, settings: { preset } };
      const paper = { 'AG News': { MoP: { mauve: 0.871 } } };
      const cell = { dataset: 'AG News', method: 'MoP', seed: 0, figures: { mauve }, notes: [] };
      return summaryOf(definition({ metrics: ['mauve'], paper }), [cell]);
    };
    expect(mainTable(scored('paper'))).toMatchObject({
      columns: [{ title: 'method' }, { title: 'MAUVE (paper)↑' }],
      rows: [['MoP', '0.9 [0.4, 1.4] (raw 0.85) / 0.871']],
    });
    expect(caption(scored('paper'))).toContain('raw: ours without correction');
    expect(latexTable(scored('paper'))).toContain('(raw 0.85; 0.871)');
    expect(mainTable(scored('library'))).toMatchObject({
      columns: [{ title: 'method' }, { title: 'MAUVE (library)↑' }],
      rows: [['MoP', '0.9 [0.4, 1.4]']],
    });
  });

  it('name data sets in the columns where there are several, and in the caption where there is one', () => {
    expect(caption(clear)).toMatch(/^Data: AG News\. 10 texts per cell against 10 golden records\. Mean ± half width/);
    const both = summaryOf(definition(), [
      ...cells({ MoP: [1, 2, 3] }),
      ...cells({ MoP: [1, 2, 3] }).map((cell) => ({ ...cell, dataset: 'SST-2' })),
    ]);
    expect(mainTable(both).columns.map(({ title }) => title)).toEqual(['method', 'AG News FID↓', 'SST-2 FID↓']);
    expect(caption(both)).not.toContain('Data:');
  });

  it('end with what golden records get against each other, one figure a seed', () => {
    const withFloor = cells({ ZeroGen: [3, 4], MoP: [1, 2] }).map((cell) => ({
      ...cell,
      figures: { frechet: { ...figure(3), floor: cell.seed } },
    }));
    const summary = summaryOf(definition(), withFloor);
    expect(summary.floors).toMatchObject([{ dataset: 'AG News', metric: 'frechet', mean: 0.5 }]);
    expect(mainTable(summary).rows.at(-1)).toEqual(['real against real', '0.5 ± 6.4']);
    expect(latexTable(summary)).toContain('\\midrule\nreal against real & $0.5 \\pm 6.4$ \\\\');
    expect(csvTable(summary)).toMatch(/\nAG News,real against real,frechet,0\.5,6\.35\d+,,,,,,false\n$/);
    expect(caption(summary)).toContain('golden and training records against others of them');
  });

  it('say that some rows have fewer seeds while an experiment is under way', () => {
    const partly = summaryOf(definition(), cells({ ZeroGen: [3, 4, 5], MoP: [1] }));
    expect(caption(partly)).toContain('Unfinished: some figures are of 1 of the 3 seeds.');
    expect(caption(clear)).not.toContain('Unfinished');
  });

  it('have a minus sign for people and a hyphen for programs', () => {
    const summary = summaryOf(definition(), cells({ ZeroGen: [-1, -2, -1.5], MoP: [1, 2, 3] }));
    expect(mainTable(summary).rows[0][1]).toMatch(/^−1\.5 ±/);
    expect(latexTable(summary)).toContain('-1.5 ');
  });

  it('print a column of small figures times a power of ten, its differences and floor too, and leave the CSV alone', () => {
    const small = cells({ ZeroGen: [3e-5, 4e-5], MoP: [-2e-6, 0] }).map((cell) => ({
      ...cell,
      figures: { frechet: { ...cell.figures.frechet!, floor: 1e-6 } },
    }));
    const summary = summaryOf(definition(), small);
    expect(mainTable(summary)).toMatchObject({
      columns: [{ title: 'method' }, { title: 'FID·10⁵↓' }],
      rows: [
        ['ZeroGen', '3.5 ± 6.4'],
        ['MoP', '−0.1 ± 1.3'],
        ['real against real', '0.1 ± 0'],
      ],
    });
    expect(differenceTable(summary)?.rows).toEqual([['ZeroGen', '3.6 ± 5.1 (?)']]);
    expect(latexTable(summary)).toContain('FID $\\cdot 10^{5}$$\\downarrow$');
    expect(csvTable(summary)).toContain(',ZeroGen,frechet,0.000035');
  });

  it('give a mean as many digits as its interval leaves certain', () => {
    expect(withInterval(0.91712, 0.0933)).toBe('0.917 ± 0.093');
    expect(withInterval(-0.0031, 0.503)).toBe('0.00 ± 0.50');
    expect(withInterval(123.4, 15)).toBe('123 ± 15');
    expect(intervalTexts(0.12345, null)).toEqual(['0.123']);
  });

  it('are markdown, CSV and LaTeX too', () => {
    expect(markdownTables(clear)).toContain('| MoP | **1.12 ± 0.13** / 0.951 |');
    expect(csvTable(clear).split('\n')[2]).toMatch(
      /^AG News,MoP,frechet,1\.12\d*,0\.128\d+,0 1 2 3 4,1 1\.1 1\.25 1\.05 1\.2,,,0\.951,true$/,
    );
    const latex = latexTable(clear);
    expect(latex).toContain('Method & FID$\\downarrow$ \\\\');
    expect(latex).toContain('MoP & $\\mathbf{1.12 \\pm 0.13}$ (0.951) \\\\');
  });
});

describe('sweepFigure', () => {
  it('draws a panel for each setting and metric, with every value on its axis', () => {
    const vary = { 'personas.count': [4, 8, 16] };
    const swept = definition({ vary });
    const summary = summaryOf(
      swept,
      cells({ 'personas.count=4': [3], 'personas.count=8': [2], 'personas.count=16': [1] }),
    );
    const svg = sweepFigure(swept, summary)!;
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).toContain('personas.count');
    expect(svg).toContain('Table 1 &amp; more');
    expect(svg).not.toContain('NaN');
    expect(sweepFigure(definition(), clear)).toBeUndefined();
  });

  it('keeps every interval inside round ticks, and dashes what golden records get', () => {
    const swept = definition({ vary: { 'personas.count': [4, 8] } });
    const given = cells({ 'personas.count=4': [0.3, 0.32], 'personas.count=8': [0.2, 0.21] }).map((cell) => ({
      ...cell,
      figures: { frechet: { ...figure(cell.figures.frechet!.value), floor: 0.11 } },
    }));
    const svg = sweepFigure(swept, summaryOf(swept, given))!;
    // 0.31 ± 0.127 and 0.205 ± 0.0635, floor 0.11.
    const [axis = ''] = /<g [^>]*text-anchor="end".*?<\/g>/s.exec(svg) ?? [];
    const ticks = [...axis.matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text);
    expect(ticks).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5']);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
    expect(svg).toContain('Bars: 95 % t intervals over 2 seeds. Dashed: real records against other real ones.');
  });
});
