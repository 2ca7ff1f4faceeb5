import type { AuditIsland } from '../src/report/elements/islands.js';
import { byId, download, island } from './dom.js';
import { keptRatings, ratedItems, ratingsCsv, type Ratings } from './ratings.js';

/** Keeps the ratings of the audit, in this browser where it allows that, and exports them. */
export function startAudit(): void {
  const { run, items } = island<AuditIsland>('audit-data');
  const key = `mop-ratings-${run}`;
  let ratings: Ratings = keptRatings(kept(key), items.length);
  const inputs = [...document.querySelectorAll<HTMLInputElement>('input[data-item]')];
  const show = (): void => {
    for (const input of inputs) input.checked = ratings[Number(input.dataset['item'])] === Number(input.value);
    byId('audit-progress').textContent = `${Object.keys(ratings).length} of ${items.length} rated`;
  };
  const change = (next: Ratings): void => {
    ratings = next;
    keep(key, JSON.stringify(ratings));
    show();
  };
  for (const input of inputs)
    input.addEventListener('change', () =>
      change({ ...ratings, [Number(input.dataset['item'])]: Number(input.value) }),
    );
  byId('audit-clear').addEventListener('click', () => change({}));
  byId('audit-json').addEventListener('click', () => {
    const ratedBy = { run, ratings: ratedItems(items, ratings) };
    download('ratings.json', 'application/json', `${JSON.stringify(ratedBy, null, 2)}\n`);
  });
  byId('audit-csv').addEventListener('click', () => {
    download('ratings.csv', 'text/csv', ratingsCsv(ratedItems(items, ratings)));
  });
  show();
}

/** Some browsers keep nothing for a page from a file: the ratings then live as long as the page. */
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above: nothing to do, the export still has them.
  }
}
