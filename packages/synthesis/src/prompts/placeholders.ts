import { PromptError } from '../errors.js';
import type { Content, Part, Placeholder, Role, RoleTemplate } from './template.js';

interface Needs {
  readonly needed: readonly Placeholder[];
  readonly allowed: readonly Placeholder[];
}

const PAIR: Needs = { needed: ['persona', 'exemplar'], allowed: ['context', 'label'] };

/** Placeholders that each role must and may mention. */
const NEEDS: Readonly<Record<Role | 'keywordPersona', Needs>> = {
  generate: PAIR,
  generateFromTurn: PAIR,
  generateFromQuote: PAIR,
  generateFromProfile: PAIR,
  generateWithoutExemplar: { needed: ['persona'], allowed: ['context', 'label'] },
  zeroShot: { needed: [], allowed: ['context', 'label'] },
  describePersona: { needed: ['records'], allowed: ['keywords'] },
  classifyPersona: { needed: ['persona', 'labels'], allowed: [] },
  mixPersonas: { needed: ['personas'], allowed: ['records'] },
  keywordPersona: { needed: ['keywords'], allowed: [] },
};

/** All roles, in the order they are documented. */
export const ROLES: readonly Role[] = (Object.keys(NEEDS) as (keyof typeof NEEDS)[]).filter(
  (name) => name !== 'keywordPersona',
);

/** `{{`, `}}`, `{name}` or a brace that stands alone. */
export const MARKS: RegExp = /\{\{|\}\}|\{([A-Za-z]*)\}|[{}]/g;

/** The pieces of a content, whether one or several. */
export function partsOf(content: Content): readonly Part[] {
  return Array.isArray(content) ? (content as readonly Part[]) : [content as Part];
}

/** All contents of a role, first to last. */
export function contentsOf(role: RoleTemplate): readonly Content[] {
  return 'text' in role ? [role.text] : role.messages.map(({ content }) => content);
}

/**
 * Checks the placeholders of a role.
 * @throws PromptError naming the first one that is unknown, or missing, or may be absent and stands outside an `if`
 */
export function checkRole(template: RoleTemplate, role: Role | 'keywordPersona', where: string): void {
  const { needed, allowed } = NEEDS[role];
  const known = [...needed, ...allowed];
  const seen = new Set<string>();
  for (const part of contentsOf(template).flatMap(partsOf)) {
    const condition = typeof part === 'string' ? undefined : part.if;
    for (const name of namesIn(typeof part === 'string' ? part : part.text, `${where}: ${role}`)) {
      if (!known.includes(name as Placeholder)) {
        throw new PromptError(
          `${where}: ${role} has the unknown placeholder {${name}}. It may use ${known.map((k) => `{${k}}`).join(', ')}.`,
        );
      }
      if ((name === 'context' || name === 'label') && condition !== name) {
        throw new PromptError(
          `${where}: ${role} uses {${name}} outside a part with "if": "${name}". Not every record has one.`,
        );
      }
      seen.add(name);
    }
  }
  const missing = needed.find((name) => !seen.has(name));
  if (missing !== undefined)
    throw new PromptError(`${where}: ${role} lacks the placeholder {${missing}}. Say where it goes.`);
}

function namesIn(text: string, where: string): string[] {
  return [...text.matchAll(MARKS)].flatMap(([mark, name]) => {
    if (mark === '{{' || mark === '}}') return [];
    if (name !== undefined && name !== '') return [name];
    throw new PromptError(`${where} has a lone "${mark}". Write {name} for a placeholder and {{ or }} for a brace.`);
  });
}
