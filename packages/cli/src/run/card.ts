import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { stringify } from 'yaml';
import type { TableContent } from '../output/table.js';
import { escapeCell, escapeHtml } from './escape.js';
import type { Manifest } from './manifest.js';
import type { Outputs } from './run-folder.js';
import type { RunMetrics } from './stages/evaluate-stage.js';
import { figuresCaption, figuresTable, heldOutCaption, heldOutTable } from './tables.js';

/** What the card and the report are made from. */
export interface CardParts {
  readonly manifest: Manifest;
  readonly metrics: RunMetrics;
  readonly rows: readonly SyntheticRow[];
}

/** Texts shown in the report. */
const SHOWN = 20;

/** `README.md`, a Hugging Face data set card, and `report.html`, one page that needs nothing else. */
export function cardFiles(parts: CardParts): Outputs {
  return { 'README.md': datasetCard(parts), 'report.html': reportPage(parts) };
}

/** The data set card: YAML front matter as the hub reads it, how the texts were made, the figures, and what they are not. */
export function datasetCard({ manifest, metrics, rows }: CardParts): string {
  const front = stringify({
    tags: ['synthetic', 'mixture-of-personas'],
    size_categories: [sizeCategory(rows.length)],
    task_categories: ['text-generation'],
    configs: [{ config_name: 'default', data_files: 'synthetic.parquet' }],
  });
  const heldOut =
    metrics.heldOut === null ? [] : [markdownTable(heldOutTable(metrics.heldOut)), heldOutCaption(metrics.heldOut)];
  return [
    `---\n${front}---`,
    '# Simulated texts',
    `${rows.length} texts drawn from a mixture of personas: (persona, exemplar) prompts for a frozen language model, weighted by a gate that was ` +
      'fitted to records of a population (arXiv 2504.05019). They are simulated; nobody wrote them, and no statement in them is a fact about a person.',
    '## Load',
    "```python\nfrom datasets import load_dataset\n\nrows = load_dataset('.', split='train')\n```",
    '## Columns',
    'id, text, label, context, personaId and exemplarId (see `personas.jsonl`, `exemplars.jsonl`), personaProbability (π), exemplarProbability (Ω), ' +
      'temperature (τ), seed, model, promptHash (SHA-256 of the prompt). `mop info . --row 0` explains a row.',
    '## How close they are',
    markdownTable(figuresTable(metrics.evaluation)),
    figuresCaption(metrics.evaluation),
    ...heldOut,
    '## How to make them again',
    `\`mop run\` with these settings:\n\n\`\`\`yaml\n${stringify(manifest.config)}\`\`\``,
    '## Limits',
    'Exemplars are records of the population and stand in the prompts: a text may repeat parts of one. Check before publishing.',
    '',
  ].join('\n\n');
}

/** The report: tables and some of the texts, every text escaped. */
export function reportPage({ manifest, metrics, rows }: CardParts): string {
  const { heldOut, evaluation } = metrics;
  const sections = [
    '<h2>How close the texts are</h2>',
    htmlTable(figuresTable(evaluation)),
    `<p>${escapeHtml(figuresCaption(evaluation))}</p>`,
    ...(heldOut === null
      ? []
      : [
          '<h2>Held-out records</h2>',
          htmlTable(heldOutTable(heldOut)),
          `<p>${escapeHtml(heldOutCaption(heldOut))}</p>`,
        ]),
    `<h2>First ${Math.min(SHOWN, rows.length)} texts</h2>`,
    htmlTable({
      columns: [{ title: 'id' }, { title: 'persona' }, { title: 'exemplar' }, { title: 'text' }],
      rows: rows.slice(0, SHOWN).map(({ id, personaId, exemplarId, text }) => [id, personaId, exemplarId, text]),
    }),
    '<h2>Settings</h2>',
    `<pre>${escapeHtml(stringify(manifest.config))}</pre>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mixture of personas: a run</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}
td,th{padding:.2rem .7rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}.right{text-align:right}pre{overflow:auto}</style>
</head><body><h1>Mixture of personas: a run</h1>
${sections.join('\n')}
</body></html>
`;
}

function htmlTable({ columns, rows }: TableContent): string {
  const side = (i: number): string => (columns[i]?.align === 'right' ? ' class="right"' : '');
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text, i) => `<${tag}${side(i)}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  const head = cells(
    'th',
    columns.map(({ title }) => title),
  );
  return `<table>${head}\n${rows.map((row) => cells('td', row)).join('\n')}</table>`;
}

function markdownTable({ columns, rows }: TableContent): string {
  const line = (texts: readonly string[]): string => `| ${texts.map(escapeCell).join(' | ')} |`;
  const rule = `|${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join('|')}|`;
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join('\n');
}

function sizeCategory(rows: number): string {
  if (rows < 1000) return 'n<1K';
  if (rows < 10_000) return '1K<n<10K';
  return rows < 100_000 ? '10K<n<100K' : '100K<n<1M';
}
