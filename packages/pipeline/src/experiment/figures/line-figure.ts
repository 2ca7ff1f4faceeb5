import { METRICS, type MetricName } from '@mixture-of-personas/metrics';
import { escapeHtml } from '../../tables/escape.js';
import type { Definition } from '../definition.js';
import { isResampled, type Entry, type Summary } from '../summary.js';

/** One panel: a metric over the values of a setting. */
interface Panel {
  readonly key: string;
  readonly metric: MetricName;
  readonly points: readonly { readonly value: number; readonly entry: Entry }[];
  /** The metric between real records. */
  readonly floor: number | undefined;
}

const WIDTH = 300;
const HEIGHT = 230;
const CAPTION = 24;
const MARGIN = { left: 58, right: 14, top: 30, bottom: 44 };
const BLUE = '#1f5fa8';
/** Half the width of an interval's ends, pixels. */
const CAP = 4;
/** Ticks of the vertical axis, about. */
const TICKS = 4;

/**
 * A sweep as an SVG: for each numeric setting a row, for each metric a panel, the setting on a logarithmic axis where all its values are positive,
 * means with their intervals. Undefined where nothing numeric varies one at a time, or there are several data sets or methods.
 */
export function sweepFigure({ vary, mode }: Definition, summary: Summary): string | undefined {
  const axes = Object.entries(vary).filter(([, values]) => values.every((value) => typeof value === 'number'));
  if (axes.length === 0 || (mode !== 'each' && Object.keys(vary).length > 1) || summary.datasets.length > 1)
    return undefined;
  const panels = axes.flatMap(([key, values]) =>
    summary.metrics.map((metric): Panel => {
      const points = values.flatMap((value) => {
        const entry = summary.entries.find(
          ({ metric: of, method }) =>
            of === metric && !isResampled(method) && method.split(' ').at(-1) === `${key}=${String(value)}`,
        );
        return entry === undefined || typeof value !== 'number' ? [] : [{ value, entry }];
      });
      const floor = summary.floors.find((one) => one.metric === metric)?.mean;
      return { key, metric, points, floor };
    }),
  );
  const columns = summary.metrics.length;
  const [width, height] = [columns * WIDTH, Math.ceil(panels.length / columns) * HEIGHT + CAPTION];
  const body = panels.map((panel, i) => {
    const at = `translate(${(i % columns) * WIDTH}, ${Math.floor(i / columns) * HEIGHT})`;
    return `<g transform="${at}">${panelSvg(panel)}</g>`;
  });
  const caption = `<text x="12" y="${height - 9}" fill="#444">${escapeHtml(captionOf(summary))}</text>`;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const title = `<title>${escapeHtml(summary.title)}</title>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">${title}<rect width="100%" height="100%" fill="white"/>${body.join('')}${caption}</svg>\n`;
}

function captionOf({ seeds, floors }: Summary): string {
  const bars =
    seeds.length < 2 ? 'Bars: 95 % intervals of one run.' : `Bars: 95 % t intervals over ${seeds.length} seeds.`;
  return floors.length === 0 ? bars : `${bars} Dashed: real records against other real ones.`;
}

function panelSvg({ key, metric, points, floor }: Panel): string {
  if (points.length === 0) return '';
  const log = points.every(({ value }) => value > 0);
  const position = (value: number): number => (log ? Math.log(value) : value);
  const x = scale(
    points.map(({ value }) => position(value)),
    [MARGIN.left + 16, WIDTH - MARGIN.right - 16],
  );
  const ticks = ticksOf([...points.flatMap(({ entry }) => endsOf(entry)), ...(floor === undefined ? [] : [floor])]);
  const y = scale(ticks, [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const at = (value: number): number => round(x(position(value)));
  const line = points.map(({ value, entry }) => `${at(value)},${round(y(entry.mean))}`).join(' ');
  return [
    ...ticks.map((tick) => tickSvg(tick, round(y(tick)))),
    floor === undefined ? '' : dashed(round(y(floor))),
    `<polyline points="${line}" fill="none" stroke="${BLUE}" stroke-opacity="0.5"/>`,
    ...points.map(({ value, entry }) => pointSvg(value, entry, { x: at(value), y })),
    `<text x="${WIDTH / 2}" y="18" text-anchor="middle" font-weight="bold">${escapeHtml(titleOf(metric))}</text>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escapeHtml(key)}</text>`,
  ].join('');
}

/** Title of the panel: its metric, and which way is better. */
function titleOf(metric: MetricName): string {
  const { title, better } = METRICS[metric];
  return better === 'target' ? title : `${title} (${better} is better)`;
}

function tickSvg(value: number, y: number): string {
  const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}" stroke="#e3e3e3"/>`;
  return `${line}<text x="${MARGIN.left - 6}" y="${y + 4}" text-anchor="end" fill="#444">${tickText(value)}</text>`;
}

function dashed(y: number): string {
  return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}" stroke="#777" stroke-dasharray="5 4"/>`;
}

/** A mean with its interval, and its value below the axis. */
function pointSvg(value: number, entry: Entry, { x, y }: { x: number; y: (value: number) => number }): string {
  const [low, high] = endsOf(entry).map((end) => round(y(end))) as [number, number];
  const cap = (at: number): string =>
    `<line x1="${x - CAP}" x2="${x + CAP}" y1="${at}" y2="${at}" stroke="${BLUE}" stroke-width="1.5"/>`;
  const bar = `<line x1="${x}" x2="${x}" y1="${low}" y2="${high}" stroke="${BLUE}" stroke-width="1.5"/>`;
  const mark = `<circle cx="${x}" cy="${round(y(entry.mean))}" r="3.5" fill="${BLUE}"/>`;
  const label = `<text x="${x}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle" fill="#444">${value}</text>`;
  return `${bar}${cap(low)}${cap(high)}${mark}${label}`;
}

/** The interval of an entry; both ends its mean where there is none. */
function endsOf({ mean, half, interval }: Entry): readonly [number, number] {
  if (half !== null) return [mean - half, mean + half];
  // Percentiles of resamples may leave their own value out.
  return interval === null ? [mean, mean] : [Math.min(mean, interval[0]), Math.max(mean, interval[1])];
}

/** Round numbers (1, 2 or 5 times a power of ten apart) that hold all values between the first and the last; at least two. */
function ticksOf(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rough = (high > low ? high - low : Math.abs(high) || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const [first, last] = [Math.floor(low / step), Math.max(Math.ceil(high / step), Math.floor(low / step) + 1)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

function tickText(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
  return text.replace(/-/g, '−');
}

function scale(values: readonly number[], [from, to]: readonly [number, number]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
