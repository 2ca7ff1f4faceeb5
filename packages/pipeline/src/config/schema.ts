import { METRIC_NAMES } from '@mixture-of-personas/metrics';
import { templateNames } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { TOO_LONG_POLICIES } from '../data/too-long.js';
import { methodSchema } from './method-schema.js';
import { encoder, llm } from './sections/models.js';
import { exemplars, golden, pool, population } from './sections/records.js';
import type { GateSettings, MopConfig } from './mop-config.js';

const count = (least: number): z.ZodNumber => z.number().int().min(least);
const share = z.number().min(0).max(1);

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
        'Personas for `source: file`: jsonl or csv with `persona`, or txt; of more than `count`, those nearest to the population and a random tenth.',
      ),
    perCluster: count(1).default(8).describe('Records of a cluster that the language model is shown.'),
    classify: z
      .boolean()
      .default(false)
      .describe('Have the language model give every persona a class, which its texts carry as their label.'),
  })
  .prefault({})
  .describe('Who speaks.');

const exploration = z
  .strictObject({
    kind: z
      .enum(['top', 'gumbel'])
      .default('gumbel')
      .describe('Score the M most probable pairs (the paper), or pairs drawn from the gate.'),
    pairs: count(1).optional().describe('Pairs drawn per record with `gumbel`; `gate.topM` when absent.'),
  })
  .prefault({});

const design = z
  .strictObject({
    pairs: z
      .exactOptional(count(1))
      .describe('P, candidate pairs: as many prompts; 256, or all pairs where there are fewer, when absent.'),
    perRecord: z
      .exactOptional(count(1))
      .describe('Pairs that each record is scored under; a quarter of the candidates, at least 16, when absent.'),
    records: z
      .exactOptional(count(1))
      .describe('Training records that are scored, drawn at random; at most 1,000 when absent.'),
    rounds: z
      .exactOptional(count(1))
      .describe('Rounds of scores; those after the first go half to where the fitted weight is; 2 when absent.'),
  })
  .prefault({});

const gate = z
  .strictObject({
    preset: z
      .enum(['default', 'paper'])
      .default('default')
      .describe(
        'How the gate is fitted: `default` from coarse to fine on stored scores, with no learning rate; `paper` by top-M pairs and gradient steps, whose settings the others are.',
      ),
    objective: z
      .enum(['marginal', 'conditional'])
      .optional()
      .describe(
        'Likelihood that the fit maximizes: `marginal` of what is simulated, `conditional` on the context; the second only with `gate.input: context`, and then when absent.',
      ),
    design,
    input: z
      .enum(['context', 'record', 'none'])
      .default('record')
      .describe('What the gate sees: the context of a record, the record itself, or nothing.'),
    hidden: count(1).default(128).describe('Rows of W_x, W_g and W_e.'),
    topM: count(1).default(4).describe('M, pairs scored per training record.'),
    selfMask: share.default(1).describe('Probability that a record is masked as its own exemplar.'),
    temperature: z.number().min(0.25).max(2.5).default(0.6).describe('τ at the start, for every persona.'),
    optimizer: z.enum(['adamw', 'sgd', 'adagrad']).default('adamw').describe('Optimizer of the M-step.'),
    learningRate: z.number().positive().default(1e-3).describe('Step size of the three matrices.'),
    temperatureLearningRate: z.number().min(0).default(0.03).describe('Step size of log τ; 0 keeps the temperatures.'),
    weightDecay: z
      .number()
      .min(0)
      .optional()
      .describe(
        'Decoupled weight decay of the three matrices, times the step size; 0.01 with adamw and 0 with the others when absent.',
      ),
    batchSize: count(1).default(32).describe('Records a step.'),
    epochs: count(0).default(10).describe('Passes over the training records, at most; 0 takes the gate as it starts.'),
    patience: count(1).default(2).describe('Epochs without a better held-out log-likelihood before stopping.'),
    mStepsPerBatch: count(1).default(1).describe('Optimizer steps on a batch with its pairs fixed.'),
    exploration,
    start: z
      .enum(['similarity', 'random'])
      .default('similarity')
      .describe('Where the fit starts: at weights that favour exemplars like what the gate sees, or at random ones.'),
    similarity: z
      .number()
      .min(0)
      .default(12)
      .describe(
        'How strongly a start at `similarity` favours exemplars like the persona and, unless it sees contexts, like the record.',
      ),
    from: path
      .optional()
      .describe('Run folder whose gate the fit starts from, or that stands as it is with `epochs` 0.'),
    validationPairs: count(1).default(16).describe('Pairs scored per validation record, once for the whole fit.'),
  })
  .prefault({})
  .describe('The mixture and how it is fitted.');

/** Every setting of `gate` at its default. */
export const GATE_DEFAULTS: GateSettings = gate.parse(undefined);

const simulate = z
  .strictObject({
    count: count(1).default(1000).describe('Texts to simulate.'),
    topP: z.number().positive().max(1).default(1).describe('Nucleus of the sampling.'),
    maxTokens: count(1).default(128).describe('Tokens a text at most.'),
    seed: z.number().int().optional().describe('Seed of the draws; `seed` when absent.'),
    batchSize: count(1).default(16).describe('Texts generated together; changes no text.'),
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
      .default(['frechet', 'mauve', 'cosine-kl'])
      .describe('Figures to compute.'),
    pairs: count(1).default(48).describe('Pairs per record of the likelihood estimator, the same for every gate.'),
    heldOut: count(0).default(100).describe('Golden records that likelihoods are compared on; 0 for no comparison.'),
    trainingRecords: count(1)
      .default(100)
      .describe('Training records that the temperatures of each mixture are fitted on.'),
    trainingPairs: count(1).optional().describe('Pairs per training record; `evaluate.pairs` when absent.'),
    recordsPerDraw: count(1)
      .default(4)
      .describe('Consecutive records that share the numbers behind their drawn pairs.'),
    normalize: z.boolean().default(false).describe('Scale embeddings to unit length first.'),
    bootstrap: count(0).default(100).describe('Resamples behind the intervals; 0 for none.'),
    baselines: z
      .array(z.enum(['zero-shot', 'uniform']))
      .default(['zero-shot', 'uniform'])
      .describe('Texts simulated beside for comparison.'),
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
function withModelDefaults<Settings extends Pick<Given, 'llm' | 'personas' | 'templates' | 'pool'>>(
  settings: Settings,
) {
  const { llm: chosen, personas: given, templates: wording } = settings;
  const embedded = chosen.model === 'embedded';
  const { pool: records, ...others } = settings;
  return {
    ...others,
    ...(records?.path === undefined ? {} : { pool: { ...records, path: records.path } }),
    personas: { ...given, source: given.source ?? (embedded ? ('keywords' as const) : ('llm' as const)) },
    templates: { ...wording, name: wording.name ?? (embedded ? 'tokens' : 'generic') },
  };
}

interface Given {
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

export type { MopConfig };
