import type { TableContent } from '../../tables/table.js';
import { safe, NOTHING, type Html } from './html.js';

/** A table of a page. */
export interface PageTable {
  /** Description of the table, for all readers. */
  readonly caption: string | Html;
  readonly columns: TableContent['columns'];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly (string | Html)[])[];
}

/** A table that scrolls by itself where it is wider than the screen, by keyboard too. */
export function pageTable({ caption, columns, rows }: PageTable): Html {
  const side = (i: number): Html => (columns[i]?.align === 'right' ? safe` class="number"` : NOTHING);
  const head = columns.map(({ title }, i) => safe`<th scope="col"${side(i)}>${title}</th>`);
  const lines = rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? safe`<th scope="row"${side(i)} dir="auto">${cell}</th>` : safe`<td${side(i)} dir="auto">${cell}</td>`,
    );
    return safe`<tr>${cells}</tr>\n`;
  });
  return safe`<div class="scroll" tabindex="0" role="group" aria-label="Table, scrolls">
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

/** The same behind a line that opens it. */
export function folded(summary: string, content: Html): Html {
  return safe`<details>
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

/** Sentences that warn, one per line; nothing when there is none. */
export function warningList(sentences: readonly string[]): Html {
  if (sentences.length === 0) return NOTHING;
  return safe`<ul class="warnings">
    ${sentences.map((sentence) => safe`<li dir="auto">${sentence}</li>`)}
  </ul>`;
}
