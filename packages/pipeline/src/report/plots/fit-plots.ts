import type { EpochHistory } from '../../artifacts/fit.js';
import * as Plot from '@observablehq/plot';
import { fixedText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import { drawPlot, figure } from './draw.js';

/** A value of one epoch; epoch 0 is the initial gate. */
interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** Values before the fit. */
export interface FitStart {
  readonly temperature: number;
  readonly personas: number;
  readonly exemplars: number;
}

/** The fit over its epochs, a panel each: held-out and training log-likelihood, effective numbers, temperatures. A panel with one epoch is left out. */
export function fitPlots(fit: EpochHistory, start: FitStart): Html {
  const { epochs, initialHeldOutLogLikelihood } = fit;
  const points = (of: (epoch: EpochHistory['epochs'][number]) => number | null): Point[] =>
    epochs.flatMap((one) => {
      const value = of(one);
      return value === null ? [] : [{ epoch: one.epoch, value }];
    });
  const heldOut = points((epoch) => epoch.heldOutLogLikelihood);
  const before = initialHeldOutLogLikelihood === null ? [] : [{ epoch: 0, value: initialHeldOutLogLikelihood }];
  const sampled = points((epoch) => epoch.sampledLogLikelihood);
  const training = sampled.length > 0 ? sampled : points((epoch) => epoch.truncatedBound);
  const panels = [
    ...(heldOut.length > 0
      ? [
          panel(
            [...before, ...heldOut],
            'Validation log-likelihood',
            'nats per record; records the fit does not learn from',
            fit.epoch,
          ),
        ]
      : []),
    panel(
      training,
      sampled.length > 0 ? 'Training log-likelihood' : 'Training lower bound',
      sampled.length > 0
        ? 'nats per record; estimated from the pairs drawn, mean over the epoch'
        : 'nats per record; log Σ π·Ω·p over the pairs scored, several nats too low',
      fit.epoch,
    ),
    panel(
      points((epoch) => epoch.effectivePersonas),
      'Effective personas',
      `exp of the entropy of the mean π; of ${start.personas}`,
      fit.epoch,
    ),
    panel(
      points((epoch) => epoch.effectiveExemplars),
      'Effective exemplars',
      `exp of the entropy of the mean Σ π·Ω; of ${start.exemplars}`,
      fit.epoch,
    ),
    temperaturePanel(fit, start.temperature),
  ];
  return safe`<div class="panels">${panels}</div>`;
}

const FRAME = {
  width: 340,
  height: 200,
  marginLeft: 52,
  marginRight: 14,
  marginBottom: 42,
} as const;

const epochAxis = (last: number): Plot.ScaleOptions => ({
  label: 'epoch',
  domain: [0, Math.max(1, last)],
  ticks: Math.min(8, Math.max(1, last)),
  tickFormat: 'd',
});

function panel(points: readonly Point[], title: string, what: string, best: number): Html {
  if (points.length < 2) return NOTHING;
  const last = points.at(-1);
  const label = `${title} by epoch: ${points.map(({ epoch, value }) => `${epoch}: ${fixedText(value, 2)}`).join(', ')}`;
  const plot = drawPlot(
    {
      ...FRAME,
      x: epochAxis(last?.epoch ?? 1),
      y: { label: null, grid: true, ticks: 5, nice: true },
      marks: [
        Plot.lineY([...points], { x: 'epoch', y: 'value', stroke: 'var(--series-1)', strokeWidth: 2 }),
        Plot.dot([...points], {
          x: 'epoch',
          y: 'value',
          r: 3.5,
          fill: ({ epoch }: Point) => (epoch === best ? 'var(--series-1)' : 'var(--surface)'),
          stroke: 'var(--series-1)',
        }),
      ],
    },
    label,
  );
  return figure(plot, safe`<b>${title}</b> ${what}.`);
}

function temperaturePanel({ epochs, epoch: best }: EpochHistory, start: number): Html {
  const rows = [
    { epoch: 0, min: start, mean: start, max: start },
    ...epochs.map(({ epoch, temperature }) => ({ epoch, ...temperature })),
  ];
  const label = `Temperature by epoch: ${rows.map(({ epoch, mean }) => `${epoch}: ${fixedText(mean, 2)}`).join(', ')}`;
  const plot = drawPlot(
    {
      ...FRAME,
      x: epochAxis(rows.length - 1),
      y: { label: null, grid: true, ticks: 5, nice: true },
      marks: [
        Plot.areaY(rows, { x: 'epoch', y1: 'min', y2: 'max', fill: 'var(--series-2)', fillOpacity: 0.25 }),
        Plot.lineY(rows, { x: 'epoch', y: 'mean', stroke: 'var(--series-2)', strokeWidth: 2 }),
        Plot.dot(rows, {
          x: 'epoch',
          y: 'mean',
          r: 3.5,
          fill: ({ epoch }: { epoch: number }) => (epoch === best ? 'var(--series-2)' : 'var(--surface)'),
          stroke: 'var(--series-2)',
        }),
      ],
    },
    label,
  );
  return figure(plot, safe`<b>Temperature τ</b> mean over the personas, band from the smallest to the largest.`);
}
