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
    const [, outline = ''] = /<path d="([^"]+)"/.exec(svg) ?? [];
    const corners = [...outline.matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    // The outline is closed: its last corner is the first.
    const mean = [0, 1].map((axis) => corners.slice(1).reduce((sum, at) => sum + at[axis], 0) / (corners.length - 1));
    const far = corners.map(([x, y]) => ({
      x: x - mean[0],
      y: y - mean[1],
      reach: Math.hypot(x - mean[0], y - mean[1]),
    }));
    const [longest] = far.sort((a, b) => b.reach - a.reach);
    expect(Math.abs(longest.reach / far.at(-1)!.reach - 3)).toBeLessThan(0.4);
    const degrees = (180 * Math.abs(Math.atan2(longest.y, longest.x))) / Math.PI;
    expect(Math.min(degrees, 180 - degrees)).toBeLessThan(10);
  });
});
