import { z } from 'zod';
import { readConfigFile } from '../../config/yaml-file.js';
import { UserError } from '../../errors.js';

const schema = z
  .strictObject({
    /** Words or phrases of each group; found as whole words, whatever their case. */
    groups: z.record(z.string(), z.array(z.string().trim().min(1)).min(1)),
    /** Two groups whose n-th terms stand for each other. */
    swaps: z.array(z.tuple([z.string(), z.string()])).default([]),
  })
  .superRefine(({ groups, swaps }, context) => {
    for (const [a, b] of swaps) {
      const missing = [a, b].find((name) => groups[name] === undefined);
      const message =
        missing === undefined
          ? `swaps: ${a} has ${groups[a]?.length} terms and ${b} ${groups[b]?.length}; the n-th of one stands for the n-th of the other`
          : `swaps: there is no group ${missing}`;
      if (missing !== undefined || groups[a]?.length !== groups[b]?.length)
        context.addIssue({ code: 'custom', message });
    }
  });

/** Words that speak of groups of people, and which groups are each other's counterpart. */
export type GroupTerms = z.infer<typeof schema>;

/** Terms that an audit looks for by default. */
export const DEFAULT_TERMS: GroupTerms = {
  groups: {
    women: 'woman women she her herself mother daughter wife sister girl girls female'.split(' '),
    men: 'man men he his himself father son husband brother boy boys male'.split(' '),
    young: 'young youth child children student students teenager teenagers'.split(' '),
    old: 'old age elder elders retired pensioner pensioners elderly'.split(' '),
  },
  swaps: [['women', 'men']],
};

/** Reads terms from YAML: `groups` (name to terms) and `swaps` (pairs of names). @throws UserError saying what is wrong with the file */
export async function readGroupTerms(path: string): Promise<GroupTerms> {
  const parsed = schema.safeParse((await readConfigFile(path)).content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new UserError('bad-terms', `${path} is no list of group terms: ${where}${issue?.message ?? 'unreadable'}.`, {
    remedy: 'Write groups: {name: [terms]} and swaps: [[name, name]].',
  });
}

/** Matches any of the terms as whole words, in any script, whatever their case. */
function pattern(terms: readonly string[]): RegExp {
  const escaped = [...terms]
    .sort((a, b) => b.length - a.length)
    .map((term) => term.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
}

/** Whether a text has one of the terms. */
export function mentions(terms: readonly string[]): (text: string) => boolean {
  const found = pattern(terms);
  return (text) => text.search(found) >= 0;
}

/** The text with the terms of two groups in each other's place; a capital first letter and all capitals are kept. */
export function swapTerms(text: string, a: readonly string[], b: readonly string[]): string {
  const other = new Map([...a.map((term, i) => [term, b[i]]), ...b.map((term, i) => [term, a[i]])] as [
    string,
    string,
  ][]);
  const byLower = new Map([...other].map(([from, to]) => [from.toLowerCase(), to]));
  return text.replace(pattern([...a, ...b]), (word) => inCaseOf(word, byLower.get(word.toLowerCase()) ?? word));
}

function inCaseOf(model: string, word: string): string {
  if (model.length > 1 && model === model.toUpperCase()) return word.toUpperCase();
  const first = model.charAt(0);
  return first === first.toUpperCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
