import { fixedText, numberText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import { fitPlots } from '../plots/fit-plots.js';
import type { ReportInput } from '../elements/report-input.js';
import { folded, pageTable } from '../elements/table.js';

/** How the fit went, epoch by epoch. */
export function fitSection({ fit, config, personas, exemplars }: ReportInput): Html {
  const kept =
    fit.epoch === 0
      ? 'The initial gate was kept: no epoch beat it on the validation records.'
      : `The gate is from epoch ${fit.epoch} (the filled point)${fit.stoppedEarly ? '; the fit was stopped when later epochs did not beat it' : ''}.`;
  if (fit.epochs.length === 0) return safe`<p>${kept}</p>`;
  const start = { temperature: config.gate.temperature, personas: personas.length, exemplars: exemplars.length };
  const number = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });
  const table = pageTable({
    caption: 'Means over the steps of an epoch; validation at its end. Log-likelihoods in nats a record.',
    columns: ['epoch', 'validation', 'training bound', 'eff. personas', 'eff. exemplars', 'τ', 'pairs tried'].map(
      number,
    ),
    rows: fit.epochs.map((epoch) => [
      String(epoch.epoch),
      epoch.heldOutLogLikelihood === null ? '–' : fixedText(epoch.heldOutLogLikelihood, 2),
      fixedText(epoch.truncatedBound, 2),
      numberText(epoch.effectivePersonas, 3),
      numberText(epoch.effectiveExemplars, 3),
      `${fixedText(epoch.temperature.min, 2)}–${fixedText(epoch.temperature.max, 2)}`,
      String(epoch.pairsTried),
    ]),
  });
  const before =
    fit.initialHeldOutLogLikelihood === null
      ? NOTHING
      : safe` Before the first epoch: ${fixedText(fit.initialHeldOutLogLikelihood, 2)} nats a validation record.`;
  return safe`<p>${kept}${before}</p>
    ${fitPlots(fit, start)}${folded('The same as a table', table)}`;
}
