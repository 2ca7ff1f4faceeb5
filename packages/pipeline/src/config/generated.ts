import { CONFIG_KEYS, configJsonSchema, expectation, type ConfigKey } from './keys.js';

/** Content of `mop.schema.json`, which ships for editors. */
export function schemaFile(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

/** The table of settings in the README: key, what it takes, default, meaning. */
function keysTable(): string {
  const rows = CONFIG_KEYS.map(({ name, schema, required }: ConfigKey) => {
    const initial = required ? 'required' : schema.default === undefined ? '–' : code(schema.default);
    return `| \`${name}\` | ${expectation(schema)} | ${initial} | ${schema.description ?? ''} |`;
  });
  return ['| key and flag | takes | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Where the table stands in the README. */
const TABLE_MARKS = ['<!-- keys: start (npm run refresh) -->', '<!-- keys: end -->'] as const;

/** A README with the table between its marks made new. */
export function withKeysTable(readme: string): string {
  const [start, end] = TABLE_MARKS;
  const from = readme.indexOf(start);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no "${start}" … "${end}"`);
  return `${readme.slice(0, from + start.length)}\n\n<!-- prettier-ignore -->\n${keysTable()}\n\n${readme.slice(to)}`;
}

function code(value: unknown): string {
  return `\`${Array.isArray(value) ? value.join(',') : String(value)}\``;
}
