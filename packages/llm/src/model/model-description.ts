import { createHash } from 'node:crypto';
import type { LanguageModel, ScoreRequest } from './language-model.js';

/** A file that a model was read from. */
export interface ModelFile {
  /** Path relative to the model's folder. */
  readonly path: string;
  readonly bytes: number;
}

/** Facts on how a model's prompts are rendered and its turns end. */
export interface Prompting {
  /** File that the chat template was read from; undefined without one. */
  readonly template: string | undefined;
  /** Variables that the template reads, such as `enable_thinking` or a date, and the values they have. */
  readonly variables: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether the template takes no system turn, so that its text goes before the first user's. */
  readonly foldsSystem: boolean;
  /** The token that ends a turn, and what says so: the template, the tokenizer's `eos_token`, or `eos_token_id` of a config. */
  readonly endOfTurn: {
    readonly id: number;
    readonly text: string;
    readonly from: 'template' | 'tokenizer' | 'config';
  };
}

/** Hash, hex, of what makes a model's scores, such as its files' hash and how prompts are rendered with them. */
export function fingerprintOf(...facts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Facts for a manifest about a model. */
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
  /** Absent where the text is tokenized elsewhere alone. */
  readonly prompting?: Prompting;
}

/** The description of a model that runs on servers, with what is known of its tokenizer here; `identity` is what changes its scores. */
export function describeServed(
  model: string,
  identity: readonly unknown[],
  local:
    | (Pick<ModelDescription, 'files' | 'contextTokens'> & { readonly tokenizer: { readonly prompting: Prompting } })
    | undefined,
): ModelDescription {
  return {
    engine: 'server',
    model,
    files: local?.files ?? [],
    fingerprint: fingerprintOf(...identity),
    threads: 0,
    device: 'server',
    contextTokens: local?.contextTokens,
    ...(local && { prompting: local.tokenizer.prompting }),
  };
}

/** A model that can say what it was read from and how it runs. */
export interface DescribedModel extends LanguageModel {
  readonly description: ModelDescription;
  /**
   * Examines what cannot be taken on trust: for servers, whether their scores are those of the model asked for. Absent where the weights are
   * read here. Findings, never exceptions, but for an abort. `pairs`: some of those that will be scored, to tell how well they can be.
   */
  check?(purpose: 'score' | 'generate', signal?: AbortSignal, pairs?: readonly ScoreRequest[]): Promise<ModelCheck[]>;
}

/** One finding of an examination. */
export interface ModelCheck {
  /** Thing examined, such as a server's URL. */
  readonly name: string;
  /** `failed`: the model cannot be used for the purpose; `warning`: it can, but a person should know. */
  readonly status: 'ok' | 'warning' | 'failed';
  /** Finding, and what to do about it. */
  readonly detail: string;
}
