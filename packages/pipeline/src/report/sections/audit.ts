import { shareText } from '../elements/format.js';
import { safe, type Html } from '../elements/html.js';
import { auditIsland } from '../elements/islands.js';
import { jsonIsland } from '../elements/json-island.js';
import type { AuditPair, AuditRecord } from '../../analysis/report-data.js';
import type { ReportInput } from '../elements/report-input.js';

/** Sampled records with the pairs that the gate would choose, to be rated by people and exported. */
export function auditSection(input: ReportInput): Html {
  const { from, records } = input.data.audit;
  let item = 0;
  const entries = records.map((record) => {
    const pairs = record.pairs.map((pair, i) => auditPair(input, pair, { item: item++, rank: i + 1 }));
    return safe`<li class="audit-record">
      ${recordHead(record)}
      <blockquote dir="auto">${record.text}</blockquote>
      <ol class="pairs">
        ${pairs}
      </ol>
    </li>`;
  });
  return safe`<p>
      ${records.length} ${from} records drawn by the seed, each with the three (persona, exemplar) pairs of largest π·Ω.
      Rate how plausible it is that the persona, having seen the exemplar, wrote the record: from 1 (not at all) to 5
      (exactly). Ratings stay in this browser until you export them.
    </p>
    <div class="toolbar" role="group" aria-label="Ratings">
      <span id="audit-progress" role="status">0 of ${item} rated</span>
      <button type="button" id="audit-json">Export JSON</button>
      <button type="button" id="audit-csv">Export CSV</button>
      <button type="button" id="audit-clear">Clear ratings</button>
    </div>
    <ol class="audit">
      ${entries}
    </ol>
    ${jsonIsland('audit-data', auditIsland(input))}`;
}

function recordHead({ id, label, context }: AuditRecord): Html {
  const extra = [label, context].filter((value) => value !== null && value !== '');
  return safe`<h3 dir="auto">
    Record <bdi>${id}</bdi>${extra.map((value) => safe` <small>· <bdi>${value ?? ''}</bdi></small>`)}
  </h3>`;
}

function auditPair(
  { personas, exemplars, names }: ReportInput,
  { persona, exemplar, weight, personaProbability }: AuditPair,
  { item, rank }: { readonly item: number; readonly rank: number },
): Html {
  const name = `rating-${item}`;
  const choices = [1, 2, 3, 4, 5].map(
    (value) => safe`<label><input type="radio" name="${name}" value="${value}" data-item="${item}" /> ${value}</label>`,
  );
  return safe`<li>
    <p>
      <b dir="auto">${names[persona] ?? ''}</b>
      <small>π·Ω ${shareText(weight)}, π ${shareText(personaProbability)}</small>
    </p>
    <details>
      <summary>Persona and exemplar</summary>
      <dl>
        <dt>Persona</dt>
        <dd dir="auto">${personas[persona]?.persona ?? ''}</dd>
        <dt>Exemplar <bdi>${exemplars[exemplar]?.id ?? ''}</bdi></dt>
        <dd dir="auto">${exemplars[exemplar]?.text ?? ''}</dd>
      </dl>
    </details>
    <fieldset class="rating">
      <legend>Rating of pair ${rank}</legend>
      ${choices}
    </fieldset>
  </li>`;
}
