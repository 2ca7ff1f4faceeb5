import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor } from '@mixture-of-personas/numeric';
import { mapFigure } from '../../../src/experiment/figures/map-figure.js';

const cloud = (rows: number, purpose: string, spread: readonly number[]): ReturnType<typeof matrixOf> =>
  matrixOf(
    Array.from({ length: rows }, (_, i) => {
      const random = randomFor(4, purpose, i);
      return spread.map((size) => size * normal(random));
    }),
  );

describe('mapFigure', () => {
  const golden = cloud(400, 'golden', [3, 1, 0.1]);
  const cell = (name: string) => ({
    name,
    simulated: cloud(30, name, [1, 1, 0.1]),
    golden,
    labels: Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 'a' : '<b>')),
  });
  const svg = mapFigure([cell('One'), cell('Two & more')], 'Map');

  it('has a panel a method with a dot a text, and labels as data', () => {
    expect(svg.match(/r="1.6"/g)).toHaveLength(60);
    expect(svg).toContain('Two &amp; more');
    expect(svg).toContain('&lt;b&gt;');
    expect(svg).not.toContain('NaN');
  });

  it('draws the golden ellipse with half axes in the ratio of the standard deviations, along the first axis', () => {
    const [, rx, ry] = /rx="([\d.]+)" ry="([\d.]+)"/.exec(svg)!.map(Number);
    expect(Math.abs(rx / ry - 3)).toBeLessThan(0.4);
    const degrees = Math.abs(Number(/rotate\((-?[\d.]+)\)/.exec(svg)?.[1]));
    expect(Math.min(degrees, Math.abs(180 - degrees))).toBeLessThan(10);
  });
});
