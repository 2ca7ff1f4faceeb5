import type { Options } from 'yargs';
import { parse } from 'yaml';
import { UserError } from '../errors.js';
import { CONFIG_KEYS, expectation, type JsonSchema } from './keys.js';
import { nearest } from './nearest.js';

/** A setting given on the command line: `--gate.topM 8` or `--set gate.topM=8`. */
export interface GivenSetting {
  readonly name: string;
  readonly value: unknown;
  /** As it stood on the command line, for messages. */
  readonly source: string;
}

/** The flags of every setting, and `--config` and `--set`, as yargs options; values stay text until `settingsOf` reads them. */
export function configOptions(): Record<string, Options> {
  const group = 'Settings (keys of mop.yaml):';
  const flags = CONFIG_KEYS.map(({ name, schema }): [string, Options] => [
    name,
    { type: 'string', group, describe: `${schema.description ?? ''}${defaultNote(schema)}` },
  ]);
  return {
    config: {
      alias: 'c',
      type: 'string',
      requiresArg: true,
      describe: 'Configuration file [default: mop.yaml if there is one]',
    },
    set: { type: 'string', requiresArg: true, describe: 'Another way to give a setting: --set gate.topM=8' },
    ...Object.fromEntries(flags),
  };
}

/** The settings in parsed arguments: first those of `--set`, then those with a flag of their own, so that a flag wins. */
export function settingsOf(argv: Readonly<Record<string, unknown>>): GivenSetting[] {
  const set = listOf(argv['set']).map((assignment) => assignmentOf(assignment));
  const flags = CONFIG_KEYS.flatMap(({ name, schema }) => {
    const value = listOf(argv[name]).at(-1);
    return value === undefined ? [] : [{ name, value: valueOf(value, schema), source: `--${name}` }];
  });
  return [...set, ...flags];
}

function assignmentOf(assignment: string): GivenSetting {
  const equals = assignment.indexOf('=');
  const name = assignment.slice(0, equals).trim();
  if (equals < 1) throw new UserError('bad-setting', `--set ${assignment} has no value; write --set KEY=VALUE.`);
  const key = CONFIG_KEYS.find((known) => known.name === name);
  if (key === undefined) throw unknownSetting(`--set ${assignment}`, name);
  return { name, value: valueOf(assignment.slice(equals + 1), key.schema), source: `--set ${name}` };
}

/** A key that no setting has, with the nearest that one does. */
export function unknownSetting(where: string, name: string, among: readonly string[] = KEY_NAMES): UserError {
  const near = nearest(name, among);
  const [section, ...key] = name.split('.');
  const nested = near === name ? `In a file it stands in its section: ${section}: {${key.join('.')}: …}.` : undefined;
  return new UserError('unknown-key', `${where === '' ? 'There' : `${where}: there`} is no setting ${name}.`, {
    remedy: nested ?? (near === undefined ? `Known here: ${among.join(', ')}.` : `Did you mean ${near}?`),
  });
}

const KEY_NAMES: readonly string[] = CONFIG_KEYS.map(({ name }) => name);

/** Text from the command line as the setting's type; what does not fit stays text, so that the schema can say what is needed. */
function valueOf(text: string, schema: JsonSchema): unknown {
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((one) => valueOf(text, one)).find((value) => value !== text) ?? text;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === '' || text === 'true' ? true : text === 'false' ? false : text;
    case 'array':
      if (text.startsWith('[')) return parse(text) as unknown;
      return text.split(',').flatMap((item) => (item === '' ? [] : [valueOf(item, schema.items ?? {})]));
    case undefined:
    default:
      return text;
  }
}

/** yargs gives one value or a list, and false for `--no-KEY`. */
function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function defaultNote(schema: JsonSchema): string {
  const takes = schema.type === 'string' && schema.enum === undefined ? '' : ` (${expectation(schema)})`;
  if (schema.default === undefined) return takes;
  return `${takes} [default: ${Array.isArray(schema.default) ? schema.default.join(',') : JSON.stringify(schema.default).replace(/^"|"$/g, '')}]`;
}
