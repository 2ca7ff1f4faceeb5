import { PromptError } from '../errors.js';
import { checkRole, ROLES } from './placeholders.js';
import type { Content, OutputRules, Part, PromptTemplate, Role, RoleTemplate, TurnTemplate } from './template.js';

type Fields = Readonly<Record<string, unknown>>;

const KEYS = ['name', 'description', 'roles', 'keywordPersona', 'classes', 'labelWords', 'output'];
const OUTPUT_KEYS = ['maxTokens', 'headings', 'singleLine'];

/**
 * A prompt template from the parsed JSON of a template file, checked: every role known, every placeholder allowed in its role, every
 * needed one there.
 * @param json what `JSON.parse` gave
 * @param where the file's name, for messages
 * @throws PromptError naming the file, the role and what is wrong with it
 */
export function parseTemplate(json: unknown, where: string): PromptTemplate {
  const fields = objectOf(json, where, KEYS);
  const roles = objectOf(fields['roles'], `${where}: roles`, ROLES);
  const parsed: Partial<Record<Role, RoleTemplate>> = {};
  for (const role of ROLES) {
    if (roles[role] === undefined) continue;
    parsed[role] = parseRole(roles[role], `${where}: roles.${role}`);
  }
  const { generate } = parsed;
  if (generate === undefined) {
    throw new PromptError(
      `${where}: roles.generate is missing. Say how a text is asked for from {persona} and {exemplar}.`,
    );
  }
  const { classes, labelWords } = fields;
  const template = {
    name: stringOf(fields['name'], `${where}: name`),
    description: stringOf(fields['description'] ?? '', `${where}: description`),
    roles: parsed,
    keywordPersona: stringOf(fields['keywordPersona'] ?? 'You write about {keywords}.', `${where}: keywordPersona`),
    ...(classes === undefined ? {} : { classes: stringsOf(classes, `${where}: classes`) }),
    ...(labelWords === undefined ? {} : { labelWords: wordsOf(labelWords, `${where}: labelWords`) }),
    output: parseOutput(fields['output'] ?? {}, `${where}: output`),
  };
  for (const role of ROLES) {
    const made = parsed[role];
    if (made !== undefined) checkRole(made, role, where);
  }
  checkRole({ text: template.keywordPersona }, 'keywordPersona', where);
  return template;
}

function parseRole(json: unknown, where: string): RoleTemplate {
  const fields = objectOf(json, where, ['messages', 'text']);
  if ((fields['messages'] === undefined) === (fields['text'] === undefined)) {
    throw new PromptError(
      `${where}: needs either "messages" (a chat) or "text" (a base model's prompt), not both or neither.`,
    );
  }
  if (fields['text'] !== undefined) return { text: contentOf(fields['text'], `${where}.text`) };
  const turns = arrayOf(fields['messages'], `${where}.messages`);
  if (turns.length === 0) throw new PromptError(`${where}.messages: is empty. Give it at least one user turn.`);
  return { messages: turns.map((turn, i) => turnOf(turn, `${where}.messages[${i}]`)) };
}

function turnOf(json: unknown, where: string): TurnTemplate {
  const { role, content } = objectOf(json, where, ['role', 'content']);
  if (role !== 'system' && role !== 'user' && role !== 'assistant') {
    throw new PromptError(`${where}.role: must be system, user or assistant, got ${JSON.stringify(role)}.`);
  }
  return { role, content: contentOf(content, `${where}.content`) };
}

function contentOf(json: unknown, where: string): Content {
  return Array.isArray(json) ? json.map((part, i) => partOf(part, `${where}[${i}]`)) : partOf(json, where);
}

function partOf(json: unknown, where: string): Part {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object')
    throw new PromptError(`${where}: must be a string or a part with "if" and "text", got ${typeof json}.`);
  const fields = objectOf(json, where, ['if', 'text']);
  if (fields['if'] !== 'context' && fields['if'] !== 'label') {
    throw new PromptError(`${where}.if: must be "context" or "label", got ${JSON.stringify(fields['if'])}.`);
  }
  return { if: fields['if'], text: stringOf(fields['text'], `${where}.text`) };
}

function parseOutput(json: unknown, where: string): OutputRules {
  const { maxTokens = 200, headings = [], singleLine = false } = objectOf(json, where, OUTPUT_KEYS);
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw new PromptError(`${where}.maxTokens: must be a whole number from 1 on, got ${JSON.stringify(maxTokens)}.`);
  }
  if (typeof singleLine !== 'boolean') throw new PromptError(`${where}.singleLine: must be true or false.`);
  return { maxTokens, headings: stringsOf(headings, `${where}.headings`), singleLine };
}

function objectOf(json: unknown, where: string, known: readonly string[]): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new PromptError(
      `${where}: must be an object, got ${json === null ? 'null' : Array.isArray(json) ? 'a list' : typeof json}.`,
    );
  }
  const stranger = Object.keys(json).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new PromptError(`${where}: unknown key "${stranger}". Known: ${known.join(', ')}.`);
  return json as Fields;
}

function arrayOf(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new PromptError(`${where}: must be a list.`);
  return json;
}

function stringOf(json: unknown, where: string): string {
  if (typeof json !== 'string') throw new PromptError(`${where}: must be a string, got ${typeof json}.`);
  return json;
}

function stringsOf(json: unknown, where: string): string[] {
  return arrayOf(json, where).map((item, i) => stringOf(item, `${where}[${i}]`));
}

function wordsOf(json: unknown, where: string): Record<string, string> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new PromptError(`${where}: must be an object.`);
  return Object.fromEntries(Object.entries(json).map(([label, word]) => [label, stringOf(word, `${where}.${label}`)]));
}
