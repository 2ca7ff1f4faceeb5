import { randomFor } from '@mixture-of-personas/numeric';
import { BaselineError } from '../errors.js';
import type { PromptTemplate } from '../prompts/template.js';
import { simulateBaseline, type Baseline } from './baseline.js';
import { inventContexts } from './invent.js';
import type { SourceContext, TextWriter, ValuesOf } from './source.js';

/** Classes and subjects that a baseline asks for. */
export interface ClassPlan {
  readonly template: PromptTemplate;
  readonly seed: number;
  /** Classes asked for in turn, so that each has the same number of texts; empty asks for none. */
  readonly labels: readonly string[];
  /** Subjects of texts (titles, restaurants), one drawn for each row; empty asks for none. */
  readonly contexts: readonly string[];
}

/** Class and context of a row: the classes in turn, and a context drawn with equal chances. */
export function askedOf(
  { labels, contexts, seed }: ClassPlan,
  row: number,
): Record<'label' | 'context', string | undefined> {
  return {
    label: labels[row % Math.max(1, labels.length)],
    context: contexts[Math.floor(randomFor(seed, 'baseline context', row)() * contexts.length)],
  };
}

const INVENTED_CONTEXTS = 100;

/** The setting `temperature`. */
export const temperatureFact = {
  temperature: {
    kind: 'number',
    above: 0,
    about:
      'τ of every text of another method; when absent that of the mixture compared with for `uniform` and `nearest`, else 1.',
  },
} as const;

/** The setting `demonstrations`. */
export const demonstrationsFact = {
  demonstrations: {
    kind: 'number',
    whole: true,
    least: 1,
    about: 'Texts shown in a prompt; when absent 3 for `picle` and 8 for `progen`.',
  },
} as const;

const CLASSES = {
  labels: { kind: 'flag', default: true, about: 'Ask for the classes in turn, where template or records name any.' },
  contexts: {
    kind: 'choice',
    of: ['none', 'records', 'llm'],
    default: 'none',
    about: 'Subjects of the texts: none, contexts of the records, or titles made by the language model.',
  },
} as const;

/** Settings of all sources that ask for classes. */
export const classFacts: typeof temperatureFact & typeof CLASSES = { ...temperatureFact, ...CLASSES };

/** Values of `classFacts`. */
export type ClassSettings = ValuesOf<typeof classFacts>;

/**
 * The plan of a source that asks for classes. The classes are those of the records, sorted, else the template's.
 * @throws BaselineError when `contexts` is `records` and no record has one
 */
export async function classPlan(
  { template, seed, records, model, signal }: SourceContext,
  { labels, contexts }: Omit<ClassSettings, 'temperature'>,
): Promise<ClassPlan> {
  const given = [...new Set(records.flatMap(({ label }) => (label === undefined ? [] : [label])))].sort();
  const classes = given.length > 0 ? given : (template.classes ?? []);
  const found = records.flatMap(({ context }) => (context === undefined ? [] : [context]));
  if (contexts === 'records' && found.length === 0)
    throw new BaselineError('method.contexts is records, but no record has a context.', {
      remedy: 'Name the column with population.columns.context, or use method.contexts none.',
    });
  const invented = (): Promise<string[]> =>
    inventContexts({ model, template }, { what: 'title', count: INVENTED_CONTEXTS }, { seed, signal });
  return {
    template,
    seed,
    labels: labels ? classes : [],
    contexts: contexts === 'none' ? [] : contexts === 'records' ? found : await invented(),
  };
}

/** The writer of a baseline: the model, template, cleaning and blocks of the mixture, so that nothing but the method differs. */
export function baselineWriter(
  { model, template, texts, seed, signal }: SourceContext,
  baseline: Baseline,
  temperature: number | undefined,
): TextWriter {
  const { block, maxTokens, topP, retries, cutUnfinished } = texts;
  const options = { block, maxTokens, topP, retries, cutUnfinished, temperature, seed, signal };
  return (from, to, earlier) =>
    simulateBaseline({ baseline, model, template }, { ...options, from, count: to - from, earlier });
}
