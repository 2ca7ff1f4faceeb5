import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { stringify } from 'yaml';
import type { Manifest } from '../run-folder/manifest.js';
import { markdownTable } from '../tables/markdown-table.js';
import type { EvaluatedTexts, RunMetrics } from '../artifacts/metrics.js';
import { datasetFeatures } from '../artifacts/synthetic-files.js';
import { figuresCaption, figuresTable, heldOutCaption, heldOutTable } from './tables.js';

/** Inputs of the card. */
export interface CardParts {
  readonly manifest: Manifest;
  readonly metrics: RunMetrics;
  readonly rows: readonly SyntheticRow[];
}

/** The data set card: YAML front matter as the hub reads it, how the texts were made, the figures, and what they are not. */
export function datasetCard({ manifest, metrics, rows }: CardParts): string {
  const front = stringify({
    tags: ['synthetic', 'mixture-of-personas'],
    size_categories: [sizeCategory(rows.length)],
    task_categories: ['text-generation'],
    configs: [{ config_name: 'default', data_files: 'synthetic.parquet' }],
    dataset_info: { features: datasetFeatures(rows) },
  });
  const heldOut =
    metrics.heldOut === null ? [] : [markdownTable(heldOutTable(metrics.heldOut)), heldOutCaption(metrics.heldOut)];
  return [
    `---\n${front}---`,
    '# Simulated texts',
    `${rows.length} texts drawn from a mixture of personas: (persona, exemplar) prompts for a frozen language model, weighted by a gate that was ` +
      'fitted to records of a population (arXiv 2504.05019). They are simulated; nobody wrote them, and no statement in them is a fact about a person.',
    labelSentence(rows),
    ...(rows.some(({ model }) => model === 'embedded') ? [EMBEDDED_SENTENCE] : []),
    '## Load',
    "```python\nfrom datasets import load_dataset\n\nrows = load_dataset('.', split='train')\n```",
    '## Columns',
    'id, text, label, context, personaId and exemplarId (see `personas.jsonl`, `exemplars.jsonl`), personaProbability (π), exemplarProbability (Ω), ' +
      'temperature (τ), seed, model, promptLabel (whether the prompt says a label), promptHash (SHA-256 of the prompt). `mop info . --row 0` explains a row.',
    '## How close they are',
    markdownTable(figuresTable(metrics.evaluation)),
    figuresCaption(metrics.evaluation),
    ...heldOut,
    '## How to make them again',
    `\`mop run\` with these settings:\n\n\`\`\`yaml\n${stringify(manifest.config)}\`\`\``,
    '## Limits',
    'Exemplars are records of the population and stand in the prompts: a text may repeat parts of one. Check before publishing (`mop evaluate` with the metric `leak`, and `mop audit` for who is spoken of).',
    '',
  ].join('\n\n');
}

/** Disclosure beside every gain that was measured with the embedded language model. */
export const EMBEDDED_SENTENCE =
  "The embedded language model was trained to answer to pairs of State of the Union addresses: on exemplars near the text, with a margin against random ones. A gain of a mixture is this model's and no evidence for others.";

/** Whether prompts of the texts say labels; not known of rows that an earlier version wrote. */
export function promptLabelOf(rows: readonly SyntheticRow[]): Pick<EvaluatedTexts, 'promptLabel'> {
  const found = new Set(rows.map(({ promptLabel }) => promptLabel));
  if (found.has(undefined)) return {};
  if (!found.has('always')) return { promptLabel: 'never' };
  return { promptLabel: found.size === 1 ? 'always' : 'some' };
}

/** Whether prompts of the texts say labels, in a sentence. */
export function labelSentence(rows: readonly SyntheticRow[]): string {
  const { promptLabel } = promptLabelOf(rows);
  if (promptLabel === undefined) return 'Prompts say every label that their wording can.';
  if (promptLabel === 'never') return 'No prompt says the label of a record (`prompt.label: never`, as in the paper).';
  const said = rows.filter((row) => row.promptLabel === 'always').length;
  return `${promptLabel === 'always' ? 'Every prompt says' : `${said} of ${rows.length} prompts say`} the label of a record (\`prompt.label: always\`), which the paper uses for testing only.`;
}

function sizeCategory(rows: number): string {
  if (rows < 1000) return 'n<1K';
  if (rows < 10_000) return '1K<n<10K';
  return rows < 100_000 ? '10K<n<100K' : '100K<n<1M';
}
