import { describe, expect, it } from '@jest/globals';
import type { Evaluation } from '@mixture-of-personas/metrics';
import { figuresText, numberText } from '../../src/tables/figures-text.js';
import { formatTable } from '../../src/tables/table.js';

const content = {
  columns: [{ title: 'metric' }, { title: 'value', align: 'right' as const }],
  rows: [
    ['mauve', '0.93'],
    ['Fréchet 距離', '1.2'],
  ],
};

const figure = {
  value: 1.23456,
  interval: [1, 1.5] as const,
  floor: null,
  n: [800, 600] as const,
  parts: {},
  settings: {},
  warnings: ['n is small for 384 dimensions.'],
};

describe('tables', () => {
  it('align numbers to the right, whatever the width of the letters', () => {
    expect(formatTable(content, 80)).toBe(
      ['metric        value', 'mauve          0.93', 'Fréchet 距離    1.2'].join('\n'),
    );
  });

  it('become blocks of lines where they do not fit', () => {
    expect(formatTable(content, 12)).toBe('mauve\n  value: 0.93\n\nFréchet 距離\n  value: 1.2');
  });

  it('show a figure with interval, floor, n, direction, and its warnings as sentences below', () => {
    const figures: Evaluation = { frechet: { name: 'frechet', ...figure } };
    const text = figuresText(figures, 100);
    expect(text).toContain('frechet  ↓       1.235  [1, 1.5]      –  800 / 600');
    expect(text).toMatch(/\nfrechet: n is small for 384 dimensions\.$/);
    expect(
      Math.max(
        ...figuresText(figures, 40)
          .split('\n')
          .slice(0, 6)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(40);
  });

  it('round to four digits and keep what is tiny', () => {
    expect([0, 0.123456, 1234.5678, 1e-7, -2.5].map(numberText)).toEqual(['0', '0.1235', '1235', '1.000e-7', '-2.5']);
  });
});
