import { METRIC_NAMES } from '@mixture-of-personas/metrics';
import { templateNames } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { TOO_LONG_POLICIES } from '../data/too-long.js';
import { methodSchema } from './sections/method.js';
import { encoder, llm } from './sections/models.js';
import { exemplars, golden, pool, population } from './sections/records.js';
import { gate, GATE_DEFAULTS } from './sections/gate.js';
import { startsByLikelihood } from './gate-preset.js';
import type { BaselineName, MopConfig } from './sections/mop-config.js';

const count = (least: number): z.ZodNumber => z.number().int().min(least);

const path = z.string().min(1);

const records = z
  .strictObject({
    tooLong: z
      .enum(TOO_LONG_POLICIES)
      .default('refuse')
      .describe("What becomes of records that are longer than the model's window in their longest prompt."),
  })
  .prefault({})
  .describe('The records of both sides.');

const personas = z
  .strictObject({
    count: count(1).default(100).describe('K, personas.'),
    source: z
      .enum(['llm', 'keywords', 'file', 'random'])
      .optional()
      .describe(
        'Described by the language model from clusters of records, by their keywords, read from a file, or drawn at random; when absent `keywords` with the embedded model, else `llm`.',
      ),
    file: path
      .optional()
      .describe(
        'Personas for `source: file`: jsonl, csv or parquet with a column `persona`, or txt; of more than `count`, those nearest to the population by exact cosines and a random tenth.',
      ),
    perCluster: count(1).default(8).describe('Records of a cluster that the language model is shown.'),
    classify: z
      .boolean()
      .default(false)
      .describe('Have the language model give every persona a class, which its texts carry as their label.'),
  })
  .prefault({})
  .describe('Who speaks.');

const simulate = z
  .strictObject({
    count: count(1).default(1000).describe('Texts to simulate.'),
    temperature: z
      .union([z.literal('fitted'), z.number().positive().max(4)])
      .default('fitted')
      .describe('τ of every text: `fitted`, the temperatures of the gate, or one number for all.'),
    topP: z.number().positive().max(1).default(1).describe('Nucleus of the sampling.'),
    maxTokens: count(1).default(128).describe('Tokens per text at most.'),
    seed: z.number().int().optional().describe('Seed of the draws; `seed` when absent.'),
    batchSize: count(1)
      .default(16)
      .describe(
        'Texts kept together: what a kill may cost. It changes no text of a model that runs here; those of a server change with what it batches.',
      ),
    mix: count(1).default(1).describe('L, pairs drawn for a text, whose personas the language model merges into one.'),
    cleaning: z
      .enum(['plain', 'ascii'])
      .default('plain')
      .describe('`ascii` also drops every character but letters, digits and ordinary punctuation, as AttrPrompt does.'),
    gate: path
      .optional()
      .describe(
        'Run folder whose personas, exemplars and gate are simulated from, by the language model of this run; nothing is scored.',
      ),
  })
  .prefault({})
  .describe('Drawing texts from the fitted mixture.');

const evaluate = z
  .strictObject({
    metrics: z
      .array(z.enum(METRIC_NAMES))
      .min(1)
      .optional()
      .describe(
        'Figures to compute; when absent mauve, cosine-kl and frechet, or kid in its place where there are fewer than five rows per dimension.',
      ),
    mauve: z
      .enum(['library', 'paper'])
      .default('library')
      .describe('Buckets and scaling of MAUVE: n / 10 and 5 (the published package), or 500 and 1 (the paper).'),
    pairs: count(1).default(48).describe('Pairs per record of the likelihood estimator, the same for every gate.'),
    heldOut: count(0).default(100).describe('Golden records that likelihoods are compared on; 0 for no comparison.'),
    trainingRecords: count(1)
      .default(100)
      .describe('Training records that the temperatures of each mixture are fitted on.'),
    trainingPairs: count(1).optional().describe('Pairs per training record; `evaluate.pairs` when absent.'),
    recordsPerDraw: count(1)
      .default(4)
      .describe('Consecutive records whose pairs are sampled with common random numbers.'),
    normalize: z.boolean().default(false).describe('Scale embeddings to unit length first.'),
    bootstrap: count(0).default(100).describe('Resamples behind the intervals; 0 for none.'),
    baselines: z
      .array(z.enum(['zero-shot', 'uniform', 'likelihood']))
      .optional()
      .describe(
        'Texts simulated beside for comparison: by no gate (`zero-shot`), by equal weights (`uniform`), and with `gate.objective: texts` by the gate that likelihood chose; all that there are when absent.',
      ),
  })
  .prefault({})
  .describe('How close the simulated texts are.');

