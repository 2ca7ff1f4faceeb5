import { markdownTable } from '../tables/markdown-table.js';
import { tableColumns } from '../tables/table.js';
import { CONFIG_KEYS, configJsonSchema, expectation, type ConfigKey } from './keys.js';

/** Content of `mop.schema.json`, which ships for editors. */
export function schemaFile(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

/** The table of settings in the README: key, what it takes, default, meaning. */
function keysTable(): string {
  const rows = CONFIG_KEYS.map(({ name, schema, required }: ConfigKey) => {
    const initial = required ? 'required' : schema.default === undefined ? '–' : code(schema.default);
    return [code(name), expectation(schema), initial, schema.description ?? ''];
  });
  const columns = tableColumns('key and flag', 'takes', 'default', 'meaning');
  return markdownTable({ columns, rows }, 'markup');
}

/** Marks around the table in the README. */
const TABLE_MARKS = ['<!-- keys: start (npm run refresh) -->', '<!-- keys: end -->'] as const;

/** A README with the table of settings made new. */
export function withKeysTable(readme: string): string {
  return withTable(readme, TABLE_MARKS, keysTable());
}

/** A page with a table between its marks made new. */
export function withTable(page: string, [start, end]: readonly [string, string], table: string): string {
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no "${start}" … "${end}"`);
  return `${page.slice(0, from + start.length)}\n\n<!-- prettier-ignore -->\n${table}\n\n${page.slice(to)}`;
}

function code(value: unknown): string {
  return `\`${Array.isArray(value) ? value.join(',') : String(value)}\``;
}
