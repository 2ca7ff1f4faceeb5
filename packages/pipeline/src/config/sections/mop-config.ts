import { METRIC_NAMES } from '@mixture-of-personas/metrics';
import { templateNames } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { TOO_LONG_POLICIES } from '../../data/too-long.js';
import { gate } from './gate.js';
import { about, count, section, words } from './kinds.js';
import { methodSchema } from './method.js';
import { encoder, llm } from './models.js';
import { exemplars, golden, pool, population } from './records.js';

const BASELINES = ['zero-shot', 'uniform', 'likelihood'] as const;

/** Texts that are simulated beside for comparison. */
export type BaselineName = (typeof BASELINES)[number];

const records = section('The records of both sides.', {
  tooLong: about(
    "What becomes of records that are longer than the model's window in their longest prompt.",
    z.enum(TOO_LONG_POLICIES).default('refuse'),
  ),
});

const personas = section('Who speaks.', {
  count: about('K, personas.', count(1).default(100)),
  source: about(
    'Described by the language model from clusters of records, by their keywords, read from a file, or drawn at random; when absent `keywords` with the embedded model, else `llm`.',
    z.enum(['llm', 'keywords', 'file', 'random']).optional(),
  ),
  file: about(
    'Personas for `source: file`: jsonl, csv or parquet with a column `persona`, or txt; of more than `count`, those nearest to the population by exact cosines and a random tenth.',
    words.optional(),
  ),
  perCluster: about('Records of a cluster that the language model is shown.', count(1).default(8)),
  classify: about(
    'Have the language model give every persona a class, which its texts carry as their label.',
    z.boolean().default(false),
  ),
});

const simulate = section('Drawing texts from the fitted mixture.', {
  count: about('Texts to simulate.', count(1).default(1000)),
  temperature: about(
    'τ of every text: `fitted`, the temperatures of the gate, or one number for all.',
    z.union([z.literal('fitted'), z.number().positive().max(4)]).default('fitted'),
  ),
  topP: about('Nucleus of the sampling.', z.number().positive().max(1).default(1)),
  maxTokens: about('Tokens per text at most.', count(1).default(128)),
  seed: about('Seed of the draws; `seed` when absent.', z.number().int().optional()),
  batchSize: about(
    'Texts kept together: what a kill may cost. It changes no text of a model that runs here; those of a server change with what it batches.',
    count(1).default(16),
  ),
  mix: about('L, pairs drawn for a text, whose personas the language model merges into one.', count(1).default(1)),
  cleaning: about(
    '`ascii` also drops every character but letters, digits and ordinary punctuation, as AttrPrompt does.',
    z.enum(['plain', 'ascii']).default('plain'),
  ),
  gate: about(
    'Run folder whose personas, exemplars and gate are simulated from, by the language model of this run; nothing is scored.',
    words.optional(),
  ),
});

const evaluate = section('How close the simulated texts are.', {
  metrics: about(
    'Figures to compute; when absent mauve, cosine-kl and frechet, or kid in its place where there are fewer than five rows per dimension.',
    z.array(z.enum(METRIC_NAMES)).min(1).optional(),
  ),
  mauve: about(
    'Buckets and scaling of MAUVE: n / 10 and 5 (the published package), or 500 and 1 (the paper).',
    z.enum(['library', 'paper']).default('library'),
  ),
  pairs: about('Pairs per record of the likelihood estimator, the same for every gate.', count(1).default(48)),
  heldOut: about('Golden records that likelihoods are compared on; 0 for no comparison.', count(0).default(100)),
  trainingRecords: about(
    'Training records that the temperatures of each mixture are fitted on.',
    count(1).default(100),
  ),
  trainingPairs: about('Pairs per training record; `evaluate.pairs` when absent.', count(1).optional()),
  recordsPerDraw: about('Consecutive records whose pairs are sampled with common random numbers.', count(1).default(4)),
  normalize: about('Scale embeddings to unit length first.', z.boolean().default(false)),
  bootstrap: about('Resamples behind the intervals; 0 for none.', count(0).default(100)),
  baselines: about(
    'Texts simulated beside for comparison: by no gate (`zero-shot`), by equal weights (`uniform`), and with `gate.objective: texts` by the gate that likelihood chose; all that there are when absent.',
    z.array(z.enum(BASELINES)).optional(),
  ),
});

const templates = section('Wording of the prompts.', {
  name: about(
    'Set of prompts that ships with mop; when absent `tokens` with the embedded model, else `generic`.',
    z.enum(templateNames).optional(),
  ),
  file: about('A file of prompts instead.', words.optional()),
  role: about(
    'How the exemplar is introduced, or that it is left out.',
    z
      .enum(['generate', 'generateFromTurn', 'generateFromQuote', 'generateFromProfile', 'generateWithoutExemplar'])
      .default('generate'),
  ),
});

const prompt = section('What prompts say.', {
  label: about(
    "Whether prompts say a record's label, in fit, comparison and simulation alike; the paper's do not.",
    z.enum(['never', 'always']).default('never'),
  ),
});

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
  seed: about('Seed of everything random.', z.number().int().default(0)),
  output: about('Run folder.', words.default('runs/mop')),
  threads: about('Threads in all; as many as there are cores when absent.', count(1).optional()),
});

/** Settings with the defaults that follow from no other. */
export type Given = z.output<typeof settings>;

/** The section with settings that now have a value. */
type With<Section, Filled> = Omit<Section, keyof Filled> & Readonly<Filled>;

/** A complete configuration: every default filled in, paths relative to the folder the command runs in. What each setting means stands in the schema. */
export interface MopConfig extends Omit<Given, 'population' | 'pool' | 'personas' | 'templates' | 'evaluate'> {
  readonly population: With<Given['population'], { validation: number }>;
  /** Records of a general kind that exemplars and personas come from; absent where the population itself is the pool. */
  readonly pool?: With<NonNullable<Given['pool']>, { path: string }> | undefined;
  readonly personas: With<Given['personas'], { source: NonNullable<Given['personas']['source']> }>;
  readonly templates: With<Given['templates'], { name: string }>;
  readonly evaluate: With<Given['evaluate'], { baselines: readonly BaselineName[] }>;
}
