import type { MauvePreset, MetricName } from '@mixture-of-personas/metrics';
import type { RecordFormat } from '../../data/sources/formats.js';
import type { GenerateRole, PromptLabel } from '@mixture-of-personas/synthesis';
import type { ColumnNames } from '../../data/to-record.js';
import type { TooLongPolicy } from '../../data/too-long.js';
import type { MethodSettings } from './method.js';

/** Settings for reading the records of one side. */
export interface RecordSettings {
  readonly format: RecordFormat;
  readonly columns: ColumnNames;
  readonly split: string;
  readonly limit?: number | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly records?: number | undefined;
}

/** The language model; all but the first two are for servers. */
export interface LlmSettings {
  readonly model: string;
  readonly threads?: number | undefined;
  readonly scorer?: readonly string[] | undefined;
  readonly tokenizer?: string | undefined;
  readonly api?: 'completions' | 'chat' | undefined;
  readonly apiKeyEnv?: string | undefined;
  readonly topLogProbabilities?: number | undefined;
  readonly temperatures?: readonly number[] | undefined;
  readonly maxWidth?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly deadline?: number | undefined;
}

/** Settings of the fit. */
export interface GateSettings {
  readonly backend: 'built-in' | 'tfjs-node' | 'tfjs-node-gpu';
  readonly preset: 'default' | 'paper';
  readonly objective?: 'marginal' | 'conditional' | 'texts' | undefined;
  readonly design: {
    readonly pairs?: number;
    readonly perRecord?: number;
    readonly records?: number;
    readonly rounds?: number;
  };
  readonly texts: {
    readonly count?: number;
    readonly factors?: readonly number[];
    readonly start?: 'likelihood' | 'equal';
  };
  /** `auto` only until the records are read (`withGateInput`). */
  readonly input: 'auto' | 'context' | 'record' | 'none';
  readonly hidden: number;
  readonly topM: number;
  readonly selfMask: number;
  readonly temperature: number;
  readonly optimizer: 'adamw' | 'sgd' | 'adagrad';
  readonly learningRate: number;
  readonly temperatureLearningRate: number;
  readonly weightDecay?: number | undefined;
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
  readonly mStepsPerBatch: number;
  readonly exploration: { readonly kind: 'top' | 'gumbel'; readonly pairs?: number | undefined };
  readonly start: 'similarity' | 'random';
  readonly similarity: number;
  readonly from?: string | undefined;
  readonly validationPairs: number;
}

/** Settings of the simulation. */
export interface SimulateSettings {
  readonly count: number;
  readonly temperature: 'fitted' | number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed?: number | undefined;
  readonly batchSize: number;
  readonly mix: number;
  readonly gate?: string | undefined;
  readonly cleaning: 'plain' | 'ascii';
}

/** Texts that are simulated beside for comparison. */
export type BaselineName = 'zero-shot' | 'uniform' | 'likelihood';

/** Settings of the evaluation. */
export interface EvaluateSettings {
  readonly metrics?: readonly MetricName[] | undefined;
  readonly mauve: MauvePreset;
  readonly pairs: number;
  readonly heldOut: number;
  readonly trainingRecords: number;
  readonly trainingPairs?: number | undefined;
  readonly recordsPerDraw: number;
  readonly normalize: boolean;
  readonly bootstrap: number;
  readonly baselines: readonly BaselineName[];
}

/** A complete configuration: every default filled in, paths relative to the folder the command runs in. What each setting means stands in the schema. */
export interface MopConfig {
  readonly population: RecordSettings & { readonly path: string; readonly validation: number };
  /** Records of a general kind that exemplars and personas come from; absent where the population itself is the pool. */
  readonly pool?: (RecordSettings & { readonly path: string }) | undefined;
  readonly golden: RecordSettings & { readonly path?: string | undefined; readonly part?: number | undefined };
  readonly records: { readonly tooLong: TooLongPolicy };
  readonly llm: LlmSettings;
  readonly encoder: { readonly model: string };
  readonly personas: {
    readonly count: number;
    readonly source: 'llm' | 'keywords' | 'file' | 'random';
    readonly file?: string | undefined;
    readonly perCluster: number;
    readonly classify: boolean;
  };
  readonly exemplars: {
    readonly count: number;
    readonly choice?: 'near' | 'random' | undefined;
    readonly perPrompt: number;
  };
  readonly gate: GateSettings;
  readonly simulate: SimulateSettings;
  readonly evaluate: EvaluateSettings;
  readonly templates: {
    readonly name: string;
    readonly file?: string | undefined;
    readonly role: GenerateRole;
  };
  readonly prompt: { readonly label: PromptLabel };
  readonly method: MethodSettings;
  readonly seed: number;
  readonly output: string;
  readonly threads?: number | undefined;
}
