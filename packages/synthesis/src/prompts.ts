import { createHash } from 'node:crypto';
import type { ChatMessage, Prompt } from '@mixture-of-personas/llm';
import { PromptError } from './errors.js';
import { inert } from './inert.js';
import { contentsOf, MARKS, partsOf } from './placeholders.js';
import type { Content, Placeholder, PromptTemplate, Role, RoleTemplate } from './template.js';

/** The values of a prompt; `context` and `label` may be absent. */
export type PromptValues = Readonly<Partial<Record<Placeholder, string | undefined>>>;

/**
 * The prompt of one role with its values in place. A value is data: braces in it are not placeholders, and control tokens of chat
 * formats (`<|im_end|>`) are broken up so that it cannot end its turn.
 * @throws PromptError when the template has no such role or a value it needs was not given
 */
export function renderPrompt(template: PromptTemplate, role: Role, values: PromptValues): Prompt {
  const chosen = roleOf(template, role);
  if (chosen === undefined) {
    const known = Object.keys(template.roles).join(', ');
    throw new PromptError(`Template "${template.name}" has no role ${role}. It has ${known}.`);
  }
  const where = `template "${template.name}", ${role}`;
  const safe = safeValues(template, values);
  if ('text' in chosen) return { text: filled(chosen.text, safe, where) };
  return { messages: chosen.messages.map((turn) => ({ role: turn.role, content: filled(turn.content, safe, where) })) };
}

/**
 * The prompt of one role with several exemplars: where the exemplar is an answer of its own, request and answer are repeated for each; elsewhere
 * they stand one below the other in its place.
 * @param exemplars at least one
 */
export function renderWithExemplars(
  template: PromptTemplate,
  role: Role,
  values: PromptValues,
  exemplars: readonly string[],
): Prompt {
  const turns = exemplars.map((exemplar) => messagesOf(renderPrompt(template, role, { ...values, exemplar })));
  const chosen = template.roles[role];
  const at =
    chosen === undefined || 'text' in chosen
      ? -1
      : chosen.messages.findIndex((turn) => turn.role === 'assistant' && mentions(turn.content, 'exemplar'));
  const first = turns[0];
  if (at < 1 || first === undefined)
    return renderPrompt(template, role, { ...values, exemplar: exemplars.join('\n\n') });
  const shown = turns.flatMap((messages) => messages.slice(at - 1, at + 1));
  return { messages: [...first.slice(0, at - 1), ...shown, ...first.slice(at + 1)] };
}

/** The persona text that stands for a list of keywords, most telling first. */
export function keywordSentence(template: PromptTemplate, keywords: readonly string[]): string {
  return filled(
    template.keywordPersona,
    { keywords: keywords.join(', ') },
    `template "${template.name}", keywordPersona`,
  );
}

/** Whether a role's prompt says the record's label. */
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

function messagesOf(prompt: Prompt): readonly ChatMessage[] {
  return 'text' in prompt ? [] : prompt.messages;
}

function mentions(content: Content, name: Placeholder): boolean {
  return partsOf(content).some((part) => (typeof part === 'string' ? part : part.text).includes(`{${name}}`));
}

function safeValues(template: PromptTemplate, values: PromptValues): PromptValues {
  const { label } = values;
  const said = label === undefined ? undefined : (template.labelWords?.[label] ?? label);
  const entries = Object.entries({ ...values, label: said });
  return Object.fromEntries(entries.map(([name, value]) => [name, value === undefined ? undefined : inert(value)]));
}

function filled(content: Content, values: PromptValues, where: string): string {
  return partsOf(content)
    .map((part) => {
      if (typeof part === 'string') return fill(part, values, where);
      return values[part.if] === undefined ? '' : fill(part.text, values, where);
    })
    .join('');
}

/** One pass over the template's own text, so that what a value brings in is never looked at again. */
function fill(text: string, values: PromptValues, where: string): string {
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
