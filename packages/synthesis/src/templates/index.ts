import { PromptError } from '../errors.js';
import type { PromptTemplate } from '../template.js';
import { agNews } from './ag-news.js';
import { generic } from './generic.js';
import { imdb } from './imdb.js';
import { sst2 } from './sst-2.js';
import { tokens } from './tokens.js';
import { yelp } from './yelp.js';

const TEMPLATES: readonly PromptTemplate[] = [agNews, yelp, sst2, imdb, generic, tokens];

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
