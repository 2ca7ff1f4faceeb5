import { z } from 'zod';
import { count, words } from './kinds.js';

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

const texts = z
  .strictObject({
    count: z.exactOptional(count(40)).describe('Texts sampled from pairs, in two rounds; 600 when absent.'),
    factors: z
      .exactOptional(z.array(z.number().min(0.25).max(4)).min(1))
      .describe('Factors on all τ, of which one is chosen; 0.8, 0.9 and 1 when absent.'),
    start: z
      .exactOptional(z.enum(['likelihood', 'equal']))
      .describe(
        'Weights and temperatures to start from: `likelihood`, a fit by likelihood, whose weights are tried beside equal ones, or `equal`, with τ 1 and no score; `likelihood` when absent, where the model gives log-probabilities.',
      ),
  })
  .prefault({});

/** The section `gate`: the mixture and how it is fitted. */
export const gate = z
  .strictObject({
    preset: z
      .enum(['default', 'paper'])
      .default('default')
      .describe(
        'How the gate is fitted: `default` from coarse to fine on stored scores, with no learning rate; `paper` by top-M pairs and gradient steps, whose settings the others are.',
      ),
    objective: z
      .enum(['marginal', 'conditional', 'texts'])
      .optional()
      .describe(
        'Aim of the fit: `texts`, closeness of sampled texts to the records, which needs no log-probabilities; or the likelihood of records, `marginal` of what is simulated or `conditional` on the context (only with `gate.input: context`). When absent `conditional` where the gate sees the context, else `texts`; `marginal` with scoring servers alone, which write no texts.',
      ),
    design,
    texts,
    backend: z
      .enum(['built-in', 'tfjs-node', 'tfjs-node-gpu'])
      .default('built-in')
      .describe('What computes the gate of the paper’s procedure; TensorFlow only where it is named here.'),
    input: z
      .enum(['auto', 'context', 'record', 'none'])
      .default('auto')
      .describe(
        'What the gate sees: the context of a record, the record itself, or nothing. `auto` is the context where every record has one and they differ and nothing else is said of the fit, else the record.',
      ),
    hidden: count(1).default(128).describe('Rows of W_x, W_g and W_e.'),
    topM: count(1).default(4).describe('M, pairs scored per training record.'),
    selfMask: z.number().min(0).max(1).default(1).describe('Probability that a record is masked as its own exemplar.'),
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
    batchSize: count(1).default(32).describe('Records per step.'),
    epochs: count(0).default(10).describe('Passes over the training records, at most; 0 takes the gate as it starts.'),
    patience: count(1).default(2).describe('Epochs without a better held-out log-likelihood before stopping.'),
    mStepsPerBatch: count(1).default(1).describe('Optimizer steps on a batch with its pairs fixed.'),
    exploration,
    start: z
      .enum(['similarity', 'random'])
      .default('similarity')
      .describe('Where the fit starts: at weights that favor exemplars like what the gate sees, or at random ones.'),
    similarity: z
      .number()
      .min(0)
      .default(12)
      .describe(
        'How strongly a start at `similarity` favors exemplars like the persona and, unless it sees contexts, like the record.',
      ),
    from: words
      .optional()
      .describe('Run folder whose gate the fit starts from, or that stands as it is with `epochs` 0.'),
    validationPairs: count(1).default(16).describe('Pairs scored per validation record, once for the whole fit.'),
  })
  .prefault({})
  .describe('The mixture and how it is fitted.');

/** Every setting of `gate` at its default. */
export const GATE_DEFAULTS: z.output<typeof gate> = gate.parse(undefined);
