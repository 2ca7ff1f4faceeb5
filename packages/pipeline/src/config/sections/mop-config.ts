import { METRIC_NAMES } from '@mixture-of-personas/metrics';
import { templateNames } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { TOO_LONG_POLICIES } from '../../data/too-long.js';
import { gate } from './gate.js';
import { count, words } from './kinds.js';
import { methodSchema } from './method.js';
import { encoder, llm } from './models.js';
import { exemplars, golden, pool, population } from './records.js';

const BASELINES = ['zero-shot', 'uniform', 'likelihood'] as const;

/** Texts that are simulated beside for comparison. */
export type BaselineName = (typeof BASELINES)[number];

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
    file: words
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
    gate: words
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
      .array(z.enum(BASELINES))
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
    file: words.optional().describe('A file of prompts instead.'),
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

/** Every section and setting of `mop.yaml`, with its range, its default and what it means. */
export const settings = z.strictObject({
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
  output: words.default('runs/mop').describe('Run folder.'),
  threads: count(1).optional().describe('Threads in all; as many as there are cores when absent.'),
});

/** Settings with the defaults that follow from no other. */
export type Given = z.output<typeof settings>;

/** The section with settings that now have a value. */
type With<Section, Filled> = Omit<Section, keyof Filled> & Readonly<Filled>;

/** A complete configuration: every default filled in, paths relative to the folder the command runs in. What each setting means stands in the schema. */
export interface MopConfig extends Omit<Given, 'pool' | 'personas' | 'templates' | 'evaluate'> {
  /** Records of a general kind that exemplars and personas come from; absent where the population itself is the pool. */
  readonly pool?: With<NonNullable<Given['pool']>, { path: string }> | undefined;
  readonly personas: With<Given['personas'], { source: NonNullable<Given['personas']['source']> }>;
  readonly templates: With<Given['templates'], { name: string }>;
  readonly evaluate: With<Given['evaluate'], { baselines: readonly BaselineName[] }>;
}
