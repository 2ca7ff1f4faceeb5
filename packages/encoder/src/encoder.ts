import type { Matrix } from '@mixture-of-personas/numeric';

/** Options of a call that may take long. */
export interface EmbedOptions {
  readonly signal?: AbortSignal;
  /** Called as texts are embedded, with the counts so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A frozen text encoder. */
export interface Encoder {
  /** Name for people and manifests: the choice it was opened from. */
  readonly id: string;
  /** Hash of the weights and tokenizer, hex: what cached embeddings are keyed by. */
  readonly fingerprint: string;
  /** Texts that had to be cut to the model's maximum length so far. */
  readonly truncated: number;
  /**
   * One row a text, in order; raw (not unit) rows as the model's pooling gives them. A text without tokens, the empty one too, gets
   * what the model makes of its special tokens; whoever reads records decides whether those may be empty.
   * @throws EmbeddingError naming the text when its embedding is not finite
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Matrix<Float32Array>>;
  /** Frees native memory. */
  close(): Promise<void>;
}
