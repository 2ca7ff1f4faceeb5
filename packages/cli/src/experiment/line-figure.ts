import { METRICS, type MetricName } from '@mixture-of-personas/metrics';
import { escapeHtml } from '../run/escape.js';
import type { Definition } from './definition.js';
import type { Entry, Summary } from './summary.js';

/** One panel: a metric over the values of a setting. */
interface Panel {
  readonly key: string;
  readonly metric: MetricName;
  readonly points: readonly { readonly value: number; readonly entry: Entry }[];
}

const WIDTH = 300;
const HEIGHT = 220;
const MARGIN = { left: 52, right: 12, top: 28, bottom: 40 };

/**
 * A sweep as an SVG: for each numeric setting and metric a panel, the setting on a logarithmic axis where all its values are positive, means with
 * their intervals. Undefined where nothing numeric varies one at a time, or there are several data sets or methods.
 */
export function sweepFigure({ vary, mode }: Definition, summary: Summary): string | undefined {
  const axes = Object.entries(vary).filter(([, values]) => values.every((value) => typeof value === 'number'));
  if (axes.length === 0 || (mode !== 'each' && Object.keys(vary).length > 1) || summary.datasets.length > 1)
    return undefined;
  const panels = axes.flatMap(([key, values]) =>
    summary.metrics.map((metric): Panel => {
      const points = values.flatMap((value) => {
        const entry = summary.entries.find(
          (one) => one.metric === metric && one.method.split(' ').at(-1) === `${key}=${String(value)}`,
        );
        return entry === undefined || typeof value !== 'number' ? [] : [{ value, entry }];
      });
      return { key, metric, points };
    }),
  );
  const columns = summary.metrics.length;
  const rows = Math.ceil(panels.length / columns);
  const body = panels.map((panel, i) => {
    const at = `translate(${(i % columns) * WIDTH}, ${Math.floor(i / columns) * HEIGHT})`;
    return `<g transform="${at}">${panelSvg(panel)}</g>`;
  });
  const size = `width="${columns * WIDTH}" height="${rows * HEIGHT}" viewBox="0 0 ${columns * WIDTH} ${rows * HEIGHT}"`;
  const title = `<title>${escapeHtml(summary.title)}</title>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">${title}<rect width="100%" height="100%" fill="white"/>${body.join('')}</svg>\n`;
}

function panelSvg({ key, metric, points }: Panel): string {
  if (points.length === 0) return '';
  const log = points.every(({ value }) => value > 0);
  const position = (value: number): number => (log ? Math.log(value) : value);
  const x = scale(
    points.map(({ value }) => position(value)),
    [MARGIN.left + 10, WIDTH - MARGIN.right - 10],
  );
  const ends = points.flatMap(({ entry }) => endsOf(entry));
  const y = scale(ends, [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const marks = points.map(({ value, entry }) => {
    const [at, mean] = [round(x(position(value))), round(y(entry.mean))];
    const [low, high] = endsOf(entry);
    const bar = `<line x1="${at}" x2="${at}" y1="${round(y(low))}" y2="${round(y(high))}" stroke="#999"/>`;
    const label = `<text x="${at}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${value}</text>`;
    return `${bar}<circle cx="${at}" cy="${mean}" r="3.5" fill="#1f5fa8"/>${label}`;
  });
  const line = points.map(({ value, entry }) => `${round(x(position(value)))},${round(y(entry.mean))}`).join(' ');
  const ticks = [Math.min(...ends), Math.max(...ends)].map(
    (value) =>
      `<text x="${MARGIN.left - 4}" y="${round(y(value)) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`,
  );
  const floor = HEIGHT - MARGIN.bottom;
  return [
    `<line x1="${MARGIN.left}" x2="${MARGIN.left}" y1="${MARGIN.top}" y2="${floor}" stroke="#444"/>`,
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${floor}" y2="${floor}" stroke="#444"/>`,
    `<polyline points="${line}" fill="none" stroke="#1f5fa8"/>`,
    ...marks,
    ...ticks,
    `<text x="${WIDTH / 2}" y="16" text-anchor="middle" font-weight="bold">${escapeHtml(METRICS[metric].title)}</text>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(key)}</text>`,
  ].join('');
}

/** The interval of an entry; both ends its mean where there is none. */
function endsOf({ mean, half, bootstrap }: Entry): readonly [number, number] {
  if (half !== null) return [mean - half, mean + half];
  // A bootstrap interval may be corrected for bias and then leave its own figure out.
  return bootstrap === null ? [mean, mean] : [Math.min(mean, bootstrap[0]), Math.max(mean, bootstrap[1])];
}

function scale(values: readonly number[], [from, to]: readonly [number, number]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