const templates = z
  .strictObject({
    name: z
      .enum(templateNames)
      .optional()
      .describe('Set of prompts that ships with mop; when absent `tokens` with the embedded model, else `generic`.'),
    file: path.optional().describe('A file of prompts instead.'),
    role: z
      .enum(['generate', 'generateFromTurn', 'generateFromQuote', 'generateFromProfile', 'generateWithoutExemplar'])
      .default('generate')
      .describe('How the exemplar is introduced, or that it is left out.'),
  })
  .prefault({})
  .describe('Wording of the prompts.');

const prompt = z
  .strictObject({
    label: z
      .enum(['never', 'always'])
      .default('never')
      .describe("Whether prompts say a record's label, in fit, comparison and simulation alike; the paper's do not."),
  })
  .prefault({})
  .describe('What prompts say.');

/** The embedded model knows prompts of marks and keywords alone; others are given sentences. */
function withModelDefaults<Settings extends Given>(settings: Settings) {
  const { llm: chosen, personas: given, templates: wording, evaluate } = settings;
  const model = modelOf(chosen);
  const embedded = model === 'embedded';
  // Scoring servers alone write nothing.
  const writes = !embedded && !/^scorer(:|$)/.test(model);
  const { pool: records, ...others } = settings;
  return {
    ...others,
    llm: { ...chosen, model },
    ...(records?.path === undefined ? {} : { pool: { ...records, path: records.path } }),
    personas: { ...given, source: given.source ?? (writes ? ('llm' as const) : ('keywords' as const)) },
    templates: { ...wording, name: wording.name ?? (embedded ? 'tokens' : 'generic') },
    evaluate: { ...evaluate, baselines: evaluate.baselines ?? baselinesOf(settings) },
  };
}

/** Scoring servers stand in for the embedded model, which nobody asks for beside them. */
function modelOf({ model, scorer, tokenizer }: Given['llm']): string {
  if (scorer === undefined || model !== 'embedded') return model;
  return tokenizer === undefined ? 'scorer' : `scorer:${tokenizer}`;
}

/** Every baseline that a run can have. */
function baselinesOf(settings: Pick<Given, 'llm' | 'gate'>): BaselineName[] {
  return ['zero-shot', 'uniform', ...(startsByLikelihood(settings) ? ['likelihood' as const] : [])];
}

interface Given {
  readonly gate: z.output<typeof gate>;
  readonly evaluate: z.output<typeof evaluate>;
  readonly llm: z.output<typeof llm>;
  readonly personas: z.output<typeof personas>;
  readonly templates: z.output<typeof templates>;
  readonly pool?: z.output<typeof pool> | undefined;
}

/** The schema of `mop.yaml`: every key, its range, its default and what it means. Keys that are not in it are refused. */
export const configSchema: z.ZodType<MopConfig> = z
  .strictObject({
    population,
    pool,
    golden,
    records,
    llm,
    encoder,
    personas,
    exemplars,
    gate,
    simulate,
    evaluate,
    templates,
    prompt,
    method: methodSchema,
    seed: z.number().int().default(0).describe('Seed of everything random.'),
    output: path.default('runs/mop').describe('Run folder.'),
    threads: count(1).optional().describe('Threads in all; as many as there are cores when absent.'),
  })
  .transform(withModelDefaults);

export { GATE_DEFAULTS };
export type { MopConfig };
