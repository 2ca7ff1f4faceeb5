import { createHash } from 'node:crypto';
import type { Prompt } from '@mixture-of-personas/llm';
import { PromptError } from '../errors.js';
import { inert } from './inert.js';
import { contentsOf, MARKS, partsOf } from './placeholders.js';
import type { Content, Placeholder, PromptTemplate, Role, RoleTemplate, TurnTemplate } from './template.js';

/** Values of the placeholders. `context` and `label` may be absent. Several exemplars are given as a list, the first one farthest from the request. */
export type PromptValues = Readonly<Partial<Record<Exclude<Placeholder, 'exemplar'>, string | undefined>>> & {
  readonly exemplar?: string | readonly string[] | undefined;
};

/** Whether prompts say the label of their record. Labels stay out of prompts unless a run asks for them (docs/decisions/0120). */
export type PromptLabel = 'never' | 'always';

/** Options of `renderPrompt`. */
export interface RenderOptions {
  /** @defaultValue 'never' */
  readonly label?: PromptLabel | undefined;
}

/**
 * Renders the prompt of one role. Values are data: braces in them are not placeholders, and control tokens of chat formats
 * (`<|im_end|>`) are broken up so that a value cannot end its turn. With several exemplars, request and answer repeat where the exemplar is
 * an answer of its own; elsewhere the exemplars stand one below the other, a blank line between them.
 * @throws PromptError when the template lacks the role or a value that the role needs is missing
 */
export function renderPrompt(
  template: PromptTemplate,
  role: Role,
  values: PromptValues,
  options: RenderOptions = {},
): Prompt {
  const chosen = roleOf(template, role);
  if (chosen === undefined) {
    const known = Object.keys(template.roles).join(', ');
    throw new PromptError(`Template "${template.name}" has no role ${role}. It has ${known}.`);
  }
  const where = `template "${template.name}", ${role}`;
  const { exemplar, ...others } = values;
  const exemplars = typeof exemplar === 'string' ? [exemplar] : (exemplar ?? []);
  const safe = safeValues(template, options.label === 'always' ? others : { ...others, label: undefined });
  const joined = { ...safe, exemplar: exemplars.length === 0 ? undefined : exemplars.map(inert).join('\n\n') };
  if ('text' in chosen) return { text: filled(chosen.text, joined, where) };
  const { messages } = chosen;
  const message = (turn: TurnTemplate, given: FlatValues) => ({
    role: turn.role,
    content: filled(turn.content, given, where),
  });
  const at = messages.findIndex((turn) => turn.role === 'assistant' && mentions(turn.content, 'exemplar'));
  if (exemplars.length < 2 || at < 1) return { messages: messages.map((turn) => message(turn, joined)) };
  const shown = exemplars.flatMap((one) =>
    messages.slice(at - 1, at + 1).map((turn) => message(turn, { ...safe, exemplar: inert(one) })),
  );
  const rest = (turns: readonly TurnTemplate[]) => turns.map((turn) => message(turn, joined));
  return { messages: [...rest(messages.slice(0, at - 1)), ...shown, ...rest(messages.slice(at + 1))] };
}

/** The persona text that stands for a list of keywords, most telling first. */
export function keywordSentence(template: PromptTemplate, keywords: readonly string[]): string {
  return filled(
    template.keywordPersona,
    { keywords: keywords.join(', ') },
    `template "${template.name}", keywordPersona`,
  );
}

/** Whether the template says the record's label in a role. */
export function saysLabel(template: PromptTemplate, role: Role): boolean {
  const chosen = roleOf(template, role);
  const parts = chosen === undefined ? [] : contentsOf(chosen).flatMap(partsOf);
  return parts.some((part) => typeof part !== 'string' && part.if === 'label');
}

/**
 * SHA-256 of a prompt, hex: of the UTF-8 bytes of `{"messages":[{"role":…,"content":…},…]}` or `{"text":…}` as JSON without spaces,
 * keys in that order. The model's chat template is part of the model and not hashed here.
 */
export function promptHash(prompt: Prompt): string {
  const canonical =
    'text' in prompt
      ? { text: prompt.text }
      : { messages: prompt.messages.map(({ role, content }) => ({ role, content })) };
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

/** A template's role; the one without exemplar is made from `zeroShot` where it is not given. */
function roleOf(template: PromptTemplate, role: Role): RoleTemplate | undefined {
  const { zeroShot } = template.roles;
  const given = template.roles[role];
  if (given !== undefined || role !== 'generateWithoutExemplar' || zeroShot === undefined) return given;
  const [first, ...rest] = 'text' in zeroShot ? [] : zeroShot.messages;
  if (first === undefined)
    return 'text' in zeroShot ? { text: ['{persona}\n\n', ...partsOf(zeroShot.text)] } : undefined;
  return { messages: [{ ...first, content: ['{persona} ', ...partsOf(first.content)] }, ...rest] };
}

function mentions(content: Content, name: Placeholder): boolean {
  return partsOf(content).some((part) => (typeof part === 'string' ? part : part.text).includes(`{${name}}`));
}

type FlatValues = Readonly<Partial<Record<Placeholder, string | undefined>>>;

function safeValues(template: PromptTemplate, values: FlatValues): FlatValues {
  const { label } = values;
  const said = label === undefined ? undefined : wordFor(template, label);
  const entries = Object.entries({ ...values, label: said });
  return Object.fromEntries(entries.map(([name, value]) => [name, value === undefined ? undefined : inert(value)]));
}

/** The word for a label in prompts. */
export function wordFor({ labelWords }: PromptTemplate, label: string): string {
  return labelWords?.[label] ?? label;
}

function filled(content: Content, values: FlatValues, where: string): string {
  return partsOf(content)
    .map((part) => {
      if (typeof part === 'string') return fill(part, values, where);
      return values[part.if] === undefined ? '' : fill(part.text, values, where);
    })
    .join('');
}

/** One pass over the template's own text, so that what a value brings in is never looked at again. */
function fill(text: string, values: FlatValues, where: string): string {
  return text.replace(MARKS, (mark, name: string | undefined) => {
    if (name === undefined || name === '') return mark.slice(0, 1);
    const value = values[name as Placeholder];
    if (value === undefined) throw new PromptError(`${where}: no value for {${name}}. Give it one.`);
    return value;
  });
}

/** The texts of a prompt, first to last. */
export function promptTexts(prompt: Prompt): string[] {
  return 'text' in prompt ? [prompt.text] : prompt.messages.map(({ content }) => content);
}
