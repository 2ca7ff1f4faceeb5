import {
  sourceSettings,
  textSource,
  textSources,
  type SettingFact,
  type SettingValue,
} from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { about, section } from './kinds.js';

/** The mixture, and every text source that it is compared with. */
export const METHOD_NAMES: readonly string[] = ['mop', ...textSources.map(({ name }) => name)];

/**
 * Draws the texts of a method: from a fitted gate, from pairs of personas and exemplars that no gate weighs, from a pool of exemplars, or
 * from prompts alone.
 */
export function drawsOf(name: string): 'gate' | 'pairs' | 'pool' | 'prompts' {
  if (name === 'mop') return 'gate';
  const { needs } = textSource(name);
  if (needs.includes('personas')) return 'pairs';
  return needs.includes('exemplars') ? 'pool' : 'prompts';
}

/** The section `method`: the name, and the settings of every text source by name. */
export type MethodSettings = Readonly<Record<string, SettingValue>> & { readonly name: string };

/** The schema of the section `method`, made of the settings that the text sources state. */
export const methodSchema: z.ZodType<MethodSettings> = section('Which method writes the texts.', {
  name: about(
    'The mixture (`mop`), or a method to compare it with, with the same models, cleaning and count.',
    z.enum(METHOD_NAMES).default('mop'),
  ),
  ...Object.fromEntries(Object.entries(sourceSettings).map(([name, fact]) => [name, schemaOf(fact)])),
});

function schemaOf(fact: SettingFact): z.ZodType<SettingValue> {
  const schema = rangeOf(fact);
  const initial = 'default' in fact ? fact.default : undefined;
  return about(fact.about, initial === undefined ? schema.optional() : schema.default(initial));
}

function rangeOf(fact: SettingFact): z.ZodType<SettingValue> {
  switch (fact.kind) {
    case 'number': {
      const { whole, least, above, most } = fact;
      let schema = whole === true ? z.number().int() : z.number();
      if (least !== undefined) schema = schema.min(least);
      if (above !== undefined) schema = schema.gt(above);
      return most === undefined ? schema : schema.max(most);
    }
    case 'flag':
      return z.boolean();
    case 'choice':
      return z.enum(fact.of);
    case 'path':
    case 'text':
      return z.string().min(1);
  }
}
