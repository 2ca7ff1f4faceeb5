import { addressless } from '../../config/model-name.js';
import { FITTED, type Estimate } from '../../analysis/held-out.js';
import { labelSentence } from '../../cards/card.js';
import { countText, fixedText, numberText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import type { ReportInput } from '../elements/report-input.js';
import { pageTable } from '../elements/table.js';

/** Overview of the run, its main figures, and the limits of its texts. */
export function overview(input: ReportInput): Html {
  const { config, data, rows, personas, exemplars, metrics } = input;
  const { counts } = data;
  const count = (value: number): string => countText(value);
  const facts: [string, string][] = [
    ['Language model', addressless(config.llm.model)],
    ['Encoder', metrics.evaluation.encoder],
    ['The gate sees', gateInputText(config.gate.input)],
    [
      'Records',
      `${count(counts.training)} to fit on, ${count(counts.validation)} for validation, ${count(counts.heldOut)} held out, ${count(counts.golden)} golden`,
    ],
    ['Mixture', `${count(personas.length)} personas × ${count(exemplars.length)} exemplars`],
    ['Prompts', promptText(config, rows)],
    ['Seed', String(config.seed)],
    ['Made by', `mop ${input.manifest.versions['@mixture-of-personas/cli'] ?? ''}`],
  ];
  return safe`<p class="lead">
      ${count(rows.length)} texts simulated from a mixture of personas: (persona, exemplar) prompts for a frozen
      language model, weighted by a gate that was fitted to ${count(counts.training)} records.
    </p>
    <p class="caveat">
      <strong>These are not people.</strong> A language model wrote every simulated text below. No statement in one is a
      fact about anybody, and agreement between them is not an opinion poll. A prompt held a real record as exemplar, so
      a text may repeat parts of one.
    </p>
    <ul class="tiles">
      ${tiles(input)}
    </ul>
    ${pageTable({ caption: 'This run', columns: [{ title: 'What' }, { title: 'Value' }], rows: facts })}`;
}

function tiles({ metrics, data, personas }: ReportInput): Html[] {
  const figures = metrics.evaluation.sets[0]?.figures;
  const distance = figures?.frechet ?? figures?.kid;
  const gain = metrics.heldOut?.rows.find(({ name }) => name === FITTED)?.againstUniform;
  return [
    ...(gain === undefined || gain === null
      ? []
      : [tile(gainText(gain), 'gain over equal weights, nats per held-out record (± 2 s.e.)')]),
    ...(distance === undefined
      ? []
      : [
          tile(
            numberText(distance.value, 3),
            `${distance.name === 'kid' ? 'KID' : 'Fréchet distance'} to the golden records${distance.floor === null ? '' : `; golden to golden: ${numberText(distance.floor, 3)}`}`,
          ),
        ]),
    tile(
      `${numberText(data.diagnostics.effectivePersonas, 3)} of ${personas.length}`,
      'effective personas over the training records',
    ),
  ];
}

function tile(value: string, what: string): Html {
  return value === '' ? NOTHING : safe`<li><b>${value}</b> <span>${what}</span></li>`;
}

function gainText({ mean, standardError }: Estimate): string {
  const error = standardError === null ? '' : ` ± ${fixedText(2 * standardError, 2)}`;
  return `${mean >= 0 ? '+' : ''}${fixedText(mean, 2)}${error}`;
}

function promptText({ exemplars: { perPrompt } }: ReportInput['config'], rows: ReportInput['rows']): string {
  const shown = perPrompt === 1 ? 'one exemplar' : `${perPrompt} exemplars`;
  return `${shown} each. ${labelSentence(rows).replaceAll('`', '')}`;
}

function gateInputText(input: 'context' | 'record' | 'none'): string {
  if (input === 'context') return 'the context of a record';
  return input === 'record' ? 'the record itself' : 'nothing: one π for all records';
}
