import { z } from 'zod';
import { about, count, section, words } from './kinds.js';

const exploration = z
  .strictObject({
    kind: about(
      'Score the M most probable pairs (the paper), or pairs drawn from the gate.',
      z.enum(['top', 'gumbel']).default('gumbel'),
    ),
    pairs: about('Pairs drawn per record with `gumbel`; `gate.topM` when absent.', count(1).optional()),
  })
  .prefault({});

const design = z
  .strictObject({
    pairs: about(
      'P, candidate pairs: as many prompts; 256, or all pairs where there are fewer, when absent.',
      z.exactOptional(count(1)),
    ),
    perRecord: about(
      'Pairs that each record is scored under; a quarter of the candidates, at least 16, when absent.',
      z.exactOptional(count(1)),
    ),
    records: about(
      'Training records that are scored, drawn at random, in five folds; at most 1,000 when absent.',
      z.exactOptional(count(5)),
    ),
    rounds: about(
      'Rounds of scores; those after the first go half to where the fitted weight is; 2 when absent.',
      z.exactOptional(count(1)),
    ),
  })
  .prefault({});

const texts = z
  .strictObject({
    count: about('Texts sampled from pairs, in two rounds; 600 when absent.', z.exactOptional(count(40))),
    factors: about(
      'Factors on all τ, of which one is chosen; 0.8, 0.9 and 1 when absent.',
      z.exactOptional(z.array(z.number().min(0.25).max(4)).min(1)),
    ),
    start: about(
      'Weights and temperatures to start from: `likelihood`, a fit by likelihood, whose weights are tried beside equal ones, or `equal`, with τ 1 and no score; `likelihood` when absent, where the model gives log-probabilities.',
      z.exactOptional(z.enum(['likelihood', 'equal'])),
    ),
  })
  .prefault({});

/** The section `gate`: the mixture and how it is fitted. */
export const gate = section('The mixture and how it is fitted.', {
  preset: about(
    'How the gate is fitted: `default` from coarse to fine on stored scores, with no learning rate; `paper` by top-M pairs and gradient steps, whose settings the others are.',
    z.enum(['default', 'paper']).default('default'),
  ),
  objective: about(
    'Aim of the fit: `texts`, closeness of sampled texts to the records, which needs no log-probabilities; or the likelihood of records, `marginal` of what is simulated or `conditional` on the context (only with `gate.input: context`). When absent `conditional` where the gate sees the context, else `texts`; `marginal` with scoring servers alone, which write no texts.',
    z.enum(['marginal', 'conditional', 'texts']).optional(),
  ),
  design,
  texts,
  backend: about(
    'What computes the gate of the paper’s procedure; TensorFlow only where it is named here.',
    z.enum(['built-in', 'tfjs-node', 'tfjs-node-gpu']).default('built-in'),
  ),
  input: about(
    'What the gate sees: the context of a record, the record itself, or nothing. `auto` is the context where every record has one and they differ and nothing else is said of the fit, else the record.',
    z.enum(['auto', 'context', 'record', 'none']).default('auto'),
  ),
  hidden: about('Rows of W_x, W_g and W_e.', count(1).default(128)),
  topM: about('M, pairs scored per training record.', count(1).default(4)),
  selfMask: about('Probability that a record is masked as its own exemplar.', z.number().min(0).max(1).default(1)),
  temperature: about('τ at the start, for every persona.', z.number().min(0.25).max(2.5).default(0.6)),
  optimizer: about('Optimizer of the M-step.', z.enum(['adamw', 'sgd', 'adagrad']).default('adamw')),
  learningRate: about('Step size of the three matrices.', z.number().positive().default(1e-3)),
  temperatureLearningRate: about('Step size of log τ; 0 keeps the temperatures.', z.number().min(0).default(0.03)),
  weightDecay: about(
    'Decoupled weight decay of the three matrices, times the step size; 0.01 with adamw and 0 with the others when absent.',
    z.number().min(0).optional(),
  ),
  batchSize: about('Records per step.', count(1).default(32)),
  epochs: about('Passes over the training records, at most; 0 takes the gate as it starts.', count(0).default(10)),
  patience: about('Epochs without a better held-out log-likelihood before stopping.', count(1).default(2)),
  mStepsPerBatch: about('Optimizer steps on a batch with its pairs fixed.', count(1).default(1)),
  exploration,
  start: about(
    'Where the fit starts: at weights that favor exemplars like what the gate sees, or at random ones.',
    z.enum(['similarity', 'random']).default('similarity'),
  ),
  similarity: about(
    'How strongly a start at `similarity` favors exemplars like the persona and, unless it sees contexts, like the record.',
    z.number().min(0).default(12),
  ),
  from: about('Run folder whose gate the fit starts from, or that stands as it is with `epochs` 0.', words.optional()),
  validationPairs: about('Pairs scored per validation record, once for the whole fit.', count(1).default(16)),
});

/** Every setting of `gate` at its default. */
export const GATE_DEFAULTS: z.output<typeof gate> = gate.parse(undefined);
