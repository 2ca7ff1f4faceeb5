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

/**
 * The fit over its epochs, a panel each: held-out and training log-likelihood, effective numbers, temperatures. A panel with one epoch is left out.
 * @param start τ before the fit, and the numbers of personas and exemplars
 */
export function fitPlots(fit: EpochHistory, start: Record<'temperature' | 'personas' | 'exemplars', number>): Html {
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
    panel(
      heldOut.length > 0 ? [...before, ...heldOut] : [],
      'Validation log-likelihood',
      'nats per record; records the fit does not learn from',
      fit.epoch,
    ),
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

const FRAME = { width: 340, height: 200, marginLeft: 52, marginRight: 14, marginBottom: 42 } as const;

function panel(points: readonly Point[], title: string, what: string, best: number): Html {
  if (points.length < 2) return NOTHING;
  return figure(
    epochPlot(title, points, { best, color: 'var(--series-1)', marks: [] }),
    safe`<b>${title}</b> ${what}.`,
  );
}

function temperaturePanel({ epochs, epoch: best }: EpochHistory, start: number): Html {
  const rows = [
    { epoch: 0, min: start, value: start, max: start },
    ...epochs.map(({ epoch, temperature: { min, mean, max } }) => ({ epoch, min, value: mean, max })),
  ];
  const color = 'var(--series-2)';
  const band = Plot.areaY(rows, { x: 'epoch', y1: 'min', y2: 'max', fill: color, fillOpacity: 0.25 });
  return figure(
    epochPlot('Temperature', rows, { best, color, marks: [band] }),
    safe`<b>Temperature τ</b> mean over the personas, band from the smallest to the largest.`,
  );
}

/** A line over the epochs above other marks, the point of the epoch that was kept filled. */
function epochPlot(
  title: string,
  points: readonly Point[],
  { best, color, marks }: { readonly best: number; readonly color: string; readonly marks: readonly Plot.Markish[] },
): Html {
  const last = Math.max(1, points.at(-1)?.epoch ?? 1);
  return drawPlot(
    {
      ...FRAME,
      x: { label: 'epoch', domain: [0, last], ticks: Math.min(8, last), tickFormat: 'd' },
      y: { label: null, grid: true, ticks: 5, nice: true },
      marks: [
        ...marks,
        Plot.lineY([...points], { x: 'epoch', y: 'value', stroke: color, strokeWidth: 2 }),
        Plot.dot([...points], {
          x: 'epoch',
          y: 'value',
          r: 3.5,
          fill: ({ epoch }: Point) => (epoch === best ? color : 'var(--surface)'),
          stroke: color,
        }),
      ],
    },
    `${title} by epoch: ${points.map(({ epoch, value }) => `${epoch}: ${fixedText(value, 2)}`).join(', ')}`,
  );
}
