import type { EpochHistory, StepHistory, TextsHistory } from '../../artifacts/fit.js';
import { fixedText, numberText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import { fitPlots } from '../plots/fit-plots.js';
import type { ReportInput } from '../elements/report-input.js';
import { folded, pageTable } from '../elements/table.js';
import { tableColumns } from '../../tables/table.js';

/** The fit: its steps from coarse to fine, or its epochs with the paper's procedure. */
export function fitSection(input: ReportInput): Html {
  const { fit } = input;
  if ('texts' in fit) {
    const { likelihood } = fit;
    return safe`${textsOf(fit)}${likelihood === null ? NOTHING : safe`<h3>The fit by likelihood before it</h3>${stepsOf(likelihood)}`}`;
  }
  return 'steps' in fit ? stepsOf(fit) : epochsOf(fit, input);
}

const STEPS = {
  uniform: 'equal weights, fitted temperatures',
  biases: 'weights of personas and exemplars, the same for every input',
  scales: 'three scales of the similarities',
  matrices: 'matrices of low rank',
} as const;

const TEXTS_STEPS = { exemplars: 'weights of exemplars', personas: 'weights of exemplars and personas' } as const;

function textsOf(fit: TextsHistory): Html {
  const kept = fit.fitted
    ? safe`The gate is from the step <b>${textsStep(fit)}</b>: in cross-validation its energy distance is
        ${fixedText(fit.gain, 4)} (s.e. ${fixedText(fit.standardError, 4)}) less than that of equal weights.`
    : safe`No weights beat equal ones in cross-validation by more than their standard error: the gate has equal weights.`;
  const table = pageTable({
    caption:
      'Weights by the energy distance between sampled texts and training records, in cross-validation over both: what chose weights does not judge them.',
    columns: tableColumns('step', ['energy distance', 'decrease from the step before', 's.e.', 'ridge'], 'kept'),
    rows: fit.steps.map((step, i) => [
      textsStep({ start: step.start, step: step.name }),
      fixedText(step.discrepancy, 4),
      i === 0 ? '' : fixedText(step.gain, 4),
      i === 0 ? '' : fixedText(step.standardError, 4),
      step.name === 'start' ? '' : numberText(step.ridge, 2),
      step.kept ? 'yes' : 'no',
    ]),
  });
  return safe`<p>${kept} ${String(fit.texts)} texts were sampled from pairs; temperatures
    are multiplied by ${String(fit.factor)}, of ${fit.factors.join(', ')}.</p>
    ${table}`;
}

function textsStep({ start, step }: Pick<TextsHistory, 'start' | 'step'>): string {
  const from = start === 'equal' ? 'equal weights' : 'weights by likelihood';
  return step === 'start' ? from : `${TEXTS_STEPS[step]}, from ${from}`;
}

function stepsOf(fit: Omit<StepHistory, 'centres'>): Html {
  const { design } = fit;
  const kept = fit.fitted
    ? safe`The gate is from the step <b>${STEPS[fit.step]}</b>, kept by cross-validation; held-out records
        judge it (How close).`
    : safe`No step beat equal weights in cross-validation by more than its standard error: the gate has equal weights.`;
  const table = pageTable({
    caption:
      'Cross-validation over training records, nats per record. It chooses the step and says no more: its differences are too low where a record is scored under few of the pairs.',
    columns: tableColumns(
      'step',
      ['left-out records', 'difference from the step kept before', 's.e.', 'ridge'],
      'kept',
    ),
    rows: fit.steps.map((step) => [
      STEPS[step.name],
      fixedText(step.logLikelihood, 2),
      step.name === 'uniform' ? '' : fixedText(step.gain, 3),
      step.name === 'uniform' ? '' : fixedText(step.standardError, 3),
      step.name === 'uniform' ? '' : numberText(step.ridge, 2),
      step.kept ? 'yes' : 'no',
    ]),
  });
  return safe`<p>${kept} ${String(design.scored)} scores of ${String(design.records)} records under ${String(design.pairs)} prompts; the objective is the ${fit.objective} likelihood.</p>
    ${table}`;
}

function epochsOf(fit: EpochHistory, { config, personas, exemplars }: ReportInput): Html {
  const kept =
    fit.epoch === 0
      ? 'The initial gate was kept: no epoch beat it on the validation records.'
      : `The gate is from epoch ${fit.epoch}${fit.epochs.length > 1 ? ' (the filled point)' : ''}${fit.stoppedEarly ? '; the fit was stopped when later epochs did not beat it' : ''}.`;
  if (fit.epochs.length === 0) return safe`<p>${kept}</p>`;
  const start = { temperature: config.gate.temperature, personas: personas.length, exemplars: exemplars.length };
  const table = pageTable({
    caption: 'Means over the steps of an epoch; validation at its end. Log-likelihoods in nats per record.',
    columns: tableColumns([
      'epoch',
      'validation',
      'training bound',
      'eff. personas',
      'eff. exemplars',
      'τ',
      'pairs tried',
    ]),
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
  if (fit.epochs.length === 1)
    return safe`<p>${kept}${before}</p>
    ${table}`;
  return safe`<p>${kept}${before}</p>
    ${fitPlots(fit, start)}${folded('The same as a table', table)}`;
}
