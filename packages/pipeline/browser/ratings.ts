import type { AuditItem } from '../src/report/elements/islands.js';

/** Ratings by the number of the item in the page, 1 … 5. */
export type Ratings = Readonly<Record<number, number>>;

/** One line of an export. */
export interface RatedItem extends AuditItem {
  /** Null where nobody has rated. */
  readonly rating: number | null;
}

/** All items with their ratings. */
export function ratedItems(items: readonly AuditItem[], ratings: Ratings): RatedItem[] {
  return items.map((item, i) => ({ ...item, rating: ratings[i] ?? null }));
}

const COLUMNS = ['record', 'rank', 'persona', 'exemplar', 'weight', 'rating'] as const;

/** As CSV (RFC 4180), with a byte order mark, so that spreadsheets read it as UTF-8. */
export function ratingsCsv(items: readonly RatedItem[]): string {
  const lines = items.map((item) => COLUMNS.map((column) => csvCell(item[column])).join(','));
  return `\ufeff${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

/** A spreadsheet runs what begins with one of these as a formula: an apostrophe keeps it text. */
function csvCell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Ratings as they were kept; whatever else is there counts as none. */
export function keptRatings(text: string | null, items: number): Ratings {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    const entries = Object.entries(kept as object).filter(
      ([item, rating]) => Number(item) < items && [1, 2, 3, 4, 5].includes(rating as number),
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
