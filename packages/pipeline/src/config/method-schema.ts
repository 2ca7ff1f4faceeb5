import { z } from 'zod';

/** How texts are made: by the mixture, or by one of the methods it is compared with. */
export const METHOD_NAMES = [
  'mop',
  'uniform',
  'nearest',
  'zero-shot',
  'zerogen',
  'attrprompt',
  'progen',
  'picle',
  'picle-pc',
  'verbalized',
] as const;

/** A method's name. */
export type MethodName = (typeof METHOD_NAMES)[number];

/**
 * Draws the texts of a method: from a fitted gate, from pairs of personas and exemplars that no gate weighs, from a pool of exemplars, or
 * from prompts alone.
 */
export function drawsOf(name: MethodName): 'gate' | 'pairs' | 'pool' | 'prompts' {
  if (name === 'mop') return 'gate';
  if (name === 'uniform' || name === 'nearest') return 'pairs';
  return name.startsWith('picle') ? 'pool' : 'prompts';
}

/** The section `method`; what each setting means stands in the schema. */
export interface MethodSettings {
  readonly name: MethodName;
  readonly temperature?: number | undefined;
  readonly labels: boolean;
  readonly contexts: 'none' | 'records' | 'llm';
  readonly attributes?: string | undefined;
  readonly inventAttributes: boolean;
  readonly scores?: string | undefined;
  readonly target?: string | undefined;
  readonly demonstrations?: number | undefined;
  readonly sampling: number;
  readonly candidates: number;
  readonly minRows: number;
  readonly every: number;
  readonly feedbackShare: number;
}

const path = z.string().min(1);
const count = (least: number): z.ZodNumber => z.number().int().min(least);

/** The schema of the section `method`. */
export const methodSchema: z.ZodType<MethodSettings> = z
  .strictObject({
    name: z
      .enum(METHOD_NAMES)
      .default('mop')
      .describe('The mixture (`mop`), or a method to compare it with, with the same models, cleaning and count.'),
    temperature: z
      .number()
      .positive()
      .optional()
      .describe(
        'τ of every text of another method; when absent `gate.temperature` for `uniform` and `nearest`, else 1.',
      ),
    labels: z.boolean().default(true).describe('Ask for the classes in turn, where template or records name any.'),
    contexts: z
      .enum(['none', 'records', 'llm'])
      .default('none')
      .describe('What texts are to be about: nothing, contexts of the records, or titles made by the language model.'),
    attributes: path
      .optional()
      .describe('Folder of attribute values for `attrprompt`, in either layout of its authors.'),
    inventAttributes: z
      .boolean()
      .default(false)
      .describe('Have the language model make the attribute values for `attrprompt`.'),
    scores: path
      .optional()
      .describe('File of log-likelihoods for `picle`: jsonl with `id`, `logp_sft` and `logp_ref`, in nats.'),
    target: z
      .string()
      .min(1)
      .optional()
      .describe('Fine-tuned language model for `picle`; `llm.model` is the reference.'),
    demonstrations: count(1)
      .optional()
      .describe('Texts shown in a prompt; when absent 3 for `picle` and 8 for `progen`.'),
    sampling: z
      .number()
      .min(0)
      .default(0)
      .describe('T in nats: `picle` draws its texts by exp(ratio / T); 0 takes the best.'),
    candidates: count(2).default(5).describe('Texts that `verbalized` asks for at a time.'),
    minRows: count(2).default(500).describe('Texts before the first feedback of `progen`.'),
    every: count(1).default(500).describe('Texts between two feedbacks of `progen`.'),
    feedbackShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Share of the prompts of `progen` that show feedback.'),
  })
  .prefault({})
  .describe('Which method writes the texts.');
