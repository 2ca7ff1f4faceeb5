import { randomFor } from '@mixture-of-personas/numeric';
import { askPrompt } from './ask.js';
import { requirementOf, valuesFor, type Attribute } from './attributes.js';
import type { Baseline, BaselinePlan } from './baseline.js';
import { contextOf, labelOf, type ClassPlan } from './zerogen.js';

/**
 * AttrPrompt (arXiv 2306.15895): the classes in turn; for each text one value of every attribute, drawn independently with equal chances, as
 * numbered demands. Which values were drawn stands in the row's `personaId`, as `style:3 length:0`.
 */
export function attrPrompt(about: ClassPlan & { readonly attributes: readonly Attribute[] }): Baseline {
  return {
    name: 'AttrPrompt',
    plan: (rows) => Promise.resolve(rows.map((row) => planOf(about, row))),
  };
}

function planOf(about: ClassPlan & { readonly attributes: readonly Attribute[] }, row: number): BaselinePlan {
  const { template, attributes, seed } = about;
  const [label, context] = [labelOf(about, row), contextOf(about, row)];
  const random = randomFor(seed, 'attributes', row);
  const drawn = attributes.map((attribute) => {
    const values = valuesFor(attribute, label);
    const index = Math.floor(random() * values.length);
    return { name: attribute.name, index, value: values[index] as string };
  });
  const requirements = drawn.map(({ name, value }) => requirementOf(name, value));
  return {
    label,
    context,
    prompt: askPrompt(template, { label, context, requirements }),
    drawn: drawn.map(({ name, index }) => `${name}:${index}`).join(' '),
  };
}
