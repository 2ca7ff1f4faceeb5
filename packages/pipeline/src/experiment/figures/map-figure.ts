import * as Plot from '@observablehq/plot';
import type { Matrix } from '@mixture-of-personas/numeric';
import { ellipseOf, momentsOf } from '../../analysis/embedding-map.js';
import { principalPlane } from '../../analysis/principal-plane.js';
import { rowsFrom, stacked } from '../../analysis/rows.js';
import { escapeHtml } from '../../tables/escape.js';
import { METRICS_FILE } from '../../artifacts/metrics.js';
import { EMBEDDINGS, SYNTHETIC, SYNTHETIC_EMBEDDINGS } from '../../artifacts/texts.js';
import { openExistingRun } from '../../run-folder/run-folder.js';
import type { Cell } from '../cells.js';
import { panelsSvg } from './panels.js';

/** One method's texts and the golden ones, as embeddings. */
export interface MappedCell {
  readonly name: string;
  readonly simulated: Matrix;
  readonly golden: Matrix;
  /** One a simulated row; null where it has none. */
  readonly labels: readonly (string | null)[];
}

const COLORS = ['#1f5fa8', '#c8553d', '#3f8f5b', '#8a5aa8', '#b8860b', '#4a4a4a'];
/** Points drawn of a method; more only hide each other. */
const SHOWN = 1000;

/** Parts of finished cells that the map needs, read from their run folders. */
export async function mappedCells(cells: readonly Cell[]): Promise<MappedCell[]> {
  const mapped: MappedCell[] = [];
  for (const { dataset, method, config } of cells) {
    const folder = await openExistingRun(config.output);
    const metrics = await folder.read(METRICS_FILE);
    const records = await folder.read(EMBEDDINGS);
    const { golden } = metrics.evaluation;
    // Contexts, where the gate sees them, stand behind the golden records, as many as there are texts.
    const texts = config.gate.input === 'context' ? records.rows / 2 : records.rows;
    const before = texts - golden;
    const rows = await folder.read(SYNTHETIC);
    mapped.push({
      name: [dataset, method].filter((part) => part !== '').join(' · '),
      simulated: await folder.read(SYNTHETIC_EMBEDDINGS),
      golden: rowsFrom(records, before, golden),
      labels: rows.filter(({ text }) => text !== '').map(({ label }) => label),
    });
  }
  return mapped;
}

/**
 * Figure 3 as an SVG: a panel a method, all in one plane, that of the first two principal components of every text there is. Dots are simulated
 * texts, colored by label; the ellipse is the golden texts' mean and two standard deviations.
 * @param cells at least one, embeddings of one width
 */
export function mapFigure(cells: readonly MappedCell[], title: string): string {
  const { points, shares } = principalPlane(stacked(cells.flatMap(({ simulated, golden }) => [simulated, golden])));
  const extent = 1.05 * points.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const axis = { domain: [-extent, extent] };
  const labels = [...new Set(cells.flatMap((cell) => cell.labels))];
  const colorOf = (label: string | null): string => COLORS[labels.indexOf(label) % COLORS.length]!;
  let row = 0;
  const next = ({ rows }: Matrix): Matrix<Float64Array> => rowsFrom(points, (row += rows) - rows, rows);
  const panels = cells.map(({ name, simulated, golden, labels: own }): Plot.PlotOptions => {
    const { data, rows } = next(simulated);
    const dots = Array.from({ length: Math.min(SHOWN, rows) }, (_, i) => [data[2 * i], data[2 * i + 1]]);
    return {
      margin: 0,
      marginTop: 24,
      axis: null,
      x: axis,
      y: axis,
      marks: [
        Plot.text([name], { frameAnchor: 'top', dy: -14, fontWeight: 'bold' }),
        Plot.dot(dots, { x: '0', y: '1', r: 1.6, fill: (_, i) => colorOf(own[i] ?? null), fillOpacity: 0.55 }),
        Plot.line(ellipseOf(momentsOf(next(golden)), 2), { x: '0', y: '1', stroke: 'black', strokeWidth: 1.2 }),
      ],
    };
  });
  const legend = labels.map((label, i) => {
    const mark = `<circle cx="${i * 110}" cy="14" r="4" fill="${colorOf(label)}"/>`;
    return `${mark}<text x="${i * 110 + 8}" y="18">${escapeHtml(label ?? 'no label')}</text>`;
  });
  const percent = shares.map((share) => `${(100 * share).toFixed(1)} %`).join(' and ');
  const note = `<text y="38">Ellipse: golden texts, two standard deviations. The axes hold ${percent} of the variance.</text>`;
  const foot = { markup: `${legend.join('')}${note}`, height: 48 };
  return panelsSvg({ title, panels, columns: cells.length, size: { width: 260, height: 284 }, foot });
}
