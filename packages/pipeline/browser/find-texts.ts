import type { TextsIsland } from '../src/report/elements/islands.js';

/** Query of the browser of texts. */
export interface TextQuery {
  /** Words that must all occur, in text, label, context or id; case does not matter. */
  readonly search: string;
  /** Index of a persona; undefined for all. */
  readonly persona: number | undefined;
  readonly order: 'row' | 'like' | 'unlike';
}

/** Strings that the search looks through, one lower-case string per row: made once, since there may be ten thousand. */
export function searchIndex({ rows }: TextsIsland): string[] {
  return rows.map(({ id, text, label, context }) => `${id}\n${text}\n${label ?? ''}\n${context ?? ''}`.toLowerCase());
}

/** The rows that a query finds, by index, in its order. */
export function findTexts({ rows }: TextsIsland, index: readonly string[], query: TextQuery): number[] {
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: number[] = [];
  rows.forEach(({ persona }, i) => {
    if (query.persona !== undefined && persona !== query.persona) return;
    if (words.every((word) => index[i]?.includes(word))) found.push(i);
  });
  if (query.order === 'row') return found;
  const sign = query.order === 'like' ? -1 : 1;
  // Cosine to the nearest golden record; an empty text is like none.
  const likeness = (i: number): number => rows[i]?.nearest?.[1] ?? -1;
  return found.sort((a, b) => sign * (likeness(a) - likeness(b)) || a - b);
}
