import { countText, fixedText, numberText, shareText } from '../elements/format.js';
import type { CosinePair } from '../../analysis/gate-diagnostics.js';
import { safe, type Html } from '../elements/html.js';
import { figureForAnyWidth } from '../plots/draw.js';
import { temperaturePlot } from '../plots/temperature-plot.js';
import type { ReportInput } from '../elements/report-input.js';
import { folded, pageTable, warningList } from '../elements/table.js';
import { mixtureWarnings } from '../elements/warnings.js';
import { tableColumns } from '../../tables/table.js';

/** Whether the mixture uses what it has; its personas and their temperatures. */
export function diagnosticsSection(input: ReportInput): Html {
  const warnings = mixtureWarnings(input);
  return safe`${warnings.length > 0 ? warningList(warnings) : safe`<p>Nothing to warn of.</p>`}
    ${pageTable({ caption: 'The fitted mixture over the training records', columns: tableColumns('What', ['Value'], 'What it says'), rows: diagnosticRows(input) })}
    <h3>Personas</h3>
    ${figureForAnyWidth(
      (width) => temperaturePlot(input, width),
      safe`<b>Temperature of each persona</b>, most common first; the dashed line is where all began (τ
        ${fixedText(input.config.gate.temperature, 2)}).`,
    )}
    ${folded('All personas as a table', personaTable(input))}`;
}

function diagnosticRows({ data, fit, personas, exemplars, names, config }: ReportInput): (string | Html)[][] {
  const { effectivePersonas, leader, leaderShare, meanLargest, cosines } = data.diagnostics;
  const epochs = 'steps' in fit ? [] : fit.epochs;
  const last = 'steps' in fit ? undefined : (epochs.find(({ epoch }) => epoch === fit.epoch) ?? epochs.at(-1));
  const scored = 'texts' in fit ? fit.likelihood?.design.pairs : 'steps' in fit ? fit.design.pairs : undefined;
  const tried = scored ?? epochs.at(-1)?.pairsTried ?? 0;
  const pairs = personas.length * exemplars.length;
  const inputs = config.gate.input === 'context' ? 'contexts' : 'records';
  return [
    [
      'Effective personas',
      `${numberText(effectivePersonas, 3)} of ${personas.length}`,
      'exp of the entropy of the mean π; near 1 the mixture has collapsed',
    ],
    ...(last === undefined
      ? []
      : [
          [
            'Effective exemplars',
            `${numberText(last.effectiveExemplars, 3)} of ${exemplars.length}`,
            `the same of the exemplars, during epoch ${last.epoch}`,
          ],
        ]),
    [
      'Records led by one persona',
      shareText(leaderShare),
      safe`share of records whose most probable persona is <bdi>${names[leader] ?? ''}</bdi>`,
    ],
    [
      'Largest π of a record',
      shareText(meanLargest),
      'mean over the records; near 100 % each record has one persona to itself',
    ],
    ['Cosine of personas', ...cosineCells(cosines.personas)],
    ...(cosines.inputs === null ? [] : [[`Cosine of ${inputs}`, ...cosineCells(cosines.inputs)]]),
    [
      'Temperature drift',
      driftText(data.diagnostics.personas),
      `smallest to largest τ of the fitted gate, from ${fixedText(config.gate.temperature, 2)}`,
    ],
    [
      'Pairs never tried',
      `${countText(pairs - tried)} of ${countText(pairs)}`,
      `(persona, exemplar) pairs that no training record was scored with: ${shareText((pairs - tried) / pairs)}`,
    ],
  ];
}

function cosineCells({ encoded, seen }: CosinePair): [string, string] {
  return [
    `${numberText(seen, 3)} (${numberText(encoded, 3)})`,
    'mean over all pairs as the gate sees them, and in brackets as the encoder gives them; above 0.9 they are hardly told apart',
  ];
}

function driftText(personas: ReportInput['data']['diagnostics']['personas']): string {
  const values = personas.map(({ temperature }) => temperature);
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  return `${fixedText(low, 3)}–${fixedText(high, 3)}`;
}

function personaTable({ personas, data, names }: ReportInput): Html {
  const { groups } = data.propensity;
  const facts = data.diagnostics.personas;
  const order = facts.map((_, k) => k).sort((a, b) => facts[b]!.share - facts[a]!.share);
  const peak = (k: number): string =>
    groups.reduce((best, group) => ((group.personas[k] ?? 0) > (best.personas[k] ?? 0) ? group : best)).name;
  return pageTable({
    caption: 'Share: mean π over the training records. Texts: simulated texts drawn from the persona.',
    columns: tableColumns(
      'persona',
      ['share', 'τ', 'texts'],
      ...(groups.length < 2 ? [] : ['speaks most in']),
      'description',
    ),
    rows: order.map((k) => [
      names[k] ?? '',
      shareText(facts[k]!.share),
      fixedText(facts[k]!.temperature, 3),
      countText(facts[k]!.texts),
      ...(groups.length < 2 ? [] : [peak(k)]),
      safe`<span class="description">${personas[k]?.persona ?? ''}</span>`,
    ]),
  });
}
