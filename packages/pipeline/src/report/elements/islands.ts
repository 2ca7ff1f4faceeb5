import { SYNTHETIC } from '../../artifacts/texts.js';
import type { ReportInput } from './report-input.js';

/** Texts of a page; all are in `synthetic.jsonl`. */
export const MOST_TEXTS = 10_000;

/** The data of the page's script for the browser of simulated texts. Texts are named by index, so that each is in the page once. */
export function textsIsland({ rows, personas, names, exemplars, data }: ReportInput) {
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
    rows: shown.map(({ id, text, label, context, ...row }, i) => ({
      id,
      text,
      label,
      context,
      /** Index of the persona; −1 for none. */
      persona: personaAt.get(row.personaId) ?? -1,
      /** Index of the exemplar; −1 for none. */
      exemplar: exemplarAt.get(row.exemplarId) ?? -1,
      /** π, Ω and τ. */
      probabilities: [row.personaProbability, row.exemplarProbability, row.temperature].map(shorter),
      /** Nearest golden record and its cosine; null for an empty text. */
      nearest: data.nearest.rows[i] ?? null,
    })),
  };
}

/** The data of the page's script for the browser of texts. */
export type TextsIsland = ReturnType<typeof textsIsland>;

/** One simulated text of it. */
export type TextRow = TextsIsland['rows'][number];

/** A record that a text came from, or is like. */
export type SourceText = TextsIsland['exemplars'][number];

/** The data of the page's script for the interpretability audit, pairs by id so that an export needs nothing else. */
export function auditIsland({ data, personas, exemplars, manifest }: ReportInput) {
  return {
    /** Tells the ratings of this run from those of another in the same browser. */
    run: manifest.stages[SYNTHETIC.stage]?.[SYNTHETIC.name] ?? '',
    items: data.audit.records.flatMap(({ id, pairs }) =>
      pairs.map(({ persona, exemplar, weight }, i) => ({
        record: id,
        /** 1 … 3, by π·Ω. */
        rank: i + 1,
        persona: personas[persona]?.id ?? '',
        exemplar: exemplars[exemplar]?.id ?? '',
        weight: shorter(weight),
      })),
    ),
  };
}

/** The data of the page's script for the audit. */
export type AuditIsland = ReturnType<typeof auditIsland>;

/** One thing to be rated: a pair that the gate chose for a record. */
export type AuditItem = AuditIsland['items'][number];

function shorter(value: number): number {
  return Number(value.toPrecision(4));
}
