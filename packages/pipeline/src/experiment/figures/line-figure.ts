import { METRICS, type MetricName } from '@mixture-of-personas/metrics';
import * as Plot from '@observablehq/plot';
import type { Definition } from '../definition.js';
import { isResampled, type Entry, type Summary } from '../summary.js';
import { panelsSvg } from './panels.js';

const BLUE = '#1f5fa8';

/** The end of an interval: a short line across. */
const CAP = {
  draw(pen: Record<'moveTo' | 'lineTo', (x: number, y: number) => void>): void {
    pen.moveTo(-4, 0);
    pen.lineTo(4, 0);
  },
};

/** A mean with the ends of its interval, at a value of the setting. */
interface Point {
  readonly value: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A sweep as an SVG: for each numeric setting a row, for each metric a panel, the setting on a logarithmic axis where all its values are positive,
 * means with their intervals. Undefined where nothing numeric varies one at a time, or there are several data sets or methods.
 */
export function sweepFigure({ vary, mode }: Definition, summary: Summary): string | undefined {
  const axes = Object.entries(vary).filter(([, values]) => values.every((value) => typeof value === 'number'));
  if (axes.length === 0 || (mode !== 'each' && Object.keys(vary).length > 1) || summary.datasets.length > 1)
    return undefined;
  const panels = axes.flatMap(([key, values]) =>
    summary.metrics.map((metric) => {
      const points = values.flatMap((value): Point[] => {
        const entry = summary.entries.find(
          ({ metric: of, method }) =>
            of === metric && !isResampled(method) && method.split(' ').at(-1) === `${key}=${String(value)}`,
        );
        return entry === undefined || typeof value !== 'number' ? [] : [{ value, ...endsOf(entry) }];
      });
      const floor = summary.floors.find((one) => one.metric === metric)?.mean;
      return panelOf(points, { key, metric, floor });
    }),
  );
  const foot = { markup: `<text y="15" fill="#444">${captionOf(summary)}</text>`, height: 24 };
  const size = { width: 300, height: 230 };
  return panelsSvg({ title: summary.title, panels, columns: summary.metrics.length, size, foot });
}

function captionOf({ seeds, floors }: Summary): string {
  const bars =
    seeds.length < 2 ? 'Bars: 95 % intervals of one run.' : `Bars: 95 % t intervals over ${seeds.length} seeds.`;
  return floors.length === 0 ? bars : `${bars} Dashed: real records against other real ones.`;
}

/** A metric over the values of a setting, and between real records; empty where there is no value. */
function panelOf(
  points: readonly Point[],
  { key, metric, floor }: { readonly key: string; readonly metric: MetricName; readonly floor: number | undefined },
): Plot.PlotOptions {
  if (points.length === 0) return { axis: null };
  const { title, better } = METRICS[metric];
  const values = points.map(({ value }) => value);
  const below = { label: key, labelAnchor: 'center', labelArrow: 'none', labelOffset: 36 } as const;
  const bar = { x: 'value', stroke: BLUE, strokeWidth: 1.5 };
  return {
    margin: 44,
    marginLeft: 58,
    marginRight: 14,
    x: { type: values.every((value) => value > 0) ? 'log' : 'linear', inset: 16 },
    y: { label: null, grid: true, nice: 4, ticks: 4, tickSize: 0, tickFormat: tickText },
    marks: [
      // Of a logarithmic axis's own ticks some have no text.
      Plot.axisX(values, { text: String, tickSize: 0, ...below }),
      Plot.text([better === 'target' ? title : `${title} (${better} is better)`], {
        frameAnchor: 'top',
        dx: -22,
        dy: -30,
        fontWeight: 'bold',
      }),
      ...(floor === undefined ? [] : [Plot.ruleY([floor], { stroke: '#777', strokeDasharray: '5 4' })]),
      Plot.lineY(points, { x: 'value', y: 'mean', stroke: BLUE, strokeOpacity: 0.5 }),
      Plot.link(points, { x1: 'value', x2: 'value', y1: 'low', y2: 'high', stroke: BLUE, strokeWidth: 1.5 }),
      Plot.dot(points, { y: 'low', symbol: CAP, ...bar }),
      Plot.dot(points, { y: 'high', symbol: CAP, ...bar }),
      Plot.dot(points, { x: 'value', y: 'mean', r: 3.5, fill: BLUE }),
    ],
  };
}

/** The interval of an entry; both ends its mean where there is none. */
function endsOf({ mean, half, interval }: Entry): Omit<Point, 'value'> {
  if (half !== null) return { mean, low: mean - half, high: mean + half };
  // Percentiles of resamples may leave their own value out.
  const [low, high] = interval ?? [mean, mean];
  return { mean, low: Math.min(mean, low), high: Math.max(mean, high) };
}

function tickText(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
  return text.replace(/-/g, '−');
}
