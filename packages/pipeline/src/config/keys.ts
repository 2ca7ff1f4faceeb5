import { z } from 'zod';
import { configSchema } from './schema.js';

/** JSON Schema as `z.toJSONSchema` writes it, as far as configuration keys need it. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
}

/** A setting: its dotted name is its key in `mop.yaml` and its flag. */
export interface ConfigKey {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** The JSON Schema (draft 2020-12) of `mop.yaml` as people write it: what has a default may be left out. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configSchema, { io: 'input' }), title: 'mop.yaml' };
}

/** Every setting, in the order of the schema. */
export const CONFIG_KEYS: readonly ConfigKey[] = keysOf(configJsonSchema(), '');

/** Schema under a dotted name: a setting or a section, or undefined. */
export function schemaAt(name: readonly (string | number)[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = configJsonSchema();
  for (const part of name) schema = typeof part === 'number' ? schema?.items : schema?.properties?.[part];
  return schema;
}

/** Values that a setting takes, in words: "a whole number of at least 1". */
export function expectation(schema: JsonSchema): string {
  if (schema.properties !== undefined) return `a section with ${Object.keys(schema.properties).join(', ')}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectation).join(' or ');
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  switch (schema.type) {
    case 'array':
      return `a list${schema.items === undefined ? '' : ` of ${expectation(schema.items)}`}`;
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case undefined:
    default:
      return 'some text';
  }
}

function range({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const least = minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : '';
  const above = exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `at most ${maximum}` : '';
  const words = [least, above, most].filter((word) => word !== '').join(' and ');
  return words === '' ? '' : ` ${words}`;
}

function keysOf(schema: JsonSchema, prefix: string): ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (child.properties !== undefined) return keysOf(child, name);
    return [{ name, schema: child, required: schema.required?.includes(key) ?? false }];
  });
}
