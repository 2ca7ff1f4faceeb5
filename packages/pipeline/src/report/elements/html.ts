import { escapeHtml } from '../../tables/escape.js';

/** Markup that is safe to put into a page: made by `safe` alone, so that no text becomes markup on its way. */
export interface Html {
  readonly markup: string;
}

type Value = Html | string | number | readonly Html[];

/** A template whose values are escaped, whether they stand between tags or inside a quoted attribute, unless they are `Html` themselves. */
export function safe(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { markup: strings.map((string, i) => (i === 0 ? string : markupOf(values[i - 1]!) + string)).join('') };
}

/** Nothing at all. */
export const NOTHING: Html = { markup: '' };

function markupOf(value: Value): string {
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}
