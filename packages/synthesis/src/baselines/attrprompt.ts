import { randomFor } from '@mixture-of-personas/numeric';
import { BaselineError } from '../errors.js';
import { askPrompt } from '../text-source/ask.js';
import { attributesFromFiles, requirementOf, valuesFor, type Attribute } from '../text-source/attributes.js';
import type { Baseline, BaselinePlan } from '../text-source/baseline.js';
import { askedOf, baselineWriter, classFacts, classPlan, type ClassPlan } from '../text-source/class-plan.js';
import { inventAttributes } from '../text-source/invent.js';
import { ownAttributes } from '../text-source/own-tables.js';
import { defineSource, type SourceContext, type TextSource } from '../text-source/source.js';

/**
 * AttrPrompt (arXiv 2306.15895): the classes in turn; for each text one value of every attribute, drawn independently with equal chances, as
 * numbered demands. Which values were drawn stands in the row's `personaId`, as `style:3 length:0`.
 */
export function attrPrompt(about: ClassPlan & { readonly attributes: readonly Attribute[] }): Baseline {
  return { plan: (rows) => rows.map((row) => planOf(about, row)) };
}

function planOf(about: ClassPlan & { readonly attributes: readonly Attribute[] }, row: number): BaselinePlan {
  const { template, attributes, seed } = about;
  const { label, context } = askedOf(about, row);
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

/** The class and one value of every attribute. */
export const attrPromptSource: TextSource = defineSource({
  name: 'attrprompt',
  title: 'AttrPrompt',
  about:
    "The class and one value of every attribute as numbered demands; tables from its authors' files, ours, or the model's.",
  paper: '2306.15895',
  needs: [],
  settings: {
    ...classFacts,
    attributes: {
      kind: 'path',
      about: 'Folder of attribute values for `attrprompt`, in either layout of its authors.',
    },
    inventAttributes: {
      kind: 'flag',
      default: false,
      about: 'Have the language model make the attribute values for `attrprompt`.',
    },
  },
  async make(context, settings) {
    const about = await classPlan(context, settings);
    const attributes = await attributesOf(context, about.labels, settings);
    return baselineWriter(context, attrPrompt({ ...about, attributes }), settings.temperature);
  },
});

async function attributesOf(
  { model, template, seed, signal, readFolder }: SourceContext,
  labels: readonly string[],
  from: { readonly attributes: string | undefined; readonly inventAttributes: boolean },
): Promise<readonly Attribute[]> {
  if (from.attributes !== undefined) return attributesFromFiles(await readFolder(from.attributes), labels);
  if (from.inventAttributes) {
    const wanted = { names: ['style', 'setting'], perClass: labels.length === 0 ? [] : ['subject'], labels };
    return inventAttributes({ model, template }, wanted, { seed, signal });
  }
  const own = ownAttributes(template.name);
  if (own !== undefined) return own;
  throw new BaselineError(`There are no attribute tables for the template ${template.name}.`, {
    remedy: 'Give a folder of them with method.attributes, or set method.inventAttributes.',
  });
}
