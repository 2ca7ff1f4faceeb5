import type { PairChoice } from '@mixture-of-personas/gating';

/** What stands for the context in the gate (DESIGN §3). */
export type GateInput = 'context' | 'record' | 'none';

/** Everything that decides a run's result, resolved: no optional value is left. */
export interface JobSettings {
  readonly seed: number;
  /** How many records each part of the run takes; drawn without replacement by the seed. */
  readonly records: {
    /** From the training set: what the gate is fitted to. */
    readonly training: number;
    /** From the training set, apart from those: what the fit is stopped by. */
    readonly validation: number;
    /** From the golden set: what the gates are compared on. */
    readonly heldOut: number;
    /** From the golden set: what the simulated texts are compared with. */
    readonly golden: number;
  };
  readonly personas: {
    readonly source: 'llm' | 'keywords' | 'random' | 'file';
    /** K. */
    readonly count: number;
    /** Text of the file, when the source is one, and how to read it. */
    readonly file?: { readonly text: string; readonly format: 'jsonl' | 'csv' | 'txt' };
  };
  readonly exemplars: {
    /** N, at most the number of training records. */
    readonly count: number;
  };
  readonly gate: {
    readonly input: GateInput;
    readonly hidden: number;
    readonly topM: number;
    readonly exploration: PairChoice;
    /** τ of every persona at the start. */
    readonly temperature: number;
    /** Where the fit starts: weights that favour exemplars like the context, or random ones. */
    readonly start: 'similarity' | 'random';
    readonly selfMask: number;
  };
  readonly fit: {
    readonly optimizer: 'adamw' | 'sgd' | 'adagrad';
    readonly learningRate: number;
    readonly temperatureLearningRate: number;
    readonly weightDecay: number;
    readonly batchSize: number;
    readonly epochs: number;
    readonly patience: number;
    readonly mSteps: number;
    readonly validationPairs: number;
  };
  readonly compare: {
    /** P, pairs a held-out record, the same for every mixture. */
    readonly pairs: number;
    /** Training records that the temperatures are fitted on, and pairs for each. */
    readonly trainingRecords: number;
    readonly trainingPairs: number;
    readonly recordsPerDraw: number;
  };
  readonly simulate: {
    readonly count: number;
    readonly maxTokens: number;
    readonly topP: number;
    /** Rows generated together and kept together. */
    readonly block: number;
  };
  readonly evaluate: {
    readonly baselines: readonly ('zero-shot' | 'uniform')[];
    readonly bootstrap: number;
    readonly normalize: boolean;
  };
}
