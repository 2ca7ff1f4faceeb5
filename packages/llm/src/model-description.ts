import type { LanguageModel } from './language-model.js';

/** A file that a model was read from. */
export interface ModelFile {
  /** Path relative to the model's folder. */
  readonly path: string;
  readonly bytes: number;
}

/** What a manifest should say about a model. */
export interface ModelDescription {
  readonly engine: 'onnx';
  /** As given: a folder or a hub id. */
  readonly model: string;
  /** Weights and tokenizer, with sizes. */
  readonly files: readonly ModelFile[];
  readonly fingerprint: string;
  /** Threads within one operator. */
  readonly threads: number;
  /** Execution provider, such as `cpu`. */
  readonly device: string;
  /** Longest prompt and completion together, tokens; undefined when the model's config does not say. */
  readonly contextTokens: number | undefined;
}

/** A model that can say what it was read from and how it runs. */
export interface DescribedModel extends LanguageModel {
  readonly description: ModelDescription;
}
