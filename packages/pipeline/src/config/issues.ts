import type { core } from 'zod';
import { UserError } from '../errors.js';
import { CONFIG_KEYS, expectation, schemaAt } from './keys.js';
import { unknownSetting, type GivenSetting } from './flags.js';
import type { ConfigFile } from './yaml-file.js';

/** Source of the settings. */
export interface IssueContext {
  readonly draft: Readonly<Record<string, unknown>>;
  readonly file: ConfigFile | undefined;
  readonly given: readonly GivenSetting[];
}

/** Explains an issue of the schema in one sentence: its place, the need, the value given. */
export function explainIssue(issue: core.$ZodIssue, context: IssueContext): UserError {
  const keys = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') return unknownKey(keys, issue.keys[0] ?? '', context);
  const name = keys.join('.');
  const value = keys.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
    context.draft,
  );
  const schema = schemaAt(keys);
  const needed = schema === undefined ? 'something else' : expectation(schema);
  if (value === undefined) return missing(name, needed, context);
  return new UserError('bad-setting', `${sourceOf(keys, context)}${name} must be ${needed}, got ${shown(value)}.`);
}

function unknownKey(parents: readonly (string | number)[], key: string, context: IssueContext): UserError {
  const name = [...parents, key].join('.');
  const inSection = Object.keys(schemaAt(parents)?.properties ?? {}).map((child) => [...parents, child].join('.'));
  const names = [...new Set([...inSection, ...CONFIG_KEYS.map((known) => known.name)])];
  return unknownSetting(sourceOf([...parents, key], context).replace(/: $/, ''), name, names);
}

function missing(name: string, needed: string, { file }: IssueContext): UserError {
  const section = name.split('.')[0] ?? name;
  const within = CONFIG_KEYS.find((key) => key.required && key.name.startsWith(`${section}.`));
  const required = name === section ? (within?.name ?? name) : name;
  const where = file === undefined ? 'the command line' : file.path;
  const problem = `${required} is missing from ${where}: ${required === name ? needed : 'some text'} is needed.`;
  return new UserError('missing-setting', problem, {
    remedy: `Add it to mop.yaml, or give --${required}; mop init writes a complete file.`,
  });
}

/** "mop.yaml line 12: ", "--gate.topM: " or nothing. */
function sourceOf(keys: readonly (string | number)[], { file, given }: IssueContext): string {
  const name = keys.join('.');
  const flag = given.findLast((setting) => name === setting.name || name.startsWith(`${setting.name}.`));
  if (flag !== undefined) return `${flag.source}: `;
  const line = file?.lineOf(keys);
  if (file === undefined) return '';
  return line === undefined ? `${file.path}: ` : `${file.path} line ${line}: `;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
