import { randomFor } from '@mixture-of-personas/numeric';
import { askPrompt } from './ask.js';
import type { Baseline } from './baseline.js';
import type { PromptTemplate } from '../template.js';

/** What every baseline that asks for classes is made of. */
export interface ClassPlan {
  readonly template: PromptTemplate;
  readonly seed: number;
  /** Classes asked for in turn, so that each has the same number of texts; empty asks for none. */
  readonly labels: readonly string[];
  /** What texts answer to (titles, restaurants), one drawn for each row; empty asks for none. */
  readonly contexts: readonly string[];
}

/** The class of a row: the classes in turn. */
export function labelOf({ labels }: Pick<ClassPlan, 'labels'>, row: number): string | undefined {
  return labels[row % Math.max(1, labels.length)];
}

/** The context of a row, drawn with equal chances. */
export function contextOf({ contexts, seed }: Pick<ClassPlan, 'contexts' | 'seed'>, row: number): string | undefined {
  return contexts[Math.floor(randomFor(seed, 'baseline context', row)() * contexts.length)];
}

/**
 * ZeroGen (arXiv 2202.07922) as the paper runs it: one request a text, which says the class and, with `contexts`, what it is about; no
 * demonstrations. Its second step, training a small model, is the F1 of `metrics`.
 */
export function zeroGen(about: ClassPlan): Baseline {
  const { template, contexts } = about;
  return {
    name: contexts.length === 0 ? 'ZeroGen' : 'ZeroGen with contexts',
    plan: (rows) =>
      Promise.resolve(
        rows.map((row) => {
          const asked = { label: labelOf(about, row), context: contextOf(about, row) };
          return { ...asked, prompt: askPrompt(template, asked) };
        }),
      ),
  };
}
