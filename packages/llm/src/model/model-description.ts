import type { LanguageModel } from './language-model.js';

/** A file that a model was read from. */
export interface ModelFile {
  /** Path relative to the model's folder. */
  readonly path: string;
  readonly bytes: number;
}

/** What a manifest should say about a model. */
export interface ModelDescription {
  readonly engine: 'onnx' | 'server';
  /** As given: a folder, a hub id, or the name a server knows it by. */
  readonly model: string;
  /** Weights and tokenizer, with sizes. */
  readonly files: readonly ModelFile[];
  readonly fingerprint: string;
  /** Threads within one operator; 0 where another machine computes. */
  readonly threads: number;
  /** Execution provider, such as `cpu`; `server` where another machine computes. */
  readonly device: string;
  /** Longest prompt and completion together, tokens; undefined when the model's config does not say. */
  readonly contextTokens: number | undefined;
}

/** A model that can say what it was read from and how it runs. */
export interface DescribedModel extends LanguageModel {
  readonly description: ModelDescription;
  /**
   * Examines what cannot be taken on trust: for servers, whether their scores are those of the model asked for. Absent where the weights are
   * read here. Findings, never exceptions, but for an abort.
   */
  check?(purpose: 'score' | 'generate', signal?: AbortSignal): Promise<ModelCheck[]>;
}

/** One finding of an examination. */
export interface ModelCheck {
  /** What was examined, such as a server's URL. */
  readonly name: string;
  /** `failed`: the model cannot be used for the purpose; `warning`: it can, but a person should know. */
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found, and what to do about it. */
  readonly detail: string;
}
