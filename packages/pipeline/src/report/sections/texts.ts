import { countText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import { MOST_TEXTS, textsIsland } from '../elements/islands.js';
import { jsonIsland } from '../elements/json-island.js';
import type { ReportInput } from '../elements/report-input.js';

/** The browser of simulated texts: its frame; the page's script fills it from the data block, a page at a time. */
export function textsSection(input: ReportInput): Html {
  const { rows, names } = input;
  const options = names.map((name, k) => safe`<option value="${k}">${name}</option>`);
  const cut =
    rows.length > MOST_TEXTS
      ? safe`<p>
          The first ${countText(MOST_TEXTS)} of ${countText(rows.length)} texts; all are in
          <code>synthetic.jsonl</code>.
        </p>`
      : NOTHING;
  return safe`${cut}
    <form class="toolbar" id="texts-form" role="search" aria-label="Simulated texts">
      <label
        >Search <input type="search" id="texts-search" placeholder="words in text, label or context" autocomplete="off"
      /></label>
      <label
        >Persona
        <select id="texts-persona">
          <option value="">all</option>
          ${options}
        </select></label
      >
      <label
        >Order
        <select id="texts-order">
          <option value="row">as drawn</option>
          <option value="like">most like a golden record</option>
          <option value="unlike">least like any golden record</option>
        </select></label
      >
    </form>
    <p id="texts-status" role="status" class="status"></p>
    <ol class="texts" id="texts-list"></ol>
    <nav class="pager" aria-label="Pages of texts">
      <button type="button" id="texts-previous">← Previous</button>
      <button type="button" id="texts-next">Next →</button>
    </nav>
    <noscript
      ><p>Searching the texts needs JavaScript; they are in <code>synthetic.jsonl</code>, one per line.</p></noscript
    >
    ${jsonIsland('texts-data', textsIsland(input))}`;
}
