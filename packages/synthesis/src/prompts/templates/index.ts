import { PromptError } from '../../errors.js';
import type { PromptTemplate } from '../template.js';
import { chatTemplates } from './chat-templates.js';
import { tokens } from './tokens.js';

const TEMPLATES: readonly PromptTemplate[] = [...chatTemplates, tokens];

/** Names of the templates that come with this package. */
export const templateNames: readonly string[] = TEMPLATES.map(({ name }) => name);

/**
 * A template that comes with this package.
 * @throws PromptError naming the known ones
 */
export function templateFor(name: string): PromptTemplate {
  const found = TEMPLATES.find((template) => template.name === name);
  if (found !== undefined) return found;
  throw new PromptError(
    `There is no template "${name}". Take one of ${templateNames.join(', ')}, or give the path of a template file.`,
  );
}
