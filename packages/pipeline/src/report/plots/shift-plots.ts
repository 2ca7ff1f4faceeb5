import * as Plot from '@observablehq/plot';
import type { GroupShift } from '../../analysis/weight-shift.js';
import { fixedText, shareText, shortened } from '../elements/format.js';
import type { Html } from '../elements/html.js';
import { columnAxis, drawPlot, nameColumn, type PlotWidth } from './draw.js';

/** A persona or an exemplar with its weight as a multiple of its equal weight. */
export interface MovedWeight {
  readonly name: string;
  readonly multiple: number;
}

/** Weights that moved most, a bar each from 1, which is equal weight: to the right what gained, to the left what lost. */
export function movedPlot(moved: readonly MovedWeight[], kind: string, width: PlotWidth): Html {
  const wide = width === 'wide';
  // On a phone names get half of the drawing: exemplars begin with their context.
  const { marginLeft, length } = wide ? nameColumn(width) : { marginLeft: 176, length: 27 };
  // Texts may begin alike: the place of a row, not its name, keeps it apart.
  const rows = moved.map(({ name, multiple }, place) => ({ place, name: shortened(name, length), multiple }));
  return drawPlot(
    {
      width: wide ? 720 : 340,
      height: 54 + rows.length * 19,
      marginTop: 8,
      marginLeft,
      marginRight: 38,
      marginBottom: 42,
      x: { label: 'times its equal weight', grid: true, nice: true, zero: true, ticks: wide ? 8 : 4 },
      y: {
        type: 'band',
        domain: rows.map(({ place }) => place),
        label: null,
        tickSize: 0,
        tickFormat: (place: number) => rows[place]?.name ?? '',
      },
      marks: [
        Plot.barX(rows, {
          x1: 1,
          x2: 'multiple',
          y: 'place',
          fill: ({ multiple }: MovedWeight) => (multiple > 1 ? 'var(--series-1)' : 'var(--series-2)'),
          inset: 1.5,
        }),
        Plot.text(rows, {
          x: ({ multiple }: MovedWeight) => Math.max(1, multiple),
          y: 'place',
          text: ({ multiple }: MovedWeight) => `× ${fixedText(multiple, multiple < 1 ? 2 : 1)}`,
          textAnchor: 'start',
          dx: 5,
        }),
        Plot.ruleX([1], { stroke: 'var(--ink)' }),
      ],
    },
    `Weights of the ${kind} that moved most, in multiples of equal weight: ${moved.map(({ name, multiple }) => `${name} ${fixedText(multiple, 2)}`).join(', ')}`,
  );
}

/** Weight of the exemplars by group: a bar after the fit, a line across it with equal weights. */
export function groupShiftPlot(groups: readonly GroupShift[], ordered: boolean, width: PlotWidth): Html {
  const wide = width === 'wide';
  return drawPlot(
    {
      width: wide ? 720 : 340,
      height: ordered ? 200 : 230,
      marginTop: 12,
      marginLeft: 52,
      marginRight: 20,
      marginBottom: ordered ? 34 : 60,
      x: { ...columnAxis(groups, width, ordered), padding: 0.15 },
      y: { label: null, percent: true, grid: true, nice: true, ticks: 4, tickFormat: (value: number) => `${value} %` },
      marks: [
        Plot.barY(groups, { x: 'name', y: 'weight', fill: 'var(--series-1)' }),
        Plot.tickY(groups, { x: 'name', y: 'equal', stroke: 'var(--series-2)', strokeWidth: 2.5 }),
        Plot.ruleY([0], { stroke: 'var(--line)' }),
      ],
    },
    `Weight of the exemplars by group, after the fit and with equal weights: ${groups.map(({ name, equal, weight }) => `${name} ${shareText(weight)} for ${shareText(equal)}`).join(', ')}`,
  );
}
