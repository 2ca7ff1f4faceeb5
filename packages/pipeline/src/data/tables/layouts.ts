import { UserError } from '../../errors.js';
import type { RawRow } from '../text/raw-row.js';

/** A public data set's own layout: how its files are written and what its rows mean. */
export interface Layout {
  readonly delimiter: ',' | '\t';
  /** Column names where the file has no header line. */
  readonly header?: readonly string[];
  readonly labelColumn: string;
  /** Names of the classes, by how the file writes them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Columns that make up the text, joined by a space. */
  readonly textColumns: readonly string[];
}

/** The layouts with a name of their own in `population.format`. */
export const LAYOUTS: Readonly<Record<'agnews' | 'yelp' | 'sst2', Layout>> = {
  agnews: {
    delimiter: ',',
    header: ['class', 'title', 'description'],
    labelColumn: 'class',
    labels: { '1': 'World', '2': 'Sports', '3': 'Business', '4': 'Sci/Tech' },
    textColumns: ['title', 'description'],
  },
  yelp: {
    delimiter: ',',
    header: ['polarity', 'text'],
    labelColumn: 'polarity',
    labels: { '1': 'negative', '2': 'positive' },
    textColumns: ['text'],
  },
  sst2: {
    delimiter: '\t',
    labelColumn: 'label',
    labels: { '0': 'negative', '1': 'positive' },
    textColumns: ['sentence'],
  },
};

/**
 * A row of a layout as one with `text` and `label`.
 * @throws UserError `bad-label` when its class is none of the layout's; `no-column` when the file has other columns
 */
export function rowOfLayout({ fields, where, key }: RawRow, layout: Layout, name: string): RawRow {
  const missing = [layout.labelColumn, ...layout.textColumns].find((column) => !Object.hasOwn(fields, column));
  if (missing !== undefined) {
    const problem = `${name} has no column ${missing}; it has ${Object.keys(fields).join(', ')}.`;
    throw new UserError('no-column', problem, { remedy: 'Choose another population.format.' });
  }
  const written = String(fields[layout.labelColumn]).trim();
  const label = Object.hasOwn(layout.labels, written) ? layout.labels[written] : undefined;
  if (label === undefined) {
    const known = Object.entries(layout.labels).map(([code, word]) => `${code} (${word})`);
    const needed = `one of ${known.join(', ')} is needed`;
    const problem = `${name} ${where}: the class is "${written.slice(0, 40)}" where ${needed}.`;
    const remedy = 'Choose another population.format if this is no file of that data set.';
    throw new UserError('bad-label', problem, { remedy });
  }
  const text = layout.textColumns.map((column) => String(fields[column])).join(' ');
  return { fields: { text, label }, where, key };
}
