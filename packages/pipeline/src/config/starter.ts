import { stringify } from 'yaml';
import { asSection, DEMO_SETTINGS, type Settings } from './demo.js';
import { configJsonSchema, expectation, type JsonSchema } from './keys.js';

/** Address at which an editor finds the JSON Schema of this version. */
const SCHEMA_ADDRESS = 'https://unpkg.com/@mixture-of-personas/cli@0.1/mop.schema.json';

/**
 * A `mop.yaml` to start from: every setting with its default and what it means; settings without a default are commented out.
 * @param chosen settings in place of defaults; left out, those of the demonstration
 */
export function starterConfig(chosen: Settings = DEMO_SETTINGS): string {
  const sections = Object.entries((configJsonSchema() as JsonSchema).properties ?? {});
  const lines = sections.flatMap(([key, schema]) => ['', ...linesOf(key, schema, { indent: '', chosen: chosen[key] })]);
  return [`# yaml-language-server: $schema=${SCHEMA_ADDRESS}`, ...lines, ''].join('\n');
}

/** Lines of a setting or a section; `chosen` stands in for the default: a value, or a section of them. */
function linesOf(key: string, schema: JsonSchema, { indent, chosen }: { indent: string; chosen: unknown }): string[] {
  if (schema.properties !== undefined) {
    const children = Object.entries(schema.properties);
    const within = asSection(chosen);
    const inside = children.flatMap(([child, below]) =>
      linesOf(child, below, { indent: `${indent}  `, chosen: within[child] }),
    );
    const heading = schema.description === undefined ? [] : [`${indent}# ${schema.description}`];
    return [...heading, `${indent}${key}:`, ...inside];
  }
  const comment = `# ${schema.description ?? ''}${schema.type === 'string' && schema.enum === undefined ? '' : ` (${expectation(schema)})`}`;
  const value = chosen ?? schema.default;
  if (value === undefined) return [`${indent}${comment}`, `${indent}# ${key}:`];
  const inline = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  return [`${indent}${comment}`, `${indent}${key}: ${inline}`];
}
