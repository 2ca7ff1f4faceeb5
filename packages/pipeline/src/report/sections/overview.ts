import { gateInput } from '../../config/gate-preset.js';
import { addressless } from '../../run-folder/manifest.js';
import { biasOf, FITTED, INITIAL, UNIFORM, type Estimate, type HeldOutRow } from '../../analysis/held-out.js';
import { FLOOR, type EvaluatedTexts } from '../../artifacts/metrics.js';
import { EMBEDDED_SENTENCE, labelSentence } from '../../cards/card.js';
import { countText, fixedText, numberText } from '../elements/format.js';
import { safe, type Html } from '../elements/html.js';
import type { ReportInput } from '../elements/report-input.js';
import { pageTable } from '../elements/table.js';
import { tableColumns } from '../../tables/table.js';

/** Overview of the run, its main figures, and the limits of its texts. */
export function overview(input: ReportInput): Html {
  const { config, data, rows, personas, exemplars, metrics } = input;
  const { counts } = data;
  const { perPrompt } = config.exemplars;
  const shown = perPrompt === 1 ? 'one exemplar' : `${perPrompt} exemplars`;
  const facts: [string, string][] = [
    [
      'Language model',
      config.llm.model === 'embedded' ? `embedded. ${EMBEDDED_SENTENCE}` : addressless(config.llm.model),
    ],
    ['Encoder', metrics.evaluation.encoder],
    ['The gate sees', gateInputText(gateInput(config))],
    [
      'Records',
      `${countText(counts.training)} to fit on, ${countText(counts.validation)} for validation, ${countText(counts.heldOut)} held out, ${countText(counts.golden)} golden`,
    ],
    ['Mixture', `${countText(personas.length)} personas × ${countText(exemplars.length)} exemplars`],
    ['Prompts', `${shown} each. ${labelSentence(rows).replaceAll('`', '')}`],
    ['Seed', String(config.seed)],
    ['Made by', `mop ${input.manifest.versions['@mixture-of-personas/cli'] ?? ''}`],
  ];
  return safe`<p class="lead">
      ${countText(rows.length)} texts simulated from a mixture of personas: (persona, exemplar) prompts for a frozen
      language model, weighted by a gate that was fitted to ${countText(counts.training)} records.
    </p>
    <p class="caveat">
      <strong>These are not people.</strong> A language model wrote every simulated text below. No statement in one is a
      fact about anybody, and agreement between them is not an opinion poll. A prompt held a real record as exemplar, so
      a text may repeat parts of one.
    </p>
    <ul class="tiles">
      ${tiles(input)}
    </ul>
    ${pageTable({ caption: 'This run', columns: tableColumns('What', 'Value'), rows: facts })}`;
}

function tiles({ metrics, data, personas }: ReportInput): Html[] {
  return [
    ...gainTile(metrics.heldOut?.rows ?? []),
    ...distanceTile(metrics.evaluation.sets),
    tile(
      `${numberText(data.diagnostics.effectivePersonas, 3)} of ${personas.length}`,
      'effective personas over the training records',
    ),
  ];
}

/** Gain of the fitted gate over equal weights, with its bias and the gain over the initial gate; no tile without a fitted gate. */
function gainTile(rows: readonly HeldOutRow[]): Html[] {
  const gain = rows.find(({ name }) => name === FITTED)?.againstUniform;
  if (!gain) return [];
  const overInitial = rows.find(({ name }) => name === INITIAL)?.fittedAgainst;
  const over = ['gain over equal weights, nats per held-out record (± 2 s.e.)', ...biasText(rows, UNIFORM)].join(', ');
  const other = overInitial
    ? [`over the initial gate ${gainText(overInitial)}`, ...biasText(rows, INITIAL)].join(', ')
    : '';
  return [tile(gainText(gain), [over, other].filter((part) => part !== '').join('; '))];
}

function biasText(rows: readonly HeldOutRow[], minus: string): string[] {
  const bias = biasOf(rows, FITTED, minus);
  return bias === undefined ? [] : [`bias ${bias > 0 ? '+' : ''}${fixedText(bias, 2)}`];
}

/** The distance of the run's texts with its interval, and that of every other set. */
function distanceTile(sets: readonly EvaluatedTexts[]): Html[] {
  const [own, ...others] = sets.map(({ name, figures }) => ({ name, distance: figures.frechet ?? figures.kid }));
  if (own?.distance === undefined) return [];
  const { name, value, interval, floor } = own.distance;
  const text = (number: number): string => numberText(number, 3);
  const parts = [
    `${name === 'kid' ? 'KID' : 'Fréchet distance'} to the golden records${interval === null ? '' : ` [${interval.map(text).join(', ')}]`}`,
    ...others.flatMap((set) => (set.distance === undefined ? [] : [`${set.name} ${text(set.distance.value)}`])),
    ...(floor === null ? [] : [`${FLOOR} ${text(floor)}`]),
  ];
  return [tile(text(value), parts.join('; '))];
}

function tile(value: string, what: string): Html {
  return safe`<li><b>${value}</b> <span>${what}</span></li>`;
}

function gainText({ mean, standardError }: Estimate): string {
  const error = standardError === null ? '' : ` ± ${fixedText(2 * standardError, 2)}`;
  return `${mean >= 0 ? '+' : ''}${fixedText(mean, 2)}${error}`;
}

function gateInputText(input: 'context' | 'record' | 'none'): string {
  if (input === 'context') return 'the context of a record';
  return input === 'record' ? 'the record itself' : 'nothing: one π for all records';
}
