import type { Persona } from '@mixture-of-personas/synthesis';
import { stringify } from 'yaml';
import { gateInput } from '../config/gate-preset.js';
import type { MopConfig } from '../config/schema.js';
import type { HeldOutComparison } from '../analysis/held-out.js';
import { addressless, type Manifest } from '../run-folder/manifest.js';
import type { FitHistory } from '../artifacts/fit.js';
import { markdownTable } from '../tables/markdown-table.js';
import { EMBEDDED_SENTENCE } from './card.js';
import { heldOutCaption, heldOutTable } from './tables.js';
import { tableColumns } from '../tables/table.js';

/** Inputs of the gate's card. */
export interface GateCardParts {
  readonly manifest: Manifest;
  readonly config: MopConfig;
  readonly personas: readonly Persona[];
  /** N. */
  readonly exemplars: number;
  /** n, training records. */
  readonly records: number;
  readonly temperatures: ArrayLike<number>;
  readonly fit: FitHistory;
  readonly heldOut: HeldOutComparison | undefined;
}

/** The card of a fitted gate: what it belongs to, how it was fitted, how it compares on held-out records, and what it cannot do. */
export function gateCard(parts: GateCardParts): string {
  const { manifest, config, personas, exemplars, records, heldOut } = parts;
  const front = stringify({
    tags: ['mixture-of-personas', 'gate'],
    library_name: '@mixture-of-personas/gating',
    base_model: addressless(config.llm.model),
  });
  const prints = Object.entries(manifest.fingerprints).map(([name, hash]) => `- ${name}: \`${hash}\``);
  const judged =
    heldOut === undefined
      ? ['It was not judged on held-out records.']
      : [markdownTable(heldOutTable(heldOut)), heldOutCaption(heldOut)];
  return [
    `---\n${front}---`,
    '# A fitted gate',
    `Weights of a two-level mixture (arXiv 2504.05019): for what it sees of a record, π over ${personas.length} personas and Ω over ${exemplars} exemplars, ` +
      'and a temperature a persona. `gate.safetensors` holds W_x, W_g, W_e and τ, `gate.json` says what they are for.',
    '## What it belongs to',
    `It means something only with the personas and exemplars beside it (\`personas.jsonl\`, \`exemplars.jsonl\`), the encoder \`${config.encoder.model}\`, and was fitted for the language model \`${addressless(config.llm.model)}\`. It sees ${seen(config)}. Its prompts show ${config.exemplars.perPrompt === 1 ? 'one exemplar' : `${config.exemplars.perPrompt} exemplars`} each and ${config.prompt.label} say a record's label.`,
    prints.join('\n'),
    '## How it was fitted',
    fitSentence(parts),
    temperatureTable(personas, parts.temperatures),
    '## How it compares on held-out records',
    ...judged,
    ...(config.llm.model === 'embedded' ? [EMBEDDED_SENTENCE] : []),
    '## Use',
    '`mop simulate --simulate.gate RUN` writes texts from it, `decodeGate` of `@mixture-of-personas/gating` reads it, and `docs/formats.md` says what is in the files.',
    '## Limits',
    `Fitted to ${records} records; it says which prompts make a language model write like them, not who the people are. A persona is a description of a cluster of texts, made by a machine.`,
    '',
  ].join('\n\n');
}

function seen(config: MopConfig): string {
  const what = {
    context: 'the context of a record',
    record: 'the record itself',
    none: 'nothing, so that it is one mixture for all',
  };
  return what[gateInput(config)];
}

function fitSentence({ config, records, fit }: GateCardParts): string {
  const { gate, seed } = config;
  if ('texts' in fit) {
    const { texts, factor, gain, standardError, step, start } = fit;
    const chosen = fit.fitted
      ? `the step "${step}" from ${start} weights is kept, whose energy distance in cross-validation is ${gain.toFixed(4)} (s.e. ${standardError.toFixed(4)}) less than that of equal weights`
      : 'nothing beat equal weights in cross-validation, which are kept';
    return `On ${records} records by ${texts} texts sampled from pairs, at ${factor} times the temperatures it started from, seed ${seed}; ${chosen}. \`fit.json\` has every step, \`fit-texts.jsonl\` the texts.`;
  }
  if ('steps' in fit) {
    const { pairs, scored } = fit.design;
    const chosen = fit.fitted
      ? `the step "${fit.step}" is kept by cross-validation, and held-out records judge it`
      : 'no step beat equal weights in cross-validation, which are kept';
    return `On ${records} records, ${scored} scores under ${pairs} prompts, ${fit.objective} likelihood, seed ${seed}; ${chosen}. \`fit.json\` has every step.`;
  }
  const pairs =
    gate.exploration.kind === 'top'
      ? `the ${gate.topM} most probable pairs per record`
      : `${gate.exploration.pairs ?? gate.topM} pairs per record drawn from the gate`;
  const chosen =
    fit.epoch === 0 ? 'no epoch beat the initial gate, which is kept' : `the gate of epoch ${fit.epoch} is kept`;
  return `On ${records} records, ${pairs}, ${gate.optimizer} at ${gate.learningRate}, ${fit.epochs.length} epochs, seed ${seed}; ${chosen}. \`fit.json\` has every epoch.`;
}

function temperatureTable(personas: readonly Persona[], temperatures: ArrayLike<number>): string {
  const rows = personas.map(({ id, persona, source }, k) => [id, persona, source, temperatures[k]?.toFixed(3) ?? '']);
  return markdownTable({ columns: tableColumns('persona', 'description', 'made from', ['τ']), rows });
}
