import * as Plot from '@observablehq/plot';
import { ellipseOf, type EmbeddingMap, type MappedSet } from '../../analysis/embedding-map.js';
import { shareText } from '../elements/format.js';
import type { Html } from '../elements/html.js';
import { drawPlot, type PlotWidth } from './draw.js';

/** Points of the drawing for a phone: of less, nothing is seen. */
const ON_A_PHONE = 400;

/** Golden and simulated texts in one plane, with the ellipses of two standard deviations (paper Figure 3). */
export function mapPlot({ golden, simulated, shares }: EmbeddingMap, width: PlotWidth): Html {
  const wide = width === 'wide';
  const axis = (i: 0 | 1): string => `component ${i + 1} (${shareText(shares[i])} of the variance)`;
  return drawPlot(
    {
      width: wide ? 720 : 340,
      height: wide ? 520 : 320,
      marginLeft: 52,
      marginBottom: 44,
      x: { label: axis(0), grid: true, ticks: wide ? 8 : 5, nice: true },
      y: { label: axis(1), grid: true, ticks: 6, nice: true },
      marks: [
        ...cloud(golden, 'var(--golden)', width),
        ...cloud(simulated, 'var(--simulated)', width),
        ...outline(golden, 'var(--golden)'),
        ...outline(simulated, 'var(--simulated)'),
      ],
    },
    `Map of ${golden.count} golden and ${simulated.count} simulated texts along two principal components, with 2-standard-deviation ellipses.`,
  );
}

function cloud({ points }: MappedSet, fill: string, width: PlotWidth): Plot.Markish[] {
  const shown = width === 'wide' ? points : points.slice(0, ON_A_PHONE);
  return [Plot.dot(shown, { x: '0', y: '1', r: 2.2, fill, fillOpacity: 0.45 })];
}

function outline(set: MappedSet, stroke: string): Plot.Markish[] {
  return [
    Plot.line(ellipseOf(set, 2), { x: '0', y: '1', stroke, strokeWidth: 2.2 }),
    Plot.dot([set.mean], { x: '0', y: '1', symbol: 'plus', r: 6, stroke, strokeWidth: 2.2 }),
  ];
}
