import type { Matrix } from '@mixture-of-personas/numeric';

/** Options of a call that may take long. */
export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as texts are embedded, with the counts so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Facts for a manifest about how an encoder makes rows. */
export interface EncoderDescription {
  /** Text put before each text; '' for none. */
  readonly prompt: string;
  /** Longest text in tokens, prompt and special ones included; undefined when nothing is cut. */
  readonly maxTokens: number | undefined;
  /** Steps after the token vectors, in order, such as `mean pooling`, `Dense 384 → 8 Tanh`, `Normalize`. */
  readonly modules: readonly string[];
}

/** A frozen text encoder. */
export interface Encoder {
  /** Name for people and manifests: the choice it was opened from. */
  readonly id: string;
  /** Hash, hex, of everything that changes a row: the key of cached embeddings. */
  readonly fingerprint: string;
  /** Absent where the weights are elsewhere or there is nothing to say. */
  readonly description?: EncoderDescription;
  /** Texts that had to be cut to the model's maximum length so far. */
  readonly truncated: number;
  /**
   * One row per text, in order, as the model's modules give them. A text without tokens, the empty one too, gets what the model makes
   * of its special tokens; whoever reads records decides whether those may be empty.
   * @throws EmbeddingError naming the text when its embedding is not finite
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Matrix<Float32Array>>;
  /** Frees native memory. */
  close(): Promise<void>;
}
