import type { PopulationRecord } from '@mixture-of-personas/synthesis';

/** Kinds of groups; `nothing` when the records have neither context nor label to sort by. */
export const GROUP_KINDS = ['year', 'number', 'label', 'context', 'nothing'] as const;

/** Records sorted by what they have in common, to see who speaks when. */
export interface RecordGroups {
  readonly over: (typeof GROUP_KINDS)[number];
  /** Whether the groups have an order of their own, as years have. */
  readonly ordered: boolean;
  readonly names: readonly string[];
  /** Group of each record. */
  readonly of: Int32Array;
}

/** Groups at most: as many columns as a page can show. */
const MOST = 25;
/** Common contexts that get a group of their own. */
const CONTEXTS = 12;

type Sorted = Pick<PopulationRecord, 'context' | 'label'>;

/** By number or year when every context has one, else by label, else by the most common contexts, else all in one group. */
export function recordGroups(records: readonly Sorted[]): RecordGroups {
  const contexts = records.map(({ context }) => context ?? '');
  const years = contexts.map(yearIn);
  if (spreads(years)) return byNumber(years, 'year');
  const numbers = contexts.map(numberIn);
  if (spreads(numbers)) return byNumber(numbers, 'number');
  const labels = records.map(({ label }) => label ?? '');
  const kinds = new Set(labels).size;
  if (kinds >= 2 && kinds <= MOST) return byName(labels, MOST, 'label');
  if (new Set(contexts).size >= 2 && new Set(contexts).size <= records.length / 2)
    return byName(contexts, CONTEXTS, 'context');
  return { over: 'nothing', ordered: false, names: ['all records'], of: new Int32Array(records.length) };
}

/** The first number from 1000 to 2199 that stands alone. */
function yearIn(context: string): number {
  const found = /(?<![\d.])(?:1\d|2[01])\d\d(?![\d.]*\d)/.exec(context.slice(0, 200));
  return found === null ? Number.NaN : Number(found[0]);
}

function numberIn(context: string): number {
  return context.trim() === '' ? Number.NaN : Number(context);
}

function spreads(values: readonly number[]): boolean {
  return values.every(Number.isFinite) && new Set(values).size > 1;
}

/** Classes of one width, the narrowest of 1, 2, 5, 10, 20 … that makes at most 25 of them; of years one, ten or a hundred. */
function byNumber(values: readonly number[], over: 'year' | 'number'): RecordGroups {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const width = classWidth(low, high, over);
  const first = Math.floor(low / width);
  const count = Math.floor(high / width) - first + 1;
  const names = Array.from({ length: count }, (_, i) => className((first + i) * width, width, over));
  const of = Int32Array.from(values, (value) => Math.floor(value / width) - first);
  return { over, ordered: true, names, of };
}

function classWidth(low: number, high: number, over: 'year' | 'number'): number {
  const steps = over === 'year' ? [1] : [1, 2, 5];
  for (let power = over === 'year' ? 0 : Math.floor(Math.log10((high - low) / MOST)); ; power++) {
    for (const step of steps) {
      const width = step * 10 ** power;
      if (Math.floor(high / width) - Math.floor(low / width) < MOST) return width;
    }
  }
}

function className(from: number, width: number, over: 'year' | 'number'): string {
  const exact = (value: number): string => String(Number(value.toPrecision(12)));
  if (over === 'year' && width === 1) return exact(from);
  return over === 'year' && width === 10 ? `${from}s` : `${exact(from)}–${exact(from + width)}`;
}

function byName(values: readonly string[], most: number, over: 'label' | 'context'): RecordGroups {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const common = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, most);
  const names = common.map(([name]) => (name === '' ? `no ${over}` : name));
  const rank = new Map(common.map(([name], i) => [name, i]));
  const of = Int32Array.from(values, (value) => rank.get(value) ?? common.length);
  return { over, ordered: false, names: counts.size > most ? [...names, `other ${over}s`] : names, of };
}
