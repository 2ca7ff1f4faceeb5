import { SYNTHETIC } from '../../artifacts/texts.js';
import type { ReportInput } from './report-input.js';

/** Data of the page's script for the browser of simulated texts. Texts are named by index, so that each is in the page once. */
export interface TextsIsland {
  readonly personas: readonly { readonly name: string; readonly text: string }[];
  readonly exemplars: readonly SourceText[];
  readonly golden: readonly SourceText[];
  readonly rows: readonly TextRow[];
}

/** A record that a text came from, or is like. */
export interface SourceText {
  readonly id: string;
  readonly text: string;
}

/** One simulated text. */
export interface TextRow {
  readonly id: string;
  readonly text: string;
  readonly label: string | null;
  readonly context: string | null;
  /** Index of the persona; −1 for none. */
  readonly persona: number;
  /** Index of the exemplar; −1 for none. */
  readonly exemplar: number;
  /** π, Ω and τ. */
  readonly probabilities: readonly [number, number, number];
  /** Nearest golden record and its cosine; null for an empty text. */
  readonly nearest: readonly [number, number] | null;
}

/** Data of the page's script for the interpretability audit, pairs by id so that an export needs nothing else. */
export interface AuditIsland {
  /** Tells the ratings of this run from those of another in the same browser. */
  readonly run: string;
  readonly items: readonly AuditItem[];
}

/** One thing to be rated: a pair that the gate chose for a record. */
export interface AuditItem {
  readonly record: string;
  /** 1 … 3, by π·Ω. */
  readonly rank: number;
  readonly persona: string;
  readonly exemplar: string;
  readonly weight: number;
}

/** Texts of a page; all are in `synthetic.jsonl`. */
export const MOST_TEXTS = 10_000;

/** The data of the browser of texts. */
export function textsIsland({ rows, personas, names, exemplars, data }: ReportInput): TextsIsland {
  const shown = rows.slice(0, MOST_TEXTS);
  const personaAt = new Map(personas.map(({ id }, i) => [id, i]));
  const used = [...new Set(shown.map(({ exemplarId }) => exemplarId))];
  const exemplarOf = new Map(exemplars.map((exemplar) => [exemplar.id, exemplar]));
  const kept = used.flatMap((id) => exemplarOf.get(id) ?? []);
  const exemplarAt = new Map(kept.map(({ id }, i) => [id, i]));
  return {
    personas: personas.map(({ persona }, i) => ({ name: names[i] ?? '', text: persona })),
    exemplars: kept.map(({ id, text }) => ({ id, text })),
    golden: data.nearest.records,
    rows: shown.map((row, i) => ({
      id: row.id,
      text: row.text,
      label: row.label,
      context: row.context,
      persona: personaAt.get(row.personaId) ?? -1,
      exemplar: exemplarAt.get(row.exemplarId) ?? -1,
      probabilities: [shorter(row.personaProbability), shorter(row.exemplarProbability), shorter(row.temperature)],
      nearest: data.nearest.rows[i] ?? null,
    })),
  };
}

/** The data of the audit. */
export function auditIsland({ data, personas, exemplars, manifest }: ReportInput): AuditIsland {
  return {
    run: manifest.stages[SYNTHETIC.stage]?.[SYNTHETIC.name] ?? '',
    items: data.audit.records.flatMap(({ id, pairs }) =>
      pairs.map(({ persona, exemplar, weight }, i) => ({
        record: id,
        rank: i + 1,
        persona: personas[persona]?.id ?? '',
        exemplar: exemplars[exemplar]?.id ?? '',
        weight: shorter(weight),
      })),
    ),
  };
}

function shorter(value: number): number {
  return Number(value.toPrecision(4));
}
