import type { SourceText, TextRow, TextsIsland } from '../src/report/elements/islands.js';
import { byId, island, make } from './dom.js';
import { findTexts, searchIndex, type TextQuery } from './find-texts.js';

/** Texts of a page of the list. */
const PAGE = 20;

/** Fills the browser of simulated texts and keeps it filled. */
export function startTexts(): void {
  const data = island<TextsIsland>('texts-data');
  const index = searchIndex(data);
  const list = byId('texts-list');
  let found: number[] = [];
  let page = 0;
  const show = (): void => {
    const from = page * PAGE;
    const shown = found.slice(from, from + PAGE);
    list.replaceChildren(...shown.map((i) => entry(data, data.rows[i]!)));
    list.setAttribute('start', String(from + 1));
    byId('texts-status').textContent =
      found.length === 0
        ? 'No text has all of this.'
        : `${from + 1}–${from + shown.length} of ${found.length.toLocaleString('en-US')} texts`;
    byId<HTMLButtonElement>('texts-previous').disabled = page === 0;
    byId<HTMLButtonElement>('texts-next').disabled = from + PAGE >= found.length;
  };
  const search = (): void => {
    found = findTexts(data, index, query());
    page = 0;
    show();
  };
  const turn = (by: number) => (): void => {
    page += by;
    show();
    byId('texts').scrollIntoView();
  };
  byId('texts-form').addEventListener('input', search);
  byId('texts-form').addEventListener('submit', (event) => event.preventDefault());
  byId('texts-previous').addEventListener('click', turn(-1));
  byId('texts-next').addEventListener('click', turn(1));
  search();
}

function query(): TextQuery {
  const persona = byId<HTMLSelectElement>('texts-persona').value;
  return {
    search: byId<HTMLInputElement>('texts-search').value,
    persona: persona === '' ? undefined : Number(persona),
    order: byId<HTMLSelectElement>('texts-order').value as TextQuery['order'],
  };
}

function entry({ personas, exemplars, golden }: TextsIsland, row: TextRow): HTMLElement {
  const persona = personas[row.persona];
  const [pi, omega, tau] = row.probabilities;
  const facts = [
    row.id,
    ...[row.context, row.label].filter((value): value is string => value !== null && value !== ''),
    persona?.name ?? 'no persona',
  ];
  const [at, cosine] = row.nearest ?? [-1, 0];
  return make(
    'li',
    {},
    make('p', { class: 'facts' }, ...facts.flatMap((fact, i) => [i === 0 ? '' : ' · ', make('bdi', {}, fact)])),
    make('p', { class: 'text', dir: 'auto' }, row.text === '' ? '(empty)' : row.text),
    make(
      'details',
      {},
      make(
        'summary',
        {},
        at < 0 ? 'Where it comes from' : `Where it comes from · nearest golden record: cosine ${cosine.toFixed(2)}`,
      ),
      make(
        'dl',
        {},
        ...part(`Persona (π ${pi}, τ ${tau})`, persona?.text ?? 'none'),
        ...source(`Exemplar (Ω ${omega})`, exemplars[row.exemplar]),
        ...source(`Nearest golden record (cosine ${cosine.toFixed(3)})`, golden[at]),
      ),
    ),
  );
}

function source(title: string, record: SourceText | undefined): HTMLElement[] {
  return record === undefined ? [] : part(title, record.text, record.id);
}

function part(title: string, text: string, id?: string): HTMLElement[] {
  const head = id === undefined ? [title] : [`${title} `, make('bdi', {}, id)];
  return [make('dt', {}, ...head), make('dd', { dir: 'auto' }, text)];
}
