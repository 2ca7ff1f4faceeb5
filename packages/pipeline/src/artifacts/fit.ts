import type { DesignBudget, DiscrepancyFit, DiscrepancyKernel, MixtureFit } from '@mixture-of-personas/gating';
import { z } from 'zod';
import { bytesArtifact, jsonArtifact, type Artifact, type BytesArtifact } from './artifact.js';

/** One line of the fit's history: means over the epoch's steps, held-out log-likelihood at its end; nats per record. */
export interface EpochSummary {
  readonly epoch: number;
  /** A lower bound, loose by several nats: the pairs that were not scored are left out. */
  readonly truncatedBound: number;
  /** With `gate.exploration.kind: gumbel`, the estimate from the pairs drawn; null otherwise. */
  readonly sampledLogLikelihood: number | null;
  readonly heldOutLogLikelihood: number | null;
  readonly best: boolean;
  readonly effectivePersonas: number;
  readonly effectiveExemplars: number;
  readonly temperature: { readonly min: number; readonly mean: number; readonly max: number };
  /** (persona, exemplar) pairs scored for any training record so far, of K·N. */
  readonly pairsTried: number;
}

/** Content of `fit.json`: epochs of the paper's procedure, steps of the fit on stored scores, or steps of the fit by sampled texts. */
export type FitHistory = EpochHistory | StepHistory | TextsHistory;

/** History of the paper's procedure. */
export interface EpochHistory {
  /** The epoch that the gate is from; 0 when no epoch beat the initial gate. */
  readonly epoch: number;
  readonly initialHeldOutLogLikelihood: number | null;
  readonly stoppedEarly: boolean;
  readonly epochs: readonly EpochSummary[];
  /** Subtracted from the embeddings of each kind before they were scaled to unit length, d long each. */
  readonly centres: Readonly<Record<'inputs' | 'personas' | 'exemplars', readonly number[]>>;
}

/** History of a fit on stored scores, from coarse to fine. */
export interface StepHistory
  extends
    Pick<MixtureFit, 'objective' | 'step' | 'fitted' | 'gain' | 'standardError' | 'steps'>,
    Pick<EpochHistory, 'centres'> {
  readonly design: DesignBudget & Pick<MixtureFit['design'], 'scored'>;
}

/** History of a fit by sampled texts. */
export interface TextsHistory
  extends
    Pick<DiscrepancyFit, 'factor' | 'start' | 'step' | 'fitted' | 'gain' | 'standardError' | 'steps'>,
    Pick<EpochHistory, 'centres'> {
  readonly objective: 'texts';
  readonly kernel: DiscrepancyKernel;
  readonly texts: number;
  /** Factors on all τ that were tried. */
  readonly factors: readonly number[];
  /** The fit by likelihood that it started from; null where there is none. */
  readonly likelihood: Omit<StepHistory, 'centres'> | null;
}

/** State that an unfinished fit leaves behind, in one file so that history and checkpoint never disagree. */
export interface FitProgress {
  readonly epochs: readonly EpochSummary[];
  /** base64 */
  readonly checkpoint: string;
  /** The pairs tried, as `TriedPairs` encodes them. */
  readonly tried: string;
}

/** Smallest, mean and largest τ. */
export const spread: z.ZodObject<{ min: z.ZodNumber; mean: z.ZodNumber; max: z.ZodNumber }> = z.object({
  min: z.number(),
  mean: z.number(),
  max: z.number(),
});

const epochs: z.ZodType<EpochSummary[]> = z.array(
  z.object({
    epoch: z.number(),
    truncatedBound: z.number(),
    sampledLogLikelihood: z.number().nullable(),
    heldOutLogLikelihood: z.number().nullable(),
    best: z.boolean(),
    effectivePersonas: z.number(),
    effectiveExemplars: z.number(),
    temperature: spread,
    pairsTried: z.number(),
  }),
);

const number = z.number();
const numbers = z.array(number);
const centres = z.object({ inputs: numbers, personas: numbers, exemplars: numbers });
const stepName = z.enum(['uniform', 'biases', 'scales', 'matrices']);
const textsStepName = z.enum(['start', 'exemplars', 'personas']);
const startName = z.enum(['equal', 'likelihood']);
const gain = { gain: number, standardError: number };

const likelihoodSteps = {
  objective: z.enum(['marginal', 'conditional']),
  step: stepName,
  fitted: z.boolean(),
  ...gain,
  steps: z.array(z.object({ name: stepName, ridge: number, logLikelihood: number, ...gain, kept: z.boolean() })),
  design: z.object({
    pairs: number,
    perRecord: number,
    records: number,
    rounds: number,
    scores: number,
    recordsPerPair: number,
    scored: number,
  }),
};

const textsStep = { start: startName, name: textsStepName, factor: number, ridge: number, discrepancy: number };
const textsSteps = {
  objective: z.literal('texts'),
  kernel: z.enum(['gaussian', 'energy']),
  texts: number,
  factors: numbers,
  factor: number,
  start: startName,
  step: textsStepName,
  fitted: z.boolean(),
  ...gain,
  steps: z.array(z.object({ ...textsStep, ...gain, kept: z.boolean() })),
  likelihood: z.object(likelihoodSteps).nullable(),
};

/** The gate's matrices and temperatures. */
export const GATE_WEIGHTS: BytesArtifact = bytesArtifact({
  name: 'gate.safetensors',
  stage: 'fit',
  holds: 'W_x, W_g, W_e, τ and the center of what the gate sees, float64',
});

/** Description of the gate's matrices. */
export const GATE_DESCRIPTION: BytesArtifact = bytesArtifact({
  name: 'gate.json',
  stage: 'fit',
  holds: 'Sizes of the gate, its input and its encoder',
});

/** The fit's history. */
export const FIT_HISTORY: Artifact<FitHistory> = jsonArtifact(
  { name: 'fit.json', stage: 'fit', holds: 'Every step or epoch of the fit, and the centers' },
  z.union([
    z.object({
      epoch: z.number(),
      initialHeldOutLogLikelihood: z.number().nullable(),
      stoppedEarly: z.boolean(),
      epochs,
      centres,
    }),
    z.object({ ...likelihoodSteps, centres }),
    z.object({ ...textsSteps, centres }),
  ]),
  2,
);

/** With `gate.objective: texts`, the gate that likelihood chose. */
export const LIKELIHOOD_WEIGHTS: BytesArtifact = bytesArtifact({
  name: 'likelihood-gate.safetensors',
  stage: 'fit',
  holds: 'With `gate.objective: texts`: the gate that likelihood chose, like `gate.safetensors`',
});

/** Description of the matrices of that gate. */
export const LIKELIHOOD_DESCRIPTION: BytesArtifact = bytesArtifact({
  name: 'likelihood-gate.json',
  stage: 'fit',
  holds: 'With `gate.objective: texts`: its description, like `gate.json`',
});

/** In a run that took another run's gate: the model that the gate was fitted with. */
export const GATE_ORIGIN: Artifact<{ readonly model: string }> = jsonArtifact(
  { name: 'gate-origin.json', stage: 'fit', holds: 'With `simulate.gate`: the model that the gate was fitted with' },
  z.object({ model: z.string() }),
  2,
);

/** The checkpoint of an unfinished fit, under `partial/`. */
export const FIT_PROGRESS: Artifact<FitProgress> = jsonArtifact(
  { name: 'fit-checkpoint.json', stage: 'fit', holds: 'An unfinished fit' },
  z.object({ epochs, checkpoint: z.string(), tried: z.string() }),
);
