import type { Matrix } from '@mixture-of-personas/numeric';
import { principalPlane } from '../../analysis/principal-plane.js';
import { escapeHtml } from '../../tables/escape.js';
import { METRICS_FILE } from '../../artifacts/metrics.js';
import { EMBEDDINGS, SYNTHETIC, SYNTHETIC_EMBEDDINGS } from '../../artifacts/texts.js';
import { openExistingRun } from '../../run-folder/run-folder.js';
import type { Cell } from '../cells.js';

/** One method's texts and the golden ones, as embeddings. */
export interface MappedCell {
  readonly name: string;
  readonly simulated: Matrix;
  readonly golden: Matrix;
  /** One a simulated row; null where it has none. */
  readonly labels: readonly (string | null)[];
}

const SIDE = 260;
const TOP = 24;
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
      golden: part(records, before, golden),
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
  const sets = cells.flatMap(({ simulated, golden }) => [simulated, golden]);
  const { points, shares } = principalPlane(stacked(sets));
  const extent = Math.max(...points.data.map(Math.abs)) * 1.05;
  const scale = (value: number): number => Math.round(((value / extent) * SIDE) / 0.2) / 10;
  const labels = [...new Set(cells.flatMap((cell) => cell.labels))];
  let row = 0;
  const next = (count: number): (readonly [number, number])[] => {
    const from = row;
    row += count;
    return Array.from({ length: count }, (_, i) => [points.data[2 * (from + i)]!, points.data[2 * (from + i) + 1]!]);
  };
  const panels = cells.map(({ name, simulated, golden, labels: own }, i) => {
    const dots = next(simulated.rows)
      .slice(0, SHOWN)
      .map(([x, y], at) => {
        const color = COLORS[labels.indexOf(own[at] ?? null) % COLORS.length];
        return `<circle cx="${scale(x)}" cy="${-scale(y)}" r="1.6" fill="${color ?? COLORS[0]!}" fill-opacity="0.55"/>`;
      });
    const centre = `translate(${i * SIDE + SIDE / 2}, ${TOP + SIDE / 2})`;
    const heading = `<text y="${-SIDE / 2 - 8}" text-anchor="middle" font-weight="bold">${escapeHtml(name)}</text>`;
    return `<g transform="${centre}">${heading}${dots.join('')}${ellipse(next(golden.rows), scale)}</g>`;
  });
  const legend = labels.map((label, i) => {
    const at = 8 + i * 110;
    const mark = `<circle cx="${at}" cy="${TOP + SIDE + 14}" r="4" fill="${COLORS[i % COLORS.length]!}"/>`;
    return `${mark}<text x="${at + 8}" y="${TOP + SIDE + 18}">${escapeHtml(label ?? 'no label')}</text>`;
  });
  const percent = shares.map((share) => `${(100 * share).toFixed(1)} %`).join(' and ');
  const note = `<text x="8" y="${TOP + SIDE + 38}">Ellipse: golden texts, two standard deviations. The axes hold ${percent} of the variance.</text>`;
  const [width, height] = [Math.max(cells.length * SIDE, 520), TOP + SIDE + 48];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11"><title>${escapeHtml(title)}</title><rect width="100%" height="100%" fill="white"/>${panels.join('')}${legend.join('')}${note}</svg>\n`;
}

/** The ellipse at two standard deviations of points: half axes 2√λ along the eigenvectors of their covariance. */
function ellipse(points: readonly (readonly [number, number])[], scale: (value: number) => number): string {
  const n = points.length;
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const [x, y] = [mean((p) => p[0]), mean((p) => p[1])];
  const [xx, yy] = [mean((p) => (p[0] - x) ** 2), mean((p) => (p[1] - y) ** 2)];
  const xy = mean((p) => (p[0] - x) * (p[1] - y));
  const spread = Math.hypot((xx - yy) / 2, xy);
  const middle = (xx + yy) / 2;
  const degrees = (-Math.atan2(2 * xy, xx - yy) * 90) / Math.PI;
  const axes = `rx="${scale(2 * Math.sqrt(middle + spread))}" ry="${scale(2 * Math.sqrt(Math.max(0, middle - spread)))}"`;
  const place = `translate(${scale(x)}, ${-scale(y)}) rotate(${degrees.toFixed(1)})`;
  return `<ellipse ${axes} transform="${place}" fill="none" stroke="black" stroke-width="1.2"/>`;
}

function part(matrix: Matrix<Float32Array>, from: number, rows: number): Matrix {
  return { data: matrix.data.subarray(from * matrix.cols, (from + rows) * matrix.cols), rows, cols: matrix.cols };
}

function stacked(sets: readonly Matrix[]): Matrix<Float32Array> {
  const cols = sets[0]?.cols ?? 0;
  const rows = sets.reduce((sum, set) => sum + set.rows, 0);
  const data = new Float32Array(rows * cols);
  let at = 0;
  for (const set of sets) {
    data.set(set.data, at);
    at += set.data.length;
  }
  return { data, rows, cols };
}
