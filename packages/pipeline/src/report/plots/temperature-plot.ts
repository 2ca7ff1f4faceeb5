import * as Plot from '@observablehq/plot';
import { fixedText, shortened } from '../elements/format.js';
import type { Html } from '../elements/html.js';
import type { ReportInput } from '../elements/report-input.js';
import { drawPlot, nameColumn, type PlotWidth } from './draw.js';

/** Personas drawn; the table has all. */
const ROWS = 24;

/** τ of the most common personas against the temperature that the fit began with. */
export function temperaturePlot({ data, names, config }: ReportInput, width: PlotWidth): Html {
  const start = config.gate.temperature;
  const wide = width === 'wide';
  const { marginLeft, length } = nameColumn(width);
  const rows = data.diagnostics.personas
    .map(({ share, temperature }, k) => ({ name: shortened(names[k] ?? '', length), share, temperature }))
    .sort((a, b) => b.share - a.share)
    .slice(0, ROWS);
  return drawPlot(
    {
      width: wide ? 720 : 340,
      height: 52 + rows.length * 19,
      marginTop: 8,
      marginLeft,
      marginRight: 20,
      marginBottom: 42,
      x: { label: 'temperature τ', grid: true, nice: true, ticks: wide ? 8 : 4 },
      y: { type: 'band', domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
      marks: [
        Plot.ruleX([start], { stroke: 'var(--others)', strokeWidth: 1.5, strokeDasharray: '4 3' }),
        Plot.link(rows, {
          x1: start,
          x2: 'temperature',
          y1: 'name',
          y2: 'name',
          stroke: 'var(--series-2)',
          strokeWidth: 2,
        }),
        Plot.dot(rows, {
          x: 'temperature',
          y: 'name',
          r: 4,
          fill: 'var(--series-2)',
          ...(wide ? { title: (row: (typeof rows)[number]) => `${row.name}: τ ${fixedText(row.temperature, 3)}` } : {}),
        }),
      ],
    },
    `Temperatures of the ${rows.length} most common personas, which began at ${fixedText(start, 2)}; the table below has the numbers.`,
  );
}
