import { z } from 'zod';
import { spread } from '../analysis/held-out.js';
import { list } from '../analysis/schema.js';
import { bytesArtifact, jsonArtifact } from './artifact.js';

const number = z.number();
const gain = { gain: number, standardError: number };

/** Subtracted from the embeddings of each kind before they were scaled to unit length, d long each. */
const centres = z.object({ inputs: list(number), personas: list(number), exemplars: list(number) });

const epochSummary = z.object({
  epoch: number,
  /** A lower bound, loose by several nats: the pairs that were not scored are left out. */
  truncatedBound: number,
  /** With `gate.exploration.kind: gumbel`, the estimate from the pairs drawn; null otherwise. */
  sampledLogLikelihood: number.nullable(),
  heldOutLogLikelihood: number.nullable(),
  best: z.boolean(),
  effectivePersonas: number,
  effectiveExemplars: number,
  temperature: spread,
  /** (persona, exemplar) pairs scored for any training record so far, of K·N. */
  pairsTried: number,
});

const epochHistory = z.object({
  /** The epoch that the gate is from; 0 when no epoch beat the initial gate. */
  epoch: number,
  initialHeldOutLogLikelihood: number.nullable(),
  stoppedEarly: z.boolean(),
  epochs: list(epochSummary),
  centres,
});

const stepName = z.enum(['uniform', 'biases', 'scales', 'matrices']);

const stepHistory = z.object({
  objective: z.enum(['marginal', 'conditional']),
  step: stepName,
  fitted: z.boolean(),
  ...gain,
  steps: list(z.object({ name: stepName, ridge: number, logLikelihood: number, ...gain, kept: z.boolean() })),
  design: z.object({
    pairs: number,
    perRecord: number,
    records: number,
    rounds: number,
    scores: number,
    recordsPerPair: number,
    scored: number,
  }),
  centres,
});

const textsStart = z.enum(['equal', 'likelihood']);
const textsStep = z.enum(['start', 'exemplars', 'personas']);

const textsHistory = z.object({
  objective: z.literal('texts'),
  kernel: z.enum(['gaussian', 'energy']),
  texts: number,
  /** Factors on all τ that were tried. */
  factors: list(number),
  factor: number,
  start: textsStart,
  step: textsStep,
  fitted: z.boolean(),
  ...gain,
  steps: list(
    z.object({
      start: textsStart,
      name: textsStep,
      factor: number,
      ridge: number,
      discrepancy: number,
      ...gain,
      kept: z.boolean(),
    }),
  ),
  /** The fit by likelihood that it started from; null where there is none. */
  likelihood: stepHistory.omit({ centres: true }).nullable(),
  centres,
});

/** State that an unfinished fit leaves behind, in one file so that history and checkpoint never disagree. */
const fitProgress = z.object({
  epochs: list(epochSummary),
  /** base64 */
  checkpoint: z.string(),
  /** The pairs tried, as `triedPairs` encodes them. */
  tried: z.string(),
});

/** One line of the fit's history: means over the epoch's steps, held-out log-likelihood at its end; nats per record. */
export type EpochSummary = z.infer<typeof epochSummary>;

/** History of the paper's procedure. */
export type EpochHistory = z.infer<typeof epochHistory>;

/** History of a fit on stored scores, from coarse to fine. */
export type StepHistory = z.infer<typeof stepHistory>;

/** History of a fit by sampled texts. */
export type TextsHistory = z.infer<typeof textsHistory>;

/** Content of `fit.json`: epochs of the paper's procedure, steps of the fit on stored scores, or steps of the fit by sampled texts. */
export type FitHistory = EpochHistory | StepHistory | TextsHistory;

/** The gate's matrices and temperatures. */
export const GATE_WEIGHTS = bytesArtifact({
  name: 'gate.safetensors',
  stage: 'fit',
  holds: 'W_x, W_g, W_e, τ and the center of what the gate sees, float64',
});

/** Description of the gate's matrices. */
export const GATE_DESCRIPTION = bytesArtifact({
  name: 'gate.json',
  stage: 'fit',
  holds: 'Sizes of the gate, its input and its encoder',
});

/** The fit's history. */
export const FIT_HISTORY = jsonArtifact(
  { name: 'fit.json', stage: 'fit', holds: 'Every step or epoch of the fit, and the centers' },
  z.union([epochHistory, stepHistory, textsHistory]),
  2,
);

/** With `gate.objective: texts`, the gate that likelihood chose. */
export const LIKELIHOOD_WEIGHTS = bytesArtifact({
  name: 'likelihood-gate.safetensors',
  stage: 'fit',
  holds: 'With `gate.objective: texts`: the gate that likelihood chose, like `gate.safetensors`',
});

/** Description of the matrices of that gate. */
export const LIKELIHOOD_DESCRIPTION = bytesArtifact({
  name: 'likelihood-gate.json',
  stage: 'fit',
  holds: 'With `gate.objective: texts`: its description, like `gate.json`',
});

/** In a run that took another run's gate: the model that the gate was fitted with. */
export const GATE_ORIGIN = jsonArtifact(
  { name: 'gate-origin.json', stage: 'fit', holds: 'With `simulate.gate`: the model that the gate was fitted with' },
  z.object({ model: z.string() }),
  2,
);

/** The checkpoint of an unfinished fit, under `partial/`. */
export const FIT_PROGRESS = jsonArtifact(
  { name: 'fit-checkpoint.json', stage: 'fit', holds: 'An unfinished fit' },
  fitProgress,
);
